// How fast texts may leave: carriers take so many parts a minute from a campaign (AT&T) and so many
// a day from a brand (T-Mobile, whose day begins at midnight in Los Angeles). What is over waits;
// nothing is dropped. Classes are data (share/throughput_classes.csv). Rules: a2p-10dlc §5.
//
// The minute is a token bucket that never lets more than the limit through in any 60 seconds: a
// fifteenth of it (at least ten parts) at once, the rest evenly. Who must wait gets a slot of his
// own, one after the other, so that a thousand waiting texts do not all come back at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace dialplane {

struct throughput_class {
  std::string name;
  std::int64_t parts_per_minute = 0;  // 0: no limit
  std::int64_t parts_per_day = 0;     // 0: no limit
};

class throughput_table {
 public:
  static result<throughput_table> read(std::string_view text);
  // Null for an unknown name.
  const throughput_class* find(std::string_view name) const noexcept;

 private:
  std::vector<throughput_class> classes_;
};

// Kept per campaign (the first two) and per brand (the last two); microseconds since 1970.
struct pace_state {
  std::int64_t full_at_us = 0;      // when the bucket is full again
  std::int64_t promised_us = 0;     // slots given out to those who wait end here
  std::int64_t day = 0;             // by the calendar of Los Angeles
  std::int64_t day_parts = 0;
  bool operator==(const pace_state&) const = default;
};

// Takes `parts` of the minute: nothing, or the time of the slot to come back at. `returning`: it
// waited for a slot already; others queue up behind the slots given out.
std::optional<timestamp> take_of_minute(pace_state& state, const throughput_class& limits,
                                        std::int64_t parts, bool returning, timestamp now);
// Takes `parts` of the day: nothing, or the next midnight in Los Angeles.
std::optional<timestamp> take_of_day(pace_state& state, const throughput_class& limits,
                                     std::int64_t parts, timestamp now);

}  // namespace dialplane
