// Credits as integer micro-credits: 1 credit = 1,000,000. Never a floating-point number.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

struct micro_credits {
  std::int64_t value = 0;
  auto operator<=>(const micro_credits&) const = default;
  static constexpr micro_credits credits(std::int64_t whole) { return {whole * 1'000'000}; }
};

micro_credits operator+(micro_credits a, micro_credits b);  // CHECKs against overflow
micro_credits operator-(micro_credits a, micro_credits b);
micro_credits operator-(micro_credits a);

// At most 4 decimals, none where whole: 50, 949.96 (naive-dialect rule). Rounds half away from 0.
std::string to_decimal(micro_credits amount);
// "1000", "0.04"; up to 6 decimals, not negative, at most 10^12 credits.
result<micro_credits> parse_credits(std::string_view text);

}  // namespace dialplane
