#include "workflow/texts/text_waiters.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "support/manual_event_loop.hpp"
#include "support/show_results.hpp"

namespace dialplane {

namespace {

using std::chrono::milliseconds;

number_id number_of(std::uint8_t which) { return number_id{{which}}; }

awaited_text any_text(std::uint8_t which = 1) {
  return {organization_id{{1}}, number_of(which), std::nullopt, std::nullopt};
}

message text_to(std::uint8_t which, std::string from, std::string body) {
  message row;
  row.organization = organization_id{{1}};
  row.number = number_of(which);
  row.direction = message_direction::inbound;
  row.from = std::move(from);
  row.body = std::move(body);
  return row;
}

// What a waiter was told, in order.
struct told_texts {
  std::vector<std::string> bodies;
  int nothing = 0;
  text_waiters::tell tell() {
    return [this](std::optional<message> found) {
      if (found) {
        bodies.push_back(found->body);
      } else {
        ++nothing;
      }
    };
  }
};

bool always() { return true; }

}  // namespace

TEST_CASE("text_waiters: each is told once, of the first text that fits") {
  test::shared_manual_clock clock;
  test::manual_event_loop loop(clock);
  text_waiters waiters;
  told_texts all;
  told_texts picky;
  CHECK(waiters.add(any_text(), milliseconds(10'000), always, all.tell()));
  awaited_text wanted = any_text();
  wanted.from = "72345";
  wanted.pattern = *text_pattern::parse("\\d{6}");
  CHECK(waiters.add(std::move(wanted), milliseconds(10'000), always, picky.tell()));
  waiters.arrived(text_to(2, "72345", "123456"));  // another number
  waiters.arrived(text_to(1, "+14155550142", "123456"));
  waiters.arrived(text_to(1, "72345", "12345"));
  waiters.arrived(text_to(1, "72345", "654321"));
  waiters.arrived(text_to(1, "72345", "111111"));
  REQUIRE(loop.run_until([&] { return !all.bodies.empty() && !picky.bodies.empty(); }));
  CHECK(all.bodies == std::vector<std::string>{"123456"});
  CHECK(picky.bodies == std::vector<std::string>{"654321"});
  CHECK(all.nothing + picky.nothing == 0);
}

TEST_CASE("text_waiters: another tenant's text is never told") {
  test::shared_manual_clock clock;
  test::manual_event_loop loop(clock);
  text_waiters waiters;
  told_texts mine;
  waiters.add(any_text(), milliseconds(1'000), always, mine.tell());
  message theirs = text_to(1, "x", "theirs");
  theirs.organization = organization_id{{2}};
  waiters.arrived(theirs);
  waiters.arrived(text_to(1, "x", "mine"));
  REQUIRE(loop.run_until([&] { return !mine.bodies.empty(); }));
  CHECK(mine.bodies == std::vector<std::string>{"mine"});
}

TEST_CASE("text_waiters: who takes a waiter out tells it himself") {
  test::shared_manual_clock clock;
  test::manual_event_loop loop(clock);
  text_waiters waiters;
  told_texts one;
  std::optional<text_waiters::waiter_id> id;
  id = waiters.add(any_text(), milliseconds(1'000), always, one.tell());
  REQUIRE(id);
  auto done = waiters.take(*id);
  REQUIRE(done);
  CHECK_FALSE(waiters.take(*id));
  waiters.arrived(text_to(1, "x", "late"));
  done(std::nullopt);
  CHECK(one.nothing == 1);
  CHECK(one.bodies.empty());
}

TEST_CASE("text_waiters: places are bounded, per number and in all") {
  test::shared_manual_clock clock;
  test::manual_event_loop loop(clock);
  text_waiters waiters;
  told_texts all;
  for (std::size_t i = 0; i < text_waiters::per_number_max; ++i) {
    CHECK(waiters.add(any_text(), milliseconds(60'000), always, all.tell()));
  }
  CHECK_FALSE(waiters.add(any_text(), milliseconds(60'000), always, all.tell()));
  std::size_t places = text_waiters::waiters_max - text_waiters::per_number_max;
  for (std::uint8_t other = 2; places > 0; ++other) {
    for (std::size_t i = 0; i < text_waiters::per_number_max && places > 0; ++i, --places) {
      CHECK(waiters.add(any_text(other), milliseconds(60'000), always, all.tell()));
    }
  }
  CHECK_FALSE(waiters.add(any_text(200), milliseconds(60'000), always, all.tell()));
  waiters.arrived(text_to(1, "x", "free again"));
  CHECK(waiters.add(any_text(), milliseconds(1), always, all.tell()));
}

TEST_CASE("text_waiters: a client that has gone frees its place; a stop tells all that wait") {
  test::shared_manual_clock clock;
  test::manual_event_loop loop(clock);
  text_waiters waiters;
  told_texts gone;
  told_texts waiting;
  told_texts late;
  waiters.add(any_text(), milliseconds(60'000), [] { return false; }, gone.tell());
  waiters.add(any_text(), milliseconds(60'000), always, waiting.tell());
  REQUIRE(loop.run_until([&] { return gone.nothing == 1; }));
  CHECK(waiting.nothing == 0);
  waiters.stop();
  REQUIRE(loop.run_until([&] { return waiting.nothing == 1; }));
  waiters.add(any_text(), milliseconds(60'000), always, late.tell());
  REQUIRE(loop.run_until([&] { return late.nothing == 1; }));
  CHECK(gone.nothing == 1);
}

}  // namespace dialplane
