// Makes HTTP/1.1 requests, one answer each, and trusts nobody on the way. An answer comes whole,
// or, where it may last (a stream of events), piece by piece as it arrives.
//
// The name is looked up, every address is judged by the address guard, and exactly a judged address
// is connected to; certificates are verified against the host's name; redirects are answers like
// any other and never followed. Time, sizes and the number of requests at once are limited.
// Connections are kept for a moment and used again for the same scheme, host and port.
// Lives on one loop and is used only on its thread. Nothing here includes Asio.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_function.hpp"
#include "net/address_guard.hpp"
#include "net/asio_event_loop.hpp"
#include "net/http_answer_reader.hpp"
#include "net/http_url.hpp"
#include "net/tls_context.hpp"

namespace dialplane {

struct outgoing_request {
  http_url to;
  std::string method = "POST";
  std::vector<http_header> headers;  // besides host and content-length
  std::string body;
  // May be sent a second time where a kept connection turns out to be dead.
  bool repeatable = false;
};

enum class exchange_failure {
  destination_refused,  // the address guard allows none of the name's addresses
  name_not_found,
  not_connected,
  not_trusted,  // TLS: the handshake or the certificate
  timed_out,
  broken,       // the connection ended before the answer did
  bad_answer,   // not HTTP/1.1 as it must be
  over_limit,   // too many requests at once, or a body too large: nothing was sent
  stopping,
};
std::string_view name_of(exchange_failure what) noexcept;

struct failed_exchange {
  exchange_failure what = exchange_failure::broken;
  bool may_have_arrived = false;  // the request, or some of it
  std::string detail;             // one sentence, public
};

// Who hears of an answer that is read as it arrives. Everything runs on the loop, later than the
// call that opened it, and nothing after on_end or a cancellation.
struct answer_listener {
  unique_function<void(const http_answer& head)> on_head;  // once; its body is to come
  unique_function<void(std::string piece)> on_piece;       // decoded, not empty, at most 8 KB
  // Once. Nothing: the answer is complete. timed_out: nothing came for `idle_timeout`.
  unique_function<void(std::optional<failed_exchange>)> on_end;
  std::chrono::milliseconds idle_timeout{60'000};  // once the head is there; not while paused
};

// Holds on to such an answer: gives it up (without on_end) when destroyed. Only on the loop; once
// the answer has ended, nothing here does anything.
class answer_stream {
 public:
  class control {
   public:
    virtual ~control() = default;
    virtual void pause() noexcept = 0;
    virtual void resume() = 0;
    virtual void cancel() noexcept = 0;
  };

  answer_stream() = default;
  explicit answer_stream(std::weak_ptr<control> of) : control_(std::move(of)) {}
  answer_stream(answer_stream&&) noexcept = default;
  answer_stream& operator=(answer_stream&& other) noexcept;
  ~answer_stream() { cancel(); }

  // Reads no more, so that the sender has to wait; what is read already may still come.
  void pause() noexcept;
  void resume();
  void cancel() noexcept;

 private:
  std::weak_ptr<control> control_;
};

using exchange_result = boost::system::result<http_answer, failed_exchange>;

struct http_client_options {
  asio_event_loop* loop = nullptr;     // required
  const address_guard* guard = nullptr;  // required; outlives the client
  tls_context tls;                     // none: https fails as not_trusted
  std::chrono::milliseconds connect_timeout{5'000};  // name, connection and TLS
  std::chrono::milliseconds answer_timeout{15'000};  // from then on; of a stream, up to its head
  std::chrono::milliseconds idle_timeout{3'000};     // of kept connections; most servers' is 5 s
  std::size_t requests_at_once = 256;
  std::size_t kept_per_host = 4;
  std::size_t kept_in_all = 64;
  std::size_t request_bytes = 1024 * 1024;
  http_answer_limits answer;
  std::string user_agent = "Dialplane";
};

class http_client {
 public:
  explicit http_client(http_client_options options);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  // `done` runs once, later, on the loop.
  void send(outgoing_request request, unique_function<void(exchange_result)> done);
  // As send, for an answer without an end in sight: no limit but time and the head's. It counts as
  // a request in flight for as long as it lasts.
  [[nodiscard]] answer_stream open_stream(outgoing_request request, answer_listener heard_by);
  // Ends what is in flight (stopping) and closes kept connections. Nothing may be sent any more.
  void stop();

  struct core;

 private:
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
