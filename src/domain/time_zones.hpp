// Local clocks of the zones that area codes name, from data (share/time_zones.csv): an offset, and
// whether the zone keeps the daylight-saving time of the United States.
//
// Why not the system's zone files: g++ 12 cannot read them, the rules must be replaceable without
// a rebuild and the same on every machine, and every zone here needs one rule only: from the second
// Sunday of March, 2:00 standard time, to the first Sunday of November, 2:00 daylight time, the
// clock is one hour ahead (15 U.S.C. 260a; Canada and the islands that keep it do the same).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace dialplane {

// Calendar and clock of a place at an instant.
struct local_time {
  std::int64_t day = 0;       // days since 1970-01-01 by that place's calendar
  int weekday = 0;            // 0 is Sunday
  int minute_of_day = 0;      // 0 to 1439
};

struct zone_clock {
  std::int64_t standard_minutes = 0;  // ahead of UTC
  bool daylight = false;

  std::int64_t offset_minutes(timestamp at) const noexcept;
  local_time local(timestamp at) const noexcept;
  // The instant when the place's clock first shows that day and minute. Not for 1:00 to 3:00 on
  // the days of change, which may come twice or never.
  timestamp instant(std::int64_t day, int minute_of_day) const noexcept;
};

class time_zone_table {
 public:
  static result<time_zone_table> read(std::string_view text);
  // Nothing for an unknown name.
  std::optional<zone_clock> find(std::string_view zone) const;

 private:
  std::unordered_map<std::string, zone_clock> zones_;
};

// Where T-Mobile's day begins: midnight in Los Angeles.
inline constexpr zone_clock pacific_clock{.standard_minutes = -480, .daylight = true};

}  // namespace dialplane
