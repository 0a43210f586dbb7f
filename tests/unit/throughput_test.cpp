#include "domain/throughput.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <queue>
#include <vector>

#include "domain/rule_tables.hpp"

using namespace dialplane;

namespace {

constexpr timestamp all_want_at{1'767'268'800'000};
const throughput_class low{"low", 75, 2'000};

// Sends `count` texts that all want to leave at `all_want_at`; each comes back at the time it was
// told. When each left, in order; `tries`: how often leaving was asked for.
std::vector<std::int64_t> send_all(const throughput_class& limits, std::size_t count,
                                   std::int64_t parts, std::size_t& tries) {
  struct waiting {
    std::int64_t at;
    bool returning;
    bool operator>(const waiting& other) const { return at > other.at; }
  };
  std::priority_queue<waiting, std::vector<waiting>, std::greater<>> queue;
  for (std::size_t i = 0; i < count; ++i) queue.push({all_want_at.unix_ms, false});
  pace_state state;
  std::vector<std::int64_t> left;
  tries = 0;
  while (!queue.empty()) {
    const waiting next = queue.top();
    queue.pop();
    ++tries;
    const auto later = take_of_minute(state, limits, parts, next.returning, timestamp{next.at});
    if (!later) {
      left.push_back(next.at);
    } else {
      REQUIRE(later->unix_ms > next.at);
      queue.push({later->unix_ms, true});
    }
  }
  return left;
}

}  // namespace

TEST_CASE("pace: never more than the limit in any 60 seconds, and not much less") {
  struct row {
    throughput_class limits;
    std::int64_t parts;
  };
  for (const row& each : {row{low, 1}, row{low, 3}, row{{"high", 4'500, 0}, 1},
                          row{{"middle", 240, 0}, 2}}) {
    INFO("class: ", each.limits.name, " parts: ", each.parts);
    std::size_t tries = 0;
    const std::size_t count = static_cast<std::size_t>(each.limits.parts_per_minute) * 3;
    const auto left = send_all(each.limits, count, each.parts, tries);
    REQUIRE(left.size() == count);
    std::deque<std::int64_t> window;
    std::int64_t most = 0;
    for (const std::int64_t at : left) {
      window.push_back(at);
      while (window.front() <= at - 60'000) window.pop_front();
      most = std::max(most, static_cast<std::int64_t>(window.size()) * each.parts);
    }
    CHECK(most <= each.limits.parts_per_minute);
    const std::int64_t minutes =
        (left.back() - left.front()) / 60'000 + 1;
    CHECK(minutes <= 3 * each.parts * 5 / 4 + 1);
    // Each waits for one slot, not for a thousand.
    CHECK(tries <= 2 * count + 10);
  }
}

TEST_CASE("pace: whoever comes fresh queues up behind those who wait") {
  pace_state state;
  while (!take_of_minute(state, low, 1, false, all_want_at)) {
  }
  const auto second = take_of_minute(state, low, 1, false, all_want_at);
  const auto third = take_of_minute(state, low, 1, false, all_want_at);
  REQUIRE(second.has_value());
  REQUIRE(third.has_value());
  CHECK(*third > *second);
  // A slot later there is a token, but it was promised.
  const timestamp then = *second;
  CHECK(take_of_minute(state, low, 1, false, then).has_value());
  CHECK_FALSE(take_of_minute(state, low, 1, true, then).has_value());
}

TEST_CASE("pace: a text longer than the burst leaves when the bucket is full") {
  pace_state state;
  CHECK_FALSE(take_of_minute(state, low, 12, false, all_want_at).has_value());
  const auto later = take_of_minute(state, low, 12, false, all_want_at);
  REQUIRE(later.has_value());
  CHECK_FALSE(take_of_minute(state, low, 12, true, *later).has_value());
}

TEST_CASE("pace: no limit is no wait") {
  pace_state state;
  const throughput_class none{"unlimited", 0, 0};
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE_FALSE(take_of_minute(state, none, 10, false, all_want_at).has_value());
    REQUIRE_FALSE(take_of_day(state, none, 10, all_want_at).has_value());
  }
  CHECK(state == pace_state{});
}

TEST_CASE("day of a brand: used up until midnight in Los Angeles") {
  struct row {
    std::string_view now;
    std::string_view midnight;
  };
  const row rows[] = {
      {"2026-01-15T20:00:00Z", "2026-01-16T08:00:00.000Z"},
      {"2026-07-15T20:00:00Z", "2026-07-16T07:00:00.000Z"},
      {"2026-03-08T09:00:00Z", "2026-03-09T07:00:00.000Z"},
      {"2026-11-01T07:30:00Z", "2026-11-02T08:00:00.000Z"},
      {"2026-01-16T07:59:59Z", "2026-01-16T08:00:00.000Z"},
  };
  for (const row& each : rows) {
    INFO("now: ", std::string(each.now));
    pace_state state;
    const timestamp now = *parse_rfc3339(each.now);
    std::int64_t sent = 0;
    while (!take_of_day(state, low, 3, now)) sent += 3;
    CHECK(sent == 1'998);
    CHECK_FALSE(take_of_day(state, low, 2, now).has_value());
    const auto later = take_of_day(state, low, 1, now);
    REQUIRE(later.has_value());
    CHECK(to_rfc3339(*later) == each.midnight);
    const timestamp just_before{later->unix_ms - 1};
    CHECK(take_of_day(state, low, 1, just_before) == later);
    CHECK_FALSE(take_of_day(state, low, 1, *later).has_value());
    CHECK(state.day_parts == 1);
  }
}

TEST_CASE("throughput tables: the built-in classes, and wrong ones") {
  const throughput_table& table = built_in_rule_tables()->throughput;
  REQUIRE(table.find("low_volume") != nullptr);
  CHECK(table.find("low_volume")->parts_per_minute == 75);
  CHECK(table.find("low_volume")->parts_per_day == 2'000);
  REQUIRE(table.find("score_76") != nullptr);
  CHECK(table.find("score_76")->parts_per_day == 200'000);
  CHECK(table.find("warp") == nullptr);
  const std::string head = "name,parts_per_minute,parts_per_day,source,as_of\n";
  for (const char* bad : {"a,x,1,b,c\n", "a,5,1,b,c\n", "a,-1,1,b,c\n", "a,75,-1,b,c\n"}) {
    CHECK_FALSE(throughput_table::read(head + bad).has_value());
  }
}
