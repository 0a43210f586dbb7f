// The way from an adapter to its carrier's API: one account's requests, kept within what the
// carrier allows, and every failure put in its class.
//
// Called from any loop; answers on the loop that called. At most `concurrency` requests are under
// way and `per_second` start each second; the rest wait in order, up to a limit. After a 429 the
// account rests as long as the carrier asks. After several failures in a row of reaching the
// carrier, calls fail at once for a while (circuit breaker), then one is let through to try. Never
// repeats a request, never reads an answer's meaning: that is the adapter's.
//
// What a failure means (carriers' documents; design, "errors: four classes"): not connected, or
// not sent yet: not_done. Sent and no whole answer: unknown. An HTTP answer of any status is a
// success here, for the adapter to judge.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "carriers/carrier.hpp"
#include "net/http_client.hpp"

namespace dialplane {

// One request that left for a carrier, whole, and what came of it: the secrets are still in it.
struct wire_exchange {
  std::string method;
  std::string url;
  std::vector<http_header> headers;
  std::string body;
  std::optional<http_answer> answer;   // nothing: `failure` says why
  std::string failure;
  bool may_have_arrived = false;       // of a failure: the carrier may have acted on it
  std::chrono::steady_clock::time_point began;
  std::chrono::milliseconds took{0};
};
// Told when the answer is there, on the outgoing loop, before whoever asked; must not block.
using wire_observer = std::function<void(const wire_exchange&)>;

// What adapters are given to reach the world. Owned by server/ and outliving every carrier.
struct carrier_tools {
  asio_event_loop* outgoing = nullptr;   // required
  const address_guard* guard = nullptr;  // required
  tls_context tls;
  const clock* time = nullptr;           // required
  random_source* random = nullptr;       // required
  wire_observer watch = {};              // of everything that goes over the wire; none: nobody
};

struct carrier_limits {
  std::size_t concurrency = 4;       // requests under way
  double per_second = 10;            // that start
  std::size_t waiting = 1'024;       // more fail as overloaded (not_done)
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds answer_timeout{15'000};
  std::size_t answer_bytes = 1024 * 1024;
  std::size_t failures_to_open = 5;  // in a row, of the connection or 5xx
  std::chrono::milliseconds open_for{5'000};
};

struct carrier_request {
  std::string method = "GET";
  std::string url;                   // absolute
  std::vector<http_header> headers;  // besides host, content-length
  std::string body;
};

class carrier_http {
 public:
  carrier_http(const carrier_tools& tools, carrier_limits limits);
  // Calls that wait or are under way end as `unknown` or `not_done`; where the loop they came from
  // has gone, not at all.
  ~carrier_http();
  carrier_http(const carrier_http&) = delete;
  carrier_http& operator=(const carrier_http&) = delete;

  // Must be called on an event loop's thread; `done` runs there, later.
  void send(carrier_request request, carrier_done<http_answer> done);

  struct core;

 private:
  std::shared_ptr<core> core_;
};

// "Basic …" of RFC 7617.
std::string basic_authorization(std::string_view name, std::string_view password);

// Seconds a 429 asks to wait, from `retry-after` (seconds) or the header given; nothing if it
// does not say.
std::optional<std::chrono::milliseconds> retry_after(const http_answer& answer,
                                                     std::string_view also = {});

}  // namespace dialplane
