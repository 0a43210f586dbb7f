#include "domain/time_zones.hpp"

#include <doctest/doctest.h>

#include "domain/area_codes.hpp"
#include "domain/rule_tables.hpp"
#include "support/moments.hpp"

using namespace dialplane;
using test::moment;

namespace {

zone_clock zone(std::string_view name) {
  const auto found = built_in_rule_tables()->time_zones.find(name);
  REQUIRE(found.has_value());
  return *found;
}

std::string clock_text(const zone_clock& clock, timestamp when) {
  static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const local_time local = clock.local(when);
  const int minute = local.minute_of_day % 60;
  return std::string(days[local.weekday]) + " " + std::to_string(local.minute_of_day / 60) + ":" +
         (minute < 10 ? "0" : "") + std::to_string(minute);
}

}  // namespace

TEST_CASE("time zones: clocks around both changes of daylight time") {
  struct row {
    std::string_view zone;
    std::string_view when;
    std::string_view local;
  };
  const row rows[] = {
      // 2026-03-08, 2:00 standard time.
      {"America/New_York", "2026-03-08T06:59:59Z", "Sun 1:59"},
      {"America/New_York", "2026-03-08T07:00:00Z", "Sun 3:00"},
      {"America/Los_Angeles", "2026-03-08T09:59:00Z", "Sun 1:59"},
      {"America/Los_Angeles", "2026-03-08T10:00:00Z", "Sun 3:00"},
      // 2026-11-01, 2:00 daylight time.
      {"America/New_York", "2026-11-01T05:59:00Z", "Sun 1:59"},
      {"America/New_York", "2026-11-01T06:00:00Z", "Sun 1:00"},
      {"America/New_York", "2026-11-01T07:00:00Z", "Sun 2:00"},
      {"America/Los_Angeles", "2026-11-01T08:59:00Z", "Sun 1:59"},
      {"America/Los_Angeles", "2026-11-01T09:00:00Z", "Sun 1:00"},
      // Other years: the second Sunday of March is the 8th to the 14th.
      {"America/Chicago", "2027-03-14T08:00:00Z", "Sun 3:00"},
      {"America/Chicago", "2027-11-07T06:59:00Z", "Sun 1:59"},
      {"America/Chicago", "2027-11-07T07:00:00Z", "Sun 1:00"},
      // Zones that do not change.
      {"America/Phoenix", "2026-07-01T12:00:00Z", "Wed 5:00"},
      {"Pacific/Honolulu", "2026-07-01T12:00:00Z", "Wed 2:00"},
      {"America/Puerto_Rico", "2026-07-01T12:00:00Z", "Wed 8:00"},
      {"Pacific/Guam", "2026-07-01T20:00:00Z", "Thu 6:00"},
      {"America/St_Johns", "2026-07-01T12:00:00Z", "Wed 9:30"},
      {"America/New_York", "1969-12-31T23:00:00Z", "Wed 18:00"},
  };
  for (const row& each : rows) {
    INFO(std::string(each.zone), " ", std::string(each.when));
    CHECK(clock_text(zone(each.zone), moment(each.when)) == each.local);
  }
}

TEST_CASE("time zones: midnight in Los Angeles, also when the day has 23 or 25 hours") {
  const auto midnight_after = [](std::string_view when) {
    return to_rfc3339(pacific_clock.instant(pacific_clock.local(moment(when)).day + 1, 0));
  };
  CHECK(midnight_after("2026-01-15T12:00:00Z") == "2026-01-16T08:00:00.000Z");
  CHECK(midnight_after("2026-07-15T12:00:00Z") == "2026-07-16T07:00:00.000Z");
  CHECK(midnight_after("2026-03-08T08:00:00Z") == "2026-03-09T07:00:00.000Z");  // 23 hours on
  CHECK(midnight_after("2026-11-01T07:00:00Z") == "2026-11-02T08:00:00.000Z");  // 25 hours on
}

TEST_CASE("time zones: every zone of the area codes has a clock") {
  for (const area_code_row& row : all_area_codes()) {
    for (const std::string_view name : row.time_zones) {
      INFO("zone: ", std::string(name));
      CHECK(built_in_rule_tables()->time_zones.find(name).has_value());
    }
  }
  CHECK_FALSE(built_in_rule_tables()->time_zones.find("Europe/Berlin").has_value());
}

TEST_CASE("time zones: instants and clocks agree, every hour of a year") {
  for (const std::string_view name : {"America/New_York", "America/St_Johns", "Pacific/Guam",
                                      "America/Adak", "America/Phoenix"}) {
    const zone_clock clock = zone(name);
    for (timestamp when = moment("2026-01-01T00:00:00Z"); when < moment("2027-01-01T00:00:00Z");
         when.unix_ms += 3'600'000) {
      const local_time local = clock.local(when);
      const bool ambiguous = local.minute_of_day < 180 && local.weekday == 0;
      if (!ambiguous) CHECK(clock.instant(local.day, local.minute_of_day) == when);
    }
  }
}
