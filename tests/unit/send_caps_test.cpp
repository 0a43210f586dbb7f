#include "domain/send_caps.hpp"

#include <doctest/doctest.h>

#include "support/moments.hpp"

using namespace dialplane;
using test::noon;

namespace {

constexpr micro_credits price{40'000};

send_counter after(std::int64_t texts, timestamp when, bool is_new = false) {
  send_counter sum;
  for (std::int64_t i = 0; i < texts; ++i) sum = added(sum, counted_text(when, price, is_new));
  return sum;
}

timestamp later(std::int64_t ms) { return {noon.unix_ms + ms}; }

}  // namespace

TEST_CASE("caps: each limit lets through exactly as many as it says") {
  struct row {
    cap_limits limits;
    std::int64_t fits;
    std::string_view limit;
    std::int64_t ends_ms;
  };
  const row rows[] = {
      {{.texts_per_minute = 3}, 3, "texts_per_minute", 60'000},
      {{.texts_per_day = 5}, 5, "texts_per_day", 12 * 3'600'000},
      {{.credits_per_day = {100'000}}, 2, "credits_per_day", 12 * 3'600'000},
      {{.credits_per_day = {120'000}}, 3, "credits_per_day", 12 * 3'600'000},
      {{.new_recipients_per_hour = 2}, 2, "new_recipients_per_hour", 3'600'000},
      {{.texts_per_minute = 2, .texts_per_day = 2}, 2, "texts_per_day", 12 * 3'600'000},
  };
  for (const row& each : rows) {
    INFO("limit: ", std::string(each.limit));
    const send_counter more = counted_text(noon, price, true);
    CHECK_FALSE(find_reached_cap(each.limits, after(each.fits - 1, noon, true), more).has_value());
    const auto reached = find_reached_cap(each.limits, after(each.fits, noon, true), more);
    REQUIRE(reached.has_value());
    CHECK(reached->limit == each.limit);
    CHECK(reached->ends.unix_ms == noon.unix_ms + each.ends_ms);
    // The moment it ends, it has ended.
    const send_counter then = counted_text(reached->ends, price, true);
    CHECK_FALSE(
        find_reached_cap(each.limits, after(each.fits, noon, true), then).has_value());
  }
}

TEST_CASE("caps: zero is off, and known recipients are no new ones") {
  CHECK_FALSE(find_reached_cap({}, after(1'000, noon, true), counted_text(noon, price, true))
                  .has_value());
  CHECK(cap_limits{}.all_off());
  CHECK_FALSE(find_reached_cap({.new_recipients_per_hour = 1}, after(3, noon, true),
                               counted_text(noon, price, false))
                  .has_value());
  // A free text passes a cap on credits.
  CHECK_FALSE(find_reached_cap({.credits_per_day = {40'000}}, after(1, noon),
                               counted_text(noon, {0}, false))
                  .has_value());
}

TEST_CASE("caps: windows end by themselves and never come back") {
  const send_counter one = counted_text(noon, price, true);
  const send_counter next_minute = added(one, counted_text(later(60'000), price, true));
  CHECK(next_minute.minute_texts == 1);
  CHECK(next_minute.hour_new_recipients == 2);
  CHECK(next_minute.day_texts == 2);
  CHECK(next_minute.day_spent.value == 80'000);
  const send_counter next_day = added(next_minute, counted_text(later(86'400'000), price, false));
  CHECK(next_day.day_texts == 1);
  CHECK(next_day.day_spent == price);
  CHECK(next_day.hour_new_recipients == 0);
  // The clock goes back over midnight: yesterday's text counts as today's.
  const send_counter back = added(next_day, counted_text(noon, price, false));
  CHECK(back.day == next_day.day);
  CHECK(back.day_texts == 2);
  CHECK(back.minute_texts == 2);
}

TEST_CASE("caps: the refusal names scope, limit and end") {
  const reached_cap reached{"credits_per_day", 40'000'000, later(5'000)};
  const error refusal = cap_refusal(cap_scope::agent, reached, noon);
  CHECK(refusal.code == error_code::send_cap);
  CHECK(refusal.kind == error_class::not_done);
  CHECK(refusal.message == "This would pass the cap of 40 credits per day of the agent.");
  CHECK(refusal.details.at("retry_after_ms") == 5'000);
  CHECK(refusal.details.at("scope") == "agent");
  CHECK(refusal.details.at("most") == 40);
  CHECK(refusal.details.at("ends_at") == "2026-01-01T12:00:05.000Z");
}
