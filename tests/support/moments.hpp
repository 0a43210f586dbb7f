// The moments that tests take for the present, and any other by its RFC 3339 text.
#pragma once

#include <doctest/doctest.h>

#include <string_view>

#include "base/clock.hpp"

namespace dialplane::test {

inline constexpr timestamp new_year{1'767'225'600'000};  // 2026-01-01T00:00:00Z
inline constexpr timestamp noon{1'767'268'800'000};      // 2026-01-01T12:00:00Z

inline timestamp moment(std::string_view text) {
  const auto parsed = parse_rfc3339(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

}  // namespace dialplane::test
