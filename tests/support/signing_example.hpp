// The secret and the time of the published examples of signed webhooks.
#pragma once

#include <string_view>

#include "base/clock.hpp"

namespace dialplane::test {

inline constexpr std::string_view example_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
inline constexpr timestamp signing_time{1'767'225'600'000};  // 2026-01-01T00:00:00Z

}  // namespace dialplane::test
