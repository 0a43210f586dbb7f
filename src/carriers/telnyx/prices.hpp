// Telnyx writes money as decimal text ("1.00000"); here it becomes whole millionths of a dollar,
// without floating point. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dialplane::telnyx {

// "1", "-0.5", "1.00000": digits beyond the sixth decimal are rounded up, away from zero, so that
// a price is never shown lower than it is. Nothing for other text or beyond 10^12 dollars.
std::optional<std::int64_t> parse_micro_usd(std::string_view decimal) noexcept;

}  // namespace dialplane::telnyx
