// TypeIDs, as Surge names everything: a prefix, "_", and a UUIDv7 in 26 characters of lower-case
// Crockford base32. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace dialplane::emulators::surge {

std::string type_id(std::string_view prefix, const uuid_bytes& bytes);

}  // namespace dialplane::emulators::surge
