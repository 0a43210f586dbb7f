#include <doctest/doctest.h>

#include "base/clock.hpp"
#include "support/show_results.hpp"

using namespace dialplane;

TEST_CASE("RFC 3339 times are written with milliseconds in UTC") {
  struct row {
    std::int64_t unix_ms;
    const char* text;
  };
  const row rows[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
      {951'782'399'999, "2000-02-28T23:59:59.999Z"},
      {951'782'400'000, "2000-02-29T00:00:00.000Z"},
      {1'772'323'200'000, "2026-03-01T00:00:00.000Z"},
      {4'107'542'399'001, "2100-02-28T23:59:59.001Z"},
      {4'107'542'400'000, "2100-03-01T00:00:00.000Z"},
      {253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
      {253'402'300'800'000, "9999-12-31T23:59:59.999Z"},  // beyond four digits: the last instant
      {INT64_MAX, "9999-12-31T23:59:59.999Z"},
      {INT64_MIN, "0000-01-01T00:00:00.000Z"},
  };
  for (const row& each : rows) {
    CAPTURE(each.text);
    CHECK(to_rfc3339({each.unix_ms}) == each.text);
  }
}

TEST_CASE("what is written is read back") {
  for (std::int64_t ms = -62'167'219'200'000; ms < 253'402'300'800'000; ms += 86'399'999'877) {
    const auto back = parse_rfc3339(to_rfc3339({ms}));
    REQUIRE(back);
    CHECK(back->unix_ms == ms);
  }
}

TEST_CASE("RFC 3339 times are read with any fraction and offset") {
  struct row {
    const char* text;
    std::int64_t unix_ms;
  };
  const row rows[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:00.1Z", 100},
      {"1970-01-01T00:00:00.12Z", 120},
      {"1970-01-01T00:00:00.123999999Z", 123},
      {"1970-01-01T00:00:00.000000000Z", 0},
      {"1970-01-01T02:00:00+02:00", 0},
      {"1969-12-31T18:30:00.005-05:30", 5},
      {"1970-01-01T00:00:00-00:00", 0},
      {"2000-02-29T00:00:00Z", 951'782'400'000},
  };
  for (const row& each : rows) {
    CAPTURE(each.text);
    const auto read = parse_rfc3339(each.text);
    REQUIRE(read);
    CHECK(read->unix_ms == each.unix_ms);
  }
}

TEST_CASE("other texts are not times") {
  const char* const wrong[] = {
      "",
      "now",
      "0",
      "2026-03-01",
      "2026-03-01T00:00:00",
      "2026-03-01T00:00Z",
      "2026-03-01 00:00:00Z",
      "2026-03-01T00:00:00.Z",
      "2026-03-01T00:00:00.1234567890Z",
      "2026-03-01T00:00:00,5Z",
      "2026-3-01T00:00:00Z",
      "26-03-01T00:00:00Z",
      "+2026-03-01T00:00:00Z",
      "2026-00-01T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-02-29T00:00:00Z",
      "2100-02-29T00:00:00Z",
      "2026-04-31T00:00:00Z",
      "2026-03-00T00:00:00Z",
      "2026-03-01T24:00:00Z",
      "2026-03-01T00:60:00Z",
      "2026-03-01T00:00:60Z",
      "2026-03-01T00:00:00+24:00",
      "2026-03-01T00:00:00+00:60",
      "2026-03-01T00:00:00+0000",
      "2026-03-01T00:00:00+00",
      "2026-03-01T00:00:00ZZ",
      "2026-03-01T00:00:00Z ",
      " 2026-03-01T00:00:00Z",
      "2026-03-01T-1:00:00Z",
      "2026-03-01T00:00:0/Z",
  };
  for (const char* text : wrong) {
    CAPTURE(text);
    const auto read = parse_rfc3339(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == error_code::invalid_input);
  }
}

TEST_CASE("a manual clock moves only when told") {
  manual_clock time({1000});
  CHECK(time.now() == time.now());
  time.advance(std::chrono::milliseconds(5));
  CHECK(time.now().unix_ms == 1005);
  CHECK(time.now() - timestamp{1000} == std::chrono::milliseconds(5));
}

TEST_CASE("the machine's clock is past 2024") {
  CHECK(system_clock().now().unix_ms > 1'700'000'000'000);
}
