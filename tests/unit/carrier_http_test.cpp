// One account's way to its carrier, over real loopback sockets.
#include "carriers/carrier_http.hpp"

#include <doctest/doctest.h>

#include "support/http_server_fixture.hpp"
#include "support/manual_event_loop.hpp"
#include "support/show_results.hpp"
#include "support/thread_event_loop.hpp"

namespace dialplane {
namespace {

using std::chrono::milliseconds;
using testing::server_fixture;
using testing::text;

struct account_way {
  explicit account_way(void (*change)(carrier_limits&) = nullptr) {
    outgoing.start("outgoing");
    carrier_limits limits;
    limits.per_second = 10'000;
    limits.answer_timeout = milliseconds(400);
    if (change != nullptr) change(limits);
    carrier_tools tools{&outgoing, &guard, {}, &time, &random};
    way = std::make_unique<carrier_http>(tools, limits);
  }
  ~account_way() {
    way.reset();
    outgoing.stop();
  }

  using answer_place = std::shared_ptr<std::optional<result<http_answer>>>;
  answer_place begin(const std::string& url) {
    auto place = std::make_shared<std::optional<result<http_answer>>>();
    way->send({.method = "POST", .url = url, .headers = {}, .body = "x"},
              [this, place](result<http_answer> came) {
                CHECK(event_loop::current() == &home);
                REQUIRE_FALSE(place->has_value());
                place->emplace(std::move(came));
              });
    return place;
  }
  result<http_answer> await(const answer_place& place) {
    REQUIRE(home.run_until([&] { return place->has_value(); }));
    return **place;
  }
  result<http_answer> ask(const std::string& url) { return await(begin(url)); }

  test::shared_manual_clock time;
  test::manual_event_loop home{time};
  seeded_random random{3};
  address_guard guard{*parse_ip_ranges("127.0.0.0/8")};
  asio_event_loop outgoing;
  std::unique_ptr<carrier_http> way;
};

std::string url_of(const server_fixture& at) {
  return "http://127.0.0.1:" + std::to_string(at.port) + "/v1/x";
}

TEST_CASE("carrier http: any answer of the carrier comes back on the loop that asked") {
  server_fixture at([](http_request request, responder reply) {
    reply.respond(text(request.body + request.path, request.path == "/v1/x" ? 404 : 500));
  });
  account_way own;
  const auto came = own.ask(url_of(at));
  REQUIRE(came);
  CHECK(came->status == 404);
  CHECK(came->body == "x/v1/x");
}

TEST_CASE("carrier http: what could not be sent is not done, what lost its answer is unknown") {
  account_way own;
  std::string nobody;
  {
    server_fixture at;
    nobody = url_of(at);
  }
  const auto refused_connection = own.ask(nobody);
  REQUIRE_FALSE(refused_connection);
  CHECK(refused_connection.error().kind == error_class::not_done);
  CHECK(refused_connection.error().code == error_code::carrier_unavailable);

  server_fixture cuts([](http_request, responder) {});
  const auto cut = own.ask(url_of(cuts));
  REQUIRE_FALSE(cut);
  CHECK(cut.error().kind == error_class::unknown);

  testing::responder_parking parked;
  server_fixture hangs([&](http_request request, responder reply) {
    parked.put(std::move(request), std::move(reply));
  });
  const auto late = own.ask(url_of(hangs));
  REQUIRE_FALSE(late);
  CHECK(late.error().kind == error_class::unknown);
  parked.take();

  const auto outside = own.ask("http://192.0.2.1/");
  REQUIRE_FALSE(outside);
  CHECK(outside.error().kind == error_class::not_done);
}

TEST_CASE("carrier http: an answer that is too large is not half read") {
  server_fixture at(
      [](http_request, responder reply) { reply.respond(text(std::string(5'000, 'a'))); });
  account_way own([](carrier_limits& limits) { limits.answer_bytes = 1'000; });
  const auto came = own.ask(url_of(at));
  REQUIRE_FALSE(came);
  CHECK(came.error().kind == error_class::unknown);
}

TEST_CASE("carrier http: no more at once than the carrier allows; the queue has an end") {
  testing::responder_parking parked;
  server_fixture at([&](http_request request, responder reply) {
    parked.put(std::move(request), std::move(reply));
  });
  account_way own([](carrier_limits& limits) {
    limits.concurrency = 2;
    limits.waiting = 1;
    limits.answer_timeout = milliseconds(20'000);
  });
  const auto first = own.begin(url_of(at));
  const auto second = own.begin(url_of(at));
  auto one = parked.take();
  auto two = parked.take();
  const auto third = own.begin(url_of(at));
  const auto too_much = own.ask(url_of(at));
  REQUIRE_FALSE(too_much);
  CHECK(too_much.error().kind == error_class::not_done);
  CHECK(too_much.error().code == error_code::overloaded);
  CHECK(parked.empty());
  CHECK(at.handled == 2);
  one.second.respond(text("1"));
  auto three = parked.take();
  two.second.respond(text("2"));
  three.second.respond(text("3"));
  CHECK(own.await(first));
  CHECK(own.await(second));
  CHECK(own.await(third));
  CHECK(at.handled == 3);
}

TEST_CASE("carrier http: starts per second are paced, and nothing is lost by it") {
  server_fixture at;
  account_way own([](carrier_limits& limits) {
    limits.per_second = 50;
    limits.concurrency = 100;
  });
  const auto started = std::chrono::steady_clock::now();
  std::vector<account_way::answer_place> places;
  for (int i = 0; i < 60; ++i) places.push_back(own.begin(url_of(at)));
  for (const auto& place : places) CHECK(own.await(place));
  // Fifty may start at once; ten more take a fifth of a second.
  CHECK(std::chrono::steady_clock::now() - started >= milliseconds(150));
  CHECK(at.handled == 60);
}

TEST_CASE("carrier http: after a 429 the account rests as long as it is asked to") {
  std::atomic<int> asked{0};
  server_fixture at([&](http_request, responder reply) {
    http_response busy = text("slow down", ++asked == 1 ? 429 : 200);
    if (asked == 1) busy.headers.push_back({"Retry-After", "1"});
    reply.respond(std::move(busy));
  });
  account_way own;
  const auto busy = own.ask(url_of(at));
  REQUIRE(busy);
  CHECK(busy->status == 429);
  const auto since = std::chrono::steady_clock::now();
  const auto next = own.ask(url_of(at));
  REQUIRE(next);
  CHECK(next->status == 200);
  CHECK(std::chrono::steady_clock::now() - since >= milliseconds(900));
}

TEST_CASE("carrier http: a carrier that keeps failing is left alone, then tried with one call") {
  std::atomic<bool> well{false};
  server_fixture at(
      [&](http_request, responder reply) { reply.respond(text("", well ? 200 : 503)); });
  account_way own([](carrier_limits& limits) {
    limits.failures_to_open = 3;
    limits.open_for = milliseconds(200);
  });
  for (int i = 0; i < 3; ++i) {
    const auto failed = own.ask(url_of(at));
    REQUIRE(failed);
    CHECK(failed->status == 503);
  }
  const auto at_once = own.ask(url_of(at));
  REQUIRE_FALSE(at_once);
  CHECK(at_once.error().kind == error_class::not_done);
  CHECK(at.handled == 3);
  well = true;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  result<http_answer> again = own.ask(url_of(at));
  while (!again && std::chrono::steady_clock::now() < deadline) again = own.ask(url_of(at));
  REQUIRE(again);
  CHECK(again->status == 200);
  CHECK(at.handled == 4);
  CHECK(own.ask(url_of(at)));
}

TEST_CASE("carrier http: closing the account ends what waits and what is under way") {
  testing::responder_parking parked;
  server_fixture at([&](http_request request, responder reply) {
    parked.put(std::move(request), std::move(reply));
  });
  account_way own([](carrier_limits& limits) { limits.concurrency = 1; });
  const auto under_way = own.begin(url_of(at));
  const auto held = parked.take();
  const auto waiting = own.begin(url_of(at));
  own.way.reset();
  const auto first = own.await(under_way);
  REQUIRE_FALSE(first);
  CHECK(first.error().kind == error_class::unknown);
  const auto second = own.await(waiting);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == error_class::not_done);
}

TEST_CASE("carrier http: retry-after is read in seconds only") {
  const auto said = [](std::string value) {
    return retry_after({.status = 429, .headers = {{"Retry-After", std::move(value)}}, .body = {}});
  };
  CHECK(said("3") == milliseconds(3'000));
  CHECK(said("0") == milliseconds(0));
  for (const char* bad : {"", "-1", "1.5", "soon", "Sun, 22 Nov 2026 04:00:00 GMT", "9999999"}) {
    CHECK_FALSE(said(bad).has_value());
  }
  CHECK(retry_after({.status = 429, .headers = {{"x-reset", "7"}}, .body = {}}, "X-Reset") ==
        milliseconds(7'000));
}

}  // namespace
}  // namespace dialplane
