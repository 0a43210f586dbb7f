// When a delivery is tried again, and when it is given up. Pure; time and chance are handed in.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace dialplane {

struct delivery_schedule {
  // How long to wait before each try, counted from the end of the one before (naive dialect §10).
  std::vector<std::chrono::milliseconds> waits = {
      std::chrono::seconds(0), std::chrono::seconds(30), std::chrono::minutes(5),
      std::chrono::minutes(30), std::chrono::hours(2),   std::chrono::hours(5),
      std::chrono::hours(10),  std::chrono::hours(14),   std::chrono::hours(20),
      std::chrono::hours(24)};
};

// An endpoint that has done nothing but fail for that long is switched off.
inline constexpr std::chrono::milliseconds failing_limit = std::chrono::hours(5 * 24);
// Longer waits that an answer asks for (Retry-After) are cut to this.
inline constexpr std::chrono::milliseconds retry_after_limit = std::chrono::hours(24);

// The time of the next try after `tries` (at least 1) of them: the schedule's wait, 10 % more or
// less, or what the answer asked for if that is longer. Nothing: the last try was made.
std::optional<timestamp> next_try(const delivery_schedule& schedule, std::int64_t tries,
                                  timestamp now,
                                  std::optional<std::chrono::milliseconds> retry_after,
                                  random_source& random);

// The value of a Retry-After header: seconds or a date (RFC 9110 §10.2.3). Nothing for other text
// and for what is past.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, timestamp now);

}  // namespace dialplane
