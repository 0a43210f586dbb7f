// Credits as a JSON number, as both dialects show them: whole ones as integers (50), others with at
// most 4 decimals (949.96).
#pragma once

#include <boost/json/value.hpp>

#include "base/money.hpp"

namespace dialplane {

boost::json::value credits_json(micro_credits amount);

}  // namespace dialplane
