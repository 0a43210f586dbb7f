// The HTTP/1.1 server: accepts connections, lets only unambiguous requests through the gate, calls
// one handler, writes its answers in order, and cuts off whoever is slow.
//
// The program owns the server and destroys it before the loops it runs on. Every connection lives
// on one loop. The server never routes, authenticates or reads a body's meaning: that is edge/.
// Nothing here includes Asio or Beast.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "net/asio_event_loop.hpp"
#include "net/http.hpp"
#include "net/http_gate.hpp"
#include "net/listen_address.hpp"
#include "net/tls_context.hpp"

namespace dialplane {

enum class connection_event {
  opened,
  closed,
  over_limit,      // accepted and closed at once
  accept_failed,   // out of descriptors, mostly
  tls_failed,
  head_timed_out,  // answered 408 if anything had arrived
  body_timed_out,
  idle_timed_out,
  write_timed_out,
  handler_timed_out,   // answered 503
  answer_dropped,      // a responder was destroyed unanswered
  drain_forced,        // still busy at the deadline of drain()
};

// Told what happens below the handler, for metrics and the log. Called on loop threads, so it must
// be safe from several, quick, and must not throw. Outlives the server.
class http_observer {
 public:
  virtual ~http_observer() = default;
  virtual void on_connection(connection_event) noexcept {}
  virtual void on_bytes(std::uint64_t /*received*/, std::uint64_t /*sent*/) noexcept {}  // at close
  virtual void on_refusal(const http_refusal&) noexcept {}
  // A handler threw: a bug. The client got 500. `what` is for the log only.
  virtual void on_handler_failure(std::string_view /*what*/) noexcept {}
};

struct http_server_options {
  listen_address listen;
  std::vector<asio_event_loop*> loops;  // at least one; connections go round; the first accepts
  http_limits limits;
  std::optional<tls_files> tls;
  const clock* wall_clock = nullptr;  // for the date header; required
  // Called on the connection's loop thread; with several loops it must bear concurrent calls.
  http_handler handler;
  // Makes the answer to a refused request; as the handler, from several threads. Unset: a JSON
  // body {"error":{"code":…,"message":…}}. Its status must be the refusal's.
  unique_function<http_response(const http_refusal&)> refusal_body;
  http_observer* observer = nullptr;
};

class http_server {
 public:
  explicit http_server(http_server_options options);
  // Closes every connection at once; no handler runs after it returns. Not on a loop thread, and
  // not while another thread stops one of the loops.
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  // Binds and begins to accept; the real address, its port never 0. Fails (refused, internal text
  // says why) on an address that cannot be bound or unreadable TLS files. Once only.
  result<listen_address> start();

  // From any thread. The listening socket closes soon after; open connections go on.
  void stop_accepting();

  // Stops accepting, closes idle connections at once, lets requests in flight finish with
  // `Connection: close`, and closes what is left after `deadline`. Then `done` runs once, on the
  // first loop. From any thread, once.
  void drain(std::chrono::milliseconds deadline, event_loop::task done);

  std::size_t open_connections() const noexcept;

  struct core;  // in the sources

 private:
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
