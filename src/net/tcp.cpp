#include "net/tcp_inside.hpp"

#include <linux/sockios.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/check.hpp"
#include "net/asio_engine.hpp"

namespace dialplane {

namespace asio = boost::asio;
using asio::ip::tcp;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, loop_executor>;

io_status status_of(const asio_error& failed) noexcept {
  if (!failed) return io_status::ok;
  if (failed == asio::error::eof || failed == asio::error::operation_aborted ||
      failed == asio::error::connection_reset || failed == asio::error::broken_pipe ||
      failed == asio::ssl::error::stream_truncated) {
    return io_status::closed;
  }
  return io_status::failed;
}

namespace {

std::string endpoint_text(const tcp::endpoint& endpoint) {
  return to_text({endpoint.address().to_string(), endpoint.port()});
}

}  // namespace

tcp_stream::tcp_stream(std::shared_ptr<impl> inside) noexcept : impl_(std::move(inside)) {}

tcp_stream::operator bool() const noexcept { return impl_ != nullptr; }

bool tcp_stream::tls() const noexcept { return impl_->tls.has_value(); }

void tcp_stream::handshake(const tls_context& context, io_done done) {
  SSL* const session = SSL_new(context.get());
  CHECK(session != nullptr);
  impl_->tls.emplace(impl_->socket, session);
  impl_->tls->async_handshake(asio::ssl::stream_base::server,
                              completion{impl_, std::move(done)});
}

void tcp_stream::read_some(std::span<char> into, io_done done) {
  const asio::mutable_buffer buffer(into.data(), into.size());
  completion then{impl_, std::move(done)};
  if (impl_->tls) {
    impl_->tls->async_read_some(buffer, std::move(then));
  } else {
    impl_->socket.async_read_some(buffer, std::move(then));
  }
}

tcp_stream::outcome tcp_stream::write(std::string_view bytes, io_done done) {
  if (impl_->tls) {
    asio::async_write(*impl_->tls, asio::const_buffer(bytes.data(), bytes.size()),
                      completion{impl_, std::move(done)});
    return outcome::pending;
  }
  // The kernel's buffer nearly always has room: one system call and no trip through the queue.
  asio_error failed;
  const std::size_t sent =
      impl_->socket.write_some(asio::const_buffer(bytes.data(), bytes.size()), failed);
  if (failed && failed != asio::error::would_block) return outcome::failed;
  if (!failed) bytes.remove_prefix(sent);
  if (bytes.empty()) return outcome::done;
  asio::async_write(impl_->socket, asio::const_buffer(bytes.data(), bytes.size()),
                    completion{impl_, std::move(done)});
  return outcome::pending;
}

tcp_stream::outcome tcp_stream::end_sending(io_done done) {
  if (impl_->tls) {
    impl_->tls->async_shutdown(completion{impl_, std::move(done)});
    return outcome::pending;
  }
  asio_error failed;
  impl_->socket.shutdown(tcp::socket::shutdown_send, failed);
  return failed ? outcome::failed : outcome::done;
}

void tcp_stream::close() noexcept {
  asio_error ignored;
  impl_->socket.close(ignored);
}

void tcp_stream::abort() noexcept {
  asio_error ignored;
  impl_->socket.set_option(asio::socket_base::linger(true, 0), ignored);
  impl_->socket.close(ignored);
}

bool tcp_stream::peer_closed() const noexcept {
  pollfd probe{impl_->socket.native_handle(), POLLRDHUP, 0};
  if (probe.fd < 0) return true;
  return ::poll(&probe, 1, 0) > 0 &&
         (probe.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

bool tcp_stream::all_acknowledged(bool ended) const noexcept {
  int waiting = 0;
  const int socket = impl_->socket.native_handle();
  if (socket < 0 || ::ioctl(socket, SIOCOUTQ, &waiting) != 0) return false;
  return waiting <= (ended ? 1 : 0);  // the end takes the place of one byte
}

bool tcp_stream::quiet() const noexcept {
  char probe = 0;
  const auto got = ::recv(impl_->socket.native_handle(), &probe, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

std::string tcp_stream::peer() const {
  asio_error failed;
  const tcp::endpoint endpoint = impl_->socket.remote_endpoint(failed);
  return failed ? std::string() : endpoint_text(endpoint);
}

struct tcp_listener::impl : std::enable_shared_from_this<tcp_listener::impl> {
  explicit impl(asio_event_loop& on) : loop(on), acceptor(on.internals().context) {}

  void accept_next() {
    if (closed) return;
    asio_event_loop& target = to.next_loop();
    acceptor.async_accept(target.internals().context.get_executor(),
                          [self = shared_from_this(), &target](const asio_error& failed,
                                                               tcp_socket socket) {
                            self->on_accept(failed, std::move(socket), target);
                          });
  }

  void on_accept(const asio_error& failed, tcp_socket socket, asio_event_loop& target) {
    if (closed) return;
    if (failed) {
      to.accept_failed();
      constexpr std::chrono::milliseconds pause{50};
      loop.post_after(pause, [self = shared_from_this()] { self->accept_next(); });
      return;
    }
    asio_error ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    to.accepted(tcp_stream(std::make_shared<tcp_stream::impl>(std::move(socket))), target);
    accept_next();
  }

  asio_event_loop& loop;
  tcp_acceptor acceptor;
  callbacks to;
  bool closed = false;
};

result<tcp_listener> tcp_listener::open(asio_event_loop& loop, const listen_address& address) {
  auto inside = std::make_shared<impl>(loop);
  asio_error failed;
  const asio::ip::address host = asio::ip::make_address(address.host, failed);
  const tcp::endpoint endpoint(host, address.port);
  tcp_acceptor& acceptor = inside->acceptor;
  if (!failed) acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp_acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(4096, failed);
  if (failed) {
    error why = refused(error_code::not_configured,
                        "Cannot listen on " + to_text(address) + ": " + failed.message() + ".");
    why.internal = failed.message();
    return why;
  }
  tcp_listener listener;
  listener.impl_ = std::move(inside);
  return listener;
}

listen_address tcp_listener::address() const {
  asio_error ignored;
  const tcp::endpoint endpoint = impl_->acceptor.local_endpoint(ignored);
  return {endpoint.address().to_string(), endpoint.port()};
}

void tcp_listener::accept(callbacks to) {
  impl_->to = std::move(to);
  impl_->accept_next();
}

void tcp_listener::close() noexcept {
  if (!impl_ || std::exchange(impl_->closed, true)) return;
  asio_error ignored;
  impl_->acceptor.close(ignored);
  impl_->to = {};
}

}  // namespace dialplane
