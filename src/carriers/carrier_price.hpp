// What a carrier itself asks for a number, and what the number can do.
//
// In the carrier's money, as whole millionths of a US dollar; our own prices, in credits, are
// another thing (domain/plans_and_prices.hpp).
#pragma once

#include <cstdint>

namespace dialplane {

struct carrier_price {
  std::int64_t monthly_micro_usd = 0;
  std::int64_t upfront_micro_usd = 0;
  bool is_estimate = false;  // from the price list, not from the carrier's answer
  bool operator==(const carrier_price&) const = default;
};

struct number_features {
  bool texts = false;
  bool media = false;
  bool calls = false;
  bool operator==(const number_features&) const = default;
};

}  // namespace dialplane
