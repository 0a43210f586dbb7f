// The numbers of a campaign that are not released, all of them.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "domain/campaign.hpp"
#include "domain/number.hpp"
#include "store/session.hpp"

namespace dialplane {

result<std::vector<number>> numbers_of(session& work, const campaign& of);

}  // namespace dialplane
