// HTTP as handlers see it: a request that passed the gate, and a responder that answers it once.
//
// The server (net/http_server) owns both; a handler receives them by value and may keep the
// responder while it waits for the store or a carrier. Nothing here includes Asio or Beast.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/unique_function.hpp"

namespace dialplane {

struct http_header {
  std::string name;  // as sent; compare with equal_ignoring_case
  std::string value;
};

struct http_request {
  std::string method;        // upper case as sent: GET, POST, ...
  // Percent-decoded once, starts with '/', valid UTF-8, no NUL; "*" for `OPTIONS *`.
  std::string path;
  std::string query;         // raw text after '?', empty if none
  std::vector<http_header> headers;
  std::string body;          // complete; at most http_limits::body_bytes
  std::string peer;          // "127.0.0.1:53211"
  bool tls = false;
  std::chrono::steady_clock::time_point received_at;  // when the head was complete
  // Whether an equal request joins this one where its answer did not arrive (app/replay.hpp). Set
  // by this program for requests it makes of itself; nothing on the wire sets it.
  bool tracks_delivery = false;

  // First header of that name (case-insensitive), or null. Valid as long as the request.
  const std::string* header(std::string_view name) const noexcept;
  std::size_t count_of(std::string_view name) const noexcept;
};

// Told once whether an answer arrived; dropped untold, it tells false.
//
// True: the peer was there when the answer was written, and its system has acknowledged every byte
// of it. That is all TCP knows. Whether a program read them, and what a proxy in between did with
// them, it does not say. False: the peer had closed before (closing only its sending side counts:
// the two look alike), the connection broke, timed out or was cut before the last byte was
// acknowledged, or there was no answer. A peer that vanished without a word (power, network) is
// neither for a while: nothing is told until the connection ends, and until then delivery_look
// says so.
class delivery_report {
 public:
  delivery_report() noexcept = default;
  template <typename F>
    requires(std::is_invocable_v<std::decay_t<F>&, bool>)
  delivery_report(F&& told) : told_(std::forward<F>(told)) {}
  delivery_report(delivery_report&& other) noexcept
      : told_(std::exchange(other.told_, nullptr)) {}
  delivery_report& operator=(delivery_report&& other) noexcept;
  ~delivery_report() { tell(false); }

  explicit operator bool() const noexcept { return static_cast<bool>(told_); }
  void tell(bool arrived) noexcept;  // the first one counts

 private:
  unique_function<void(bool)> told_;
};

struct http_response {
  int status = 200;
  std::string content_type;  // empty: no content-type header (204)
  std::string body;
  std::vector<http_header> headers;  // besides content-type, content-length, date, connection
  delivery_report delivered = {};    // told on the connection's loop, mostly
};

// A connection as others may look at it, from any thread, also when it is long over.
class delivery_look {
 public:
  virtual ~delivery_look() = default;
  // Looks now: first tells what can be told about answers given here, then `told` runs with
  // whether the peer is still there. On the connection's loop, at once where that is the caller's;
  // dropped with the loop.
  virtual void look(unique_function<void(bool is_there)> told) = 0;
};

// An answer that is sent piece by piece for as long as both sides like: an event stream. Pieces may
// be written from any thread; what the client is too slow to take is kept up to
// http_limits::stream_bytes, beyond that the connection is cut off. Ends when destroyed.
class http_stream {
 public:
  class sink {
   public:
    virtual ~sink() = default;
    virtual void write(std::string piece, unique_function<void()> taken) = 0;
    virtual void end() noexcept = 0;
  };

  http_stream() = default;
  explicit http_stream(std::shared_ptr<sink> to) : sink_(std::move(to)) {}
  http_stream(http_stream&&) noexcept = default;
  http_stream& operator=(http_stream&& other) noexcept;
  ~http_stream();

  // `taken` runs on the connection's loop when the network has taken everything written so far;
  // never, where the connection ends before.
  void write(std::string piece, unique_function<void()> taken = nullptr);
  void end() noexcept;  // nothing may be written any more
  explicit operator bool() const noexcept { return sink_ != nullptr; }

 private:
  std::shared_ptr<sink> sink_;
};

// Answers one request, once, from any thread. Dropping it unanswered closes the connection and
// is counted: the client must never wait for nothing.
class responder {
 public:
  class sink {
   public:
    virtual ~sink() = default;
    virtual void respond(http_response response) = 0;
    // Only on the connection's loop.
    virtual std::shared_ptr<http_stream::sink> stream(http_response head,
                                                      unique_function<void()> closed) = 0;
    virtual void abandon() noexcept = 0;
    // False once the peer has closed; only a hint.
    virtual bool peer_is_waiting() const noexcept = 0;
    // Null: nothing is known of the connection.
    virtual std::shared_ptr<delivery_look> connection() { return nullptr; }
  };

  responder() = default;
  explicit responder(std::shared_ptr<sink> to) : sink_(std::move(to)) {}
  responder(responder&&) noexcept = default;
  responder& operator=(responder&& other) noexcept;
  ~responder();

  void respond(http_response response);  // CHECKs that it is the first answer
  // Answers with status and headers of `head` (its body is not sent) and goes on in pieces. Only on
  // the connection's loop. `closed` runs there once, when nothing more can be sent: the stream was
  // ended, the client has gone or is too slow, or the server drains.
  http_stream stream(http_response head, unique_function<void()> closed);
  bool peer_is_waiting() const noexcept { return sink_ && sink_->peer_is_waiting(); }
  // May be null. Good for longer than the responder.
  std::shared_ptr<delivery_look> connection() const {
    return sink_ ? sink_->connection() : nullptr;
  }

 private:
  std::shared_ptr<sink> sink_;
};

// Called on the connection's loop thread; must not block.
using http_handler = unique_function<void(http_request, responder)>;

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

struct http_limits {
  std::size_t head_bytes = 16 * 1024;   // request line and headers
  std::size_t header_count = 100;
  std::size_t target_bytes = 8 * 1024;
  std::size_t body_bytes = 64 * 1024;
  std::size_t connections = 10'000;     // more are accepted and closed at once
  std::size_t stream_bytes = 256 * 1024;  // written to a stream and not taken yet
  std::chrono::milliseconds head_timeout{10'000};  // first byte to last byte of the head
  std::chrono::milliseconds body_timeout{15'000};  // end of head to end of body
  std::chrono::milliseconds idle_timeout{75'000};  // keep-alive between requests
  std::chrono::milliseconds write_timeout{15'000};
  std::chrono::milliseconds handler_timeout{60'000};  // then 503 and close
};

}  // namespace dialplane
