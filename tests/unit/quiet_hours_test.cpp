#include "domain/quiet_hours.hpp"

#include <doctest/doctest.h>

#include "domain/rule_tables.hpp"

using namespace dialplane;

namespace {

std::string next(std::string_view number, std::string_view when,
                 const std::optional<hour_window>& narrower = {}) {
  const auto to = e164::parse(number);
  const auto now = parse_rfc3339(when);
  REQUIRE(to.has_value());
  REQUIRE(now.has_value());
  const auto tables = built_in_rule_tables();
  const auto allowed =
      next_allowed_time(tables->quiet_hours, tables->time_zones, *to, *now, narrower);
  return allowed ? to_rfc3339(*allowed) : "now";
}

}  // namespace

TEST_CASE("quiet hours: by the recipient's clock, with both borders") {
  struct row {
    std::string_view number;
    std::string_view when;
    std::string_view next;
  };
  const row rows[] = {
      // California, winter: 8 o'clock is 16:00 UTC.
      {"+14156670132", "2026-01-15T15:59:59Z", "2026-01-15T16:00:00.000Z"},
      {"+14156670132", "2026-01-15T16:00:00Z", "now"},
      {"+14156670132", "2026-01-16T04:59:59Z", "now"},
      {"+14156670132", "2026-01-16T05:00:00Z", "2026-01-16T16:00:00.000Z"},
      // Summer: an hour earlier.
      {"+14156670132", "2026-07-15T14:59:00Z", "2026-07-15T15:00:00.000Z"},
      {"+14156670132", "2026-07-15T15:00:00Z", "now"},
      // The night of each change.
      {"+14156670132", "2026-03-08T06:00:00Z", "2026-03-08T15:00:00.000Z"},
      {"+14156670132", "2026-11-01T06:00:00Z", "2026-11-01T16:00:00.000Z"},
      // Florida and others end at 20; Connecticut begins at 9.
      {"+13056670132", "2026-01-16T01:00:00Z", "2026-01-16T13:00:00.000Z"},
      {"+18606670132", "2026-01-15T13:30:00Z", "2026-01-15T14:00:00.000Z"},
      // Texas: Saturday from 9, Sunday from 12.
      {"+12146670132", "2026-01-17T14:30:00Z", "2026-01-17T15:00:00.000Z"},
      {"+12146670132", "2026-01-18T15:00:00Z", "2026-01-18T18:00:00.000Z"},
      {"+12146670132", "2026-01-18T18:00:00Z", "now"},
      // Rhode Island: Friday evening waits for Saturday, 10.
      {"+14016670132", "2026-01-16T23:00:00Z", "2026-01-17T15:00:00.000Z"},
      // Arizona knows no daylight time.
      {"+16026670132", "2026-07-15T14:59:00Z", "2026-07-15T15:00:00.000Z"},
      // 850, Florida: Central and Eastern; from 8 Central to 20 Eastern.
      {"+18506670132", "2026-01-15T13:30:00Z", "2026-01-15T14:00:00.000Z"},
      {"+18506670132", "2026-01-15T14:00:00Z", "now"},
      {"+18506670132", "2026-01-16T00:59:00Z", "now"},
      {"+18506670132", "2026-01-16T01:00:00Z", "2026-01-16T14:00:00.000Z"},
      // Canada by the default window; outside the plan nobody knows the clock.
      {"+14166670132", "2026-01-15T12:59:00Z", "2026-01-15T13:00:00.000Z"},
      {"+442079460000", "2026-01-15T03:00:00Z", "now"},
  };
  for (const row& each : rows) {
    INFO(std::string(each.number), " ", std::string(each.when));
    CHECK(next(each.number, each.when) == each.next);
  }
}

TEST_CASE("quiet hours: an account kit can only shorten the day") {
  CHECK(next("+14156670132", "2026-01-15T17:00:00Z", hour_window{10, 18}) ==
        "2026-01-15T18:00:00.000Z");
  CHECK(next("+14156670132", "2026-01-16T02:00:00Z", hour_window{10, 18}) ==
        "2026-01-16T18:00:00.000Z");
  CHECK(next("+14156670132", "2026-01-15T13:00:00Z", hour_window{4, 24}) ==
        "2026-01-15T16:00:00.000Z");
}

TEST_CASE("quiet hours: the next allowed time is always allowed, and never early") {
  for (const std::string_view number : {"+14156670132", "+18506670132", "+12146670132",
                                        "+14016670132", "+16716670132", "+18676670132"}) {
    for (int hour = 0; hour < 24 * 21; ++hour) {
      const timestamp now{1'772'500'000'000 + hour * 3'600'000LL};
      const std::string then = next(number, to_rfc3339(now));
      if (then == "now") continue;
      INFO(std::string(number), " ", to_rfc3339(now), " ", then);
      CHECK(next(number, then) == "now");
      CHECK(*parse_rfc3339(then) > now);
    }
  }
}

TEST_CASE("quiet hours tables are read strictly") {
  const std::string head = "country,region,days,from_hour,to_hour,source,as_of\n";
  CHECK(quiet_hours_table::read(head + "*,*,all,8,21,a,b\n").has_value());
  for (const char* bad : {"*,*,always,8,21,a,b\n", "*,*,all,21,8,a,b\n", "*,*,all,0,21,a,b\n",
                          "*,*,all,8,25,a,b\n", "*,*,all,8,21\n"}) {
    CHECK_FALSE(quiet_hours_table::read(head + bad).has_value());
  }
}
