// The carriers that this program can buy from, beside the built-in sandbox: what is known about
// each, and how its adapter is made.
#pragma once

#include <span>
#include <string_view>

#include "carriers/carrier_description.hpp"

namespace dialplane {

struct known_carrier {
  carrier_description described;
  carrier_maker make;
};

// Read once from the embedded carrier.yaml files; CHECKs that each is well-formed.
std::span<const known_carrier> known_carriers();
// Null for an unknown kind.
const known_carrier* find_known_carrier(std::string_view kind);

}  // namespace dialplane
