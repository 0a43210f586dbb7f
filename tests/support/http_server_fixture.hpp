// A running server for tests, an observer that tests can wait on, and a place to keep responders.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/http_server.hpp"

namespace dialplane::testing {

// No wait in a test is longer.
inline constexpr std::chrono::seconds limit{5};

// Counts what the server reports, and lets a test wait for it.
class server_recorder final : public http_observer {
 public:
  void on_connection(connection_event what) noexcept override {
    const std::lock_guard lock(mutex_);
    ++events_[what];
    changed_.notify_all();
  }
  void on_handler_failure(std::string_view what) noexcept override {
    const std::lock_guard lock(mutex_);
    failures_ += what;
  }
  bool wait_for(connection_event what, int count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return events_[what] >= count; });
  }
  int count(connection_event what) {
    const std::lock_guard lock(mutex_);
    return events_[what];
  }
  std::string failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<connection_event, int> events_;
  std::string failures_;
};

// Keeps responders until the test answers them.
class responder_parking {
 public:
  void put(http_request request, responder reply) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace_back(std::move(request), std::move(reply));
    changed_.notify_all();
  }
  std::pair<http_request, responder> take() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, limit, [&] { return !waiting_.empty(); }));
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    return first;
  }
  bool empty() {
    const std::lock_guard lock(mutex_);
    return waiting_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<http_request, responder>> waiting_;
};

inline http_response text(std::string body, int status = 200) {
  return {.status = status, .content_type = "text/plain", .body = std::move(body), .headers = {}};
}

inline void echo(http_request request, responder reply) {
  reply.respond(text(request.method + " " + request.path + " " + request.body));
}

struct server_fixture {
  explicit server_fixture(http_handler handler = echo, http_limits limits = {},
                          std::size_t loop_count = 1,
                          std::optional<tls_files> tls = std::nullopt) {
    http_server_options options;
    options.listen = {"127.0.0.1", 0};
    for (std::size_t i = 0; i < loop_count; ++i) {
      loops.push_back(std::make_unique<asio_event_loop>());
      loops.back()->start("test");
      options.loops.push_back(loops.back().get());
    }
    options.limits = limits;
    options.tls = std::move(tls);
    options.wall_clock = &time;
    options.handler = [this, handler = std::move(handler)](http_request request,
                                                           responder reply) mutable {
      ++handled;
      handler(std::move(request), std::move(reply));
    };
    options.observer = &seen;
    server = std::make_unique<http_server>(std::move(options));
    const result<listen_address> bound = server->start();
    REQUIRE(bound.has_value());
    CHECK(bound->port != 0);
    port = bound->port;
  }

  manual_clock time{timestamp{784'111'777'000}};
  server_recorder seen;
  std::vector<std::unique_ptr<asio_event_loop>> loops;
  std::unique_ptr<http_server> server;
  std::uint16_t port = 0;
  std::atomic<int> handled{0};
};

inline constexpr std::string_view plain_get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

inline http_limits with(std::chrono::milliseconds http_limits::*member,
                        std::chrono::milliseconds value) {
  http_limits limits;
  limits.*member = value;
  return limits;
}

}  // namespace dialplane::testing
