// The day a key's usage is counted under: the number of UTC days since 1970.
#pragma once

#include <cstdint>

namespace dialplane {

inline constexpr std::int64_t usage_day_ms = 86'400'000;

}  // namespace dialplane
