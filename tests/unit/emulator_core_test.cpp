// What all wire emulators share: time, faults, routes.
#include <doctest/doctest.h>

#include "emulators/emulated_routes.hpp"
#include "emulators/fault_book.hpp"
#include "emulators/virtual_time.hpp"
#include "support/manual_event_loop.hpp"
#include "support/show_results.hpp"

namespace dialplane::emulators {
namespace {

TEST_CASE("virtual time: skipped time runs what falls due, in order and at its time") {
  test::shared_manual_clock real;
  test::manual_event_loop loop(real);
  virtual_time time(real, loop);
  const timestamp start = time.now();
  std::vector<std::pair<int, std::int64_t>> ran;
  const auto note = [&](int what) {
    return [&, what] { ran.emplace_back(what, (time.now() - start).count()); };
  };
  CHECK(time.after(milliseconds(300), note(3)));
  CHECK(time.after(milliseconds(100), note(1)));
  CHECK(time.after(milliseconds(100), [&] {
    note(2)();
    time.after(milliseconds(50), note(4));
  }));
  time.advance(milliseconds(99));
  CHECK(ran.empty());
  time.advance(milliseconds(100'000));
  CHECK(ran == std::vector<std::pair<int, std::int64_t>>{{1, 100}, {2, 100}, {4, 150}, {3, 300}});
  CHECK((time.now() - start).count() == 100'099);
}

TEST_CASE("virtual time: real time runs timers too") {
  test::shared_manual_clock real;
  test::manual_event_loop loop(real);
  virtual_time time(real, loop);
  int ran = 0;
  time.after(milliseconds(500), [&] { ++ran; });
  time.after(milliseconds(200), [&] { ++ran; });
  loop.advance(milliseconds(250));
  CHECK(ran == 1);
  loop.advance(milliseconds(300));
  CHECK(ran == 2);
}

TEST_CASE("faults: each meets the calls it names, as often as ordered") {
  seeded_random random(5);
  fault_book book(random);
  CHECK(book.order({.what = "lose_answer", .on = "buy", .count = 2}));
  CHECK(book.order({.what = "slow", .delay_ms = 70}));
  CHECK_FALSE(book.draw("lose_answer", "search"));
  CHECK(book.draw("lose_answer", "buy"));
  CHECK(book.draw("lose_answer", "buy"));
  CHECK_FALSE(book.draw("lose_answer", "buy"));
  const auto slow = book.draw("slow", "anything");
  REQUIRE(slow);
  CHECK(slow->delay_ms == 70);
  CHECK(book.waiting().empty());
}

TEST_CASE("faults: one with a probability meets about that share") {
  seeded_random random(6);
  fault_book book(random);
  CHECK(book.order({.what = "lose_answer", .count = 0, .probability = 0.25}));
  int met = 0;
  for (int i = 0; i < 10'000; ++i) met += book.draw("lose_answer", "buy") ? 1 : 0;
  CHECK(met > 2'200);
  CHECK(met < 2'800);
}

TEST_CASE("faults: orders that make no sense are refused") {
  seeded_random random(7);
  fault_book book(random);
  CHECK_FALSE(book.order({.what = ""}));
  CHECK_FALSE(book.order({.what = "slow", .count = -1}));
  CHECK_FALSE(book.order({.what = "slow", .probability = 0}));
  CHECK_FALSE(book.order({.what = "slow", .probability = 1.5}));
  CHECK_FALSE(book.order({.what = "slow", .delay_ms = -1}));
  CHECK_FALSE(book.order({.what = "error_before", .status = 200}));
  for (int i = 0; i < 256; ++i) CHECK(book.order({.what = "slow"}));
  CHECK_FALSE(book.order({.what = "slow"}));
}

TEST_CASE("routes: values are read out of the path, bodies by their type") {
  emulated_routes routes;
  const auto nothing = [](const emulated_request&) { return http_response(); };
  routes.add({"GET", "/v2/orders/{id}", "order", nothing});
  routes.add({"POST", "/2010/Accounts/{ac}/Calls/{id}.json", "call", nothing});
  const emulated_routes::row* row = nullptr;
  http_request get{.method = "GET", .path = "/v2/orders/7", .query = "filter%5Ba%5D=1&x=y"};
  const auto order = routes.match(get, row);
  REQUIRE(row != nullptr);
  CHECK(order.call == "order");
  CHECK(order.value("id") == "7");
  CHECK(order.query().text("filter[a]") == "1");
  http_request post{.method = "POST",
                    .path = "/2010/Accounts/AC1/Calls/CA2.json",
                    .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                    .body = "To=%2B1"};
  const auto call = routes.match(post, row);
  REQUIRE(row != nullptr);
  CHECK(call.value("ac") == "AC1");
  CHECK(call.value("id") == "CA2");
  CHECK(call.form().text("To") == "+1");
  for (const char* path : {"/v2/orders", "/v2/orders/", "/v2/orders/7/x", "/v2/order/7", "/"}) {
    http_request other{.method = "GET", .path = path};
    routes.match(other, row);
    CHECK(row == nullptr);
  }
  http_request json{.method = "POST",
                    .path = "/2010/Accounts/AC1/Calls/CA2.json",
                    .headers = {{"Content-Type", "application/json"}},
                    .body = "{\"a\":1}"};
  CHECK(routes.match(json, row).json().contains("a"));
  json.body = "[]";
  CHECK(routes.match(json, row).json().empty());
}

}  // namespace
}  // namespace dialplane::emulators
