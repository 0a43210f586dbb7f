#include "webhooks/delivery_schedule.hpp"

#include <doctest/doctest.h>

namespace dialplane {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr timestamp tried_at{784'111'777'000};  // Sun, 06 Nov 1994 08:49:37 GMT

TEST_CASE("each wait is the schedule's, ten percent more or less, then the delivery is dead") {
  const delivery_schedule schedule;
  const milliseconds waits[] = {seconds(30), minutes(5), minutes(30), hours(2), hours(5),
                                hours(10),   hours(14),  hours(20),   hours(24)};
  seeded_random random(7);
  std::int64_t tries = 0;
  for (const milliseconds wait : waits) {
    ++tries;
    milliseconds least = hours(1000);
    milliseconds most{0};
    for (int i = 0; i < 500; ++i) {
      const auto at = next_try(schedule, tries, tried_at, std::nullopt, random);
      REQUIRE(at);
      least = std::min(least, *at - tried_at);
      most = std::max(most, *at - tried_at);
    }
    CHECK(least >= wait - wait / 10);
    CHECK(most <= wait + wait / 10);
    CHECK(least < wait);
    CHECK(most > wait);
  }
  CHECK(!next_try(schedule, 10, tried_at, std::nullopt, random));
  CHECK(!next_try(schedule, 11, tried_at, hours(1), random));
}

TEST_CASE("Retry-After makes a wait longer, never shorter, and a day at most") {
  const delivery_schedule schedule;
  seeded_random random(7);
  CHECK(*next_try(schedule, 1, tried_at, hours(1), random) == tried_at + hours(1));
  CHECK(*next_try(schedule, 4, tried_at, seconds(1), random) >= tried_at + minutes(108));
  CHECK(*next_try(schedule, 1, tried_at, hours(1000), random) == tried_at + hours(24));
}

TEST_CASE("Retry-After is read in both forms") {
  CHECK(parse_retry_after("120", tried_at) == seconds(120));
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:51:37 GMT", tried_at) == seconds(120));
  CHECK(parse_retry_after("99999999999999999999", tried_at) == seconds(999'999'999));
  for (const char* bad : {"", "0", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37 GMT",
                          "Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 31 Feb 1995 08:49:37 GMT",
                          "Sun, 06 Now 1995 08:49:37 GMT", "Sun, 06 Nov 1995 25:49:37 GMT",
                          "Sunday, 06-Nov-95 08:49:37 GMT"}) {
    CHECK_MESSAGE(!parse_retry_after(bad, tried_at), bad);
  }
}

}  // namespace
}  // namespace dialplane
