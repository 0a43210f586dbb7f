// Makes HTTP/1.1 requests, one answer each, and trusts nobody on the way.
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

using exchange_result = boost::system::result<http_answer, failed_exchange>;

struct http_client_options {
  asio_event_loop* loop = nullptr;     // required
  const address_guard* guard = nullptr;  // required; outlives the client
  tls_context tls;                     // none: https fails as not_trusted
  std::chrono::milliseconds connect_timeout{5'000};  // name, connection and TLS
  std::chrono::milliseconds answer_timeout{15'000};  // from then on
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
  // Ends what is in flight (stopping) and closes kept connections. Nothing may be sent any more.
  void stop();

  struct core;

 private:
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
