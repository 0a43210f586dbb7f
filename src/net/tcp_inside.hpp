// Inside of tcp_stream, for the sources that make and use its sockets: includes Asio.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "net/asio_engine.hpp"
#include "net/tcp.hpp"

namespace dialplane {

using asio_error = boost::system::error_code;
// Concrete executors: the type-erased default costs a third of the request rate.
using loop_executor = boost::asio::io_context::executor_type;
using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, loop_executor>;

struct tcp_stream::impl {
  explicit impl(tcp_socket from) : socket(std::move(from)) {}

  tcp_socket socket;
  std::optional<boost::asio::ssl::stream<tcp_socket&>> tls;
};

io_status status_of(const asio_error& failed) noexcept;

// Keeps the socket alive while an operation is in flight and reports its end.
struct completion {
  std::shared_ptr<tcp_stream::impl> stream;
  io_done done;

  void operator()(const asio_error& failed, std::size_t bytes = 0) {
    done(status_of(failed), bytes);
  }
};

}  // namespace dialplane
