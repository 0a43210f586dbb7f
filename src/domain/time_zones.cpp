#include "domain/time_zones.hpp"

#include <chrono>

#include "domain/rule_rows.hpp"

namespace dialplane {

namespace {

constexpr std::string_view time_zones_file = "time_zones.csv";
constexpr std::int64_t clock_minute_ms = 60'000;
constexpr std::int64_t minutes_per_day = 1'440;
constexpr std::int64_t change_minute = 120;  // 2:00, by the clock that ends

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int64_t day_number(std::chrono::sys_days day) { return day.time_since_epoch().count(); }

// Is it daylight time at that minute of the standard clock (minutes since 1970)?
bool is_daylight(std::int64_t standard_minute) {
  using namespace std::chrono;
  const sys_days today{days(floor_div(standard_minute, minutes_per_day))};
  const year in = year_month_day(today).year();
  const sys_days begins = in / March / Sunday[2];
  const sys_days ends = in / November / Sunday[1];
  const std::int64_t from = day_number(begins) * minutes_per_day + change_minute;
  // 2:00 daylight time is 1:00 standard time.
  const std::int64_t to = day_number(ends) * minutes_per_day + change_minute - 60;
  return standard_minute >= from && standard_minute < to;
}

}  // namespace

std::int64_t zone_clock::offset_minutes(timestamp at) const noexcept {
  const std::int64_t standard = floor_div(at.unix_ms, clock_minute_ms) + standard_minutes;
  return standard_minutes + (daylight && is_daylight(standard) ? 60 : 0);
}

local_time zone_clock::local(timestamp at) const noexcept {
  const std::int64_t minute = floor_div(at.unix_ms, clock_minute_ms) + offset_minutes(at);
  local_time shown;
  shown.day = floor_div(minute, minutes_per_day);
  shown.minute_of_day = static_cast<int>(minute - shown.day * minutes_per_day);
  // 1970-01-01 was a Thursday.
  shown.weekday = static_cast<int>(((shown.day + 4) % 7 + 7) % 7);
  return shown;
}

timestamp zone_clock::instant(std::int64_t day, int minute_of_day) const noexcept {
  const std::int64_t minute = day * minutes_per_day + minute_of_day;
  // The earlier of the two clocks first: right where both readings exist.
  const timestamp ahead{(minute - standard_minutes - 60) * clock_minute_ms};
  if (daylight && offset_minutes(ahead) == standard_minutes + 60) return ahead;
  return {(minute - standard_minutes) * clock_minute_ms};
}

result<time_zone_table> time_zone_table::read(std::string_view text) {
  time_zone_table table;
  TRY_ASSIGN(const auto rows,
             read_rule_rows(time_zones_file, text, "zone,minutes_from_utc,daylight,source,as_of"));
  for (const rule_row& row : rows) {
    const auto minutes = rule_number(row.cells[1]);
    const bool daylight = row.cells[2] == "us";
    if (!minutes || *minutes < -900 || *minutes > 900 || (!daylight && row.cells[2] != "none")) {
      return bad_rule(time_zones_file, row,
                      "must be a zone, minutes from -900 to 900, and us or none.");
    }
    table.zones_[std::string(row.cells[0])] = {*minutes, daylight};
  }
  return table;
}

std::optional<zone_clock> time_zone_table::find(std::string_view zone) const {
  const auto found = zones_.find(std::string(zone));
  if (found == zones_.end()) return std::nullopt;
  return found->second;
}

}  // namespace dialplane
