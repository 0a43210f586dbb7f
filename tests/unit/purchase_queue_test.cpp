#include "workflow/purchasing/purchase_queue.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/manual_event_loop.hpp"

namespace dialplane {

namespace {

organization_id company(std::uint8_t which) {
  organization_id id;
  id.bytes[15] = which;
  return id;
}

// Turns as they are granted, kept until the test ends them.
struct turns {
  std::vector<std::uint8_t> order;
  std::vector<purchase_queue::turn> held;

  purchase_queue::granted keep(std::uint8_t whose) {
    return [this, whose](purchase_queue::turn granted) {
      order.push_back(whose);
      held.push_back(std::move(granted));
    };
  }
};

}  // namespace

TEST_CASE("purchase queue: so many at once per account, accounts apart") {
  test::shared_manual_clock time;
  test::manual_event_loop loop(time);
  purchase_queue queue(2);
  turns got;
  for (int i = 0; i < 3; ++i) CHECK(queue.enter("north", company(1), got.keep(1)));
  CHECK(queue.enter("south", company(1), got.keep(2)));
  CHECK(got.order == std::vector<std::uint8_t>{1, 1, 2});
  CHECK(queue.waiting("north") == 1);
  CHECK(queue.waiting("south") == 0);
  CHECK(got.held[0].is_at("north"));
  CHECK_FALSE(got.held[0].is_at("south"));
  got.held[2] = {};  // a turn at the other account frees nothing here
  loop.run_ready();
  CHECK(got.order.size() == 3);
  got.held[0] = {};
  loop.run_ready();
  CHECK(got.order.size() == 4);
  CHECK(queue.waiting("north") == 0);
}

TEST_CASE("purchase queue: an account's own limit, changed while some wait") {
  test::shared_manual_clock time;
  test::manual_event_loop loop(time);
  purchase_queue queue(2);
  queue.limit("north", 1);
  turns got;
  for (int i = 0; i < 5; ++i) CHECK(queue.enter("north", company(1), got.keep(1)));
  for (int i = 0; i < 3; ++i) CHECK(queue.enter("south", company(1), got.keep(2)));
  CHECK(got.order == std::vector<std::uint8_t>{1, 2, 2});
  CHECK(queue.waiting("south") == 1);
  queue.limit("north", 3);
  loop.run_ready();
  CHECK(got.order == std::vector<std::uint8_t>{1, 2, 2, 1, 1});
  CHECK(queue.waiting("north") == 2);
  CHECK(queue.waiting("south") == 1);
  // Less than are out: nobody goes until there is room again.
  queue.limit("north", 1);
  got.held[0] = {};
  got.held[3] = {};
  loop.run_ready();
  CHECK(queue.waiting("north") == 2);
  got.held[4] = {};
  loop.run_ready();
  CHECK(queue.waiting("north") == 1);
  CHECK(got.order.size() == 6);
  queue.close();
  queue.limit("north", 10);
  loop.run_ready();
  CHECK(got.order.size() == 6);
}

TEST_CASE("purchase queue: two hundred of one delay another's single one by one") {
  test::shared_manual_clock time;
  test::manual_event_loop loop(time);
  purchase_queue queue(1);
  turns got;
  for (int i = 0; i < 200; ++i) CHECK(queue.enter("north", company(1), got.keep(1)));
  CHECK(queue.enter("north", company(2), got.keep(2)));
  for (int ended = 0; ended < 2; ++ended) {
    got.held.back() = {};
    loop.run_ready();
  }
  REQUIRE(got.order.size() == 3);
  CHECK(got.order == std::vector<std::uint8_t>{1, 1, 2});
  got.held.back() = {};
  loop.run_ready();
  CHECK(got.order.back() == 1);  // and then the first goes on
  queue.close();
}

TEST_CASE("purchase queue: a claimed number is free again when the turn has ended") {
  purchase_queue queue(3);
  turns got;
  for (int i = 0; i < 2; ++i) CHECK(queue.enter("north", company(1), got.keep(1)));
  CHECK(got.held[0].claim("+14155550123"));
  CHECK(got.held[0].claim("+14155550123"));
  CHECK_FALSE(got.held[1].claim("+14155550123"));
  CHECK(got.held[0].claim("+14155550124"));  // takes its place
  CHECK(got.held[1].claim("+14155550123"));
  got.held[0] = {};
  CHECK(got.held[1].claim("+14155550124"));
  CHECK(got.held[0].is_empty());
}

TEST_CASE("purchase queue: bounded") {
  purchase_queue queue(1);
  turns got;
  for (std::size_t i = 0; i <= purchase_queue::waiting_max; ++i) {
    REQUIRE(queue.enter("north", company(1), got.keep(1)));
  }
  CHECK_FALSE(queue.enter("north", company(2), got.keep(2)));
  CHECK(queue.enter("south", company(2), got.keep(2)));
  CHECK(got.order.size() == 2);
  queue.close();
  CHECK(queue.waiting("north") == 0);
  CHECK_FALSE(queue.enter("east", company(3), got.keep(3)));
  got.held.clear();  // wakes nobody
  CHECK(got.order.size() == 2);
}

}  // namespace dialplane
