// The client's side of tcp.hpp: looking names up, connecting, checking whom we reached.
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <utility>

#include "base/check.hpp"
#include "net/name_lookup.hpp"
#include "net/tcp_inside.hpp"

namespace dialplane {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds name_answer_limit{10'000};

bool is_address(const std::string& host) {
  asio_error failed;
  asio::ip::make_address(host, failed);
  return !failed;
}

// The name goes to the server (SNI) and is what its certificate must be made out to.
void expect_host(SSL* session, const std::string& host) {
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str());
    return;
  }
  SSL_set_tlsext_host_name(session, host.c_str());
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(session, host.c_str());
}

}  // namespace

tcp_stream tcp_stream::connect(asio_event_loop& loop, const listen_address& to, io_done done) {
  auto inside = std::make_shared<impl>(tcp_socket(loop.internals().context));
  asio_error failed;
  const asio::ip::address host = asio::ip::make_address(to.host, failed);
  CHECK(!failed);
  inside->socket.async_connect(
      tcp::endpoint(host, to.port),
      [inside, done = std::move(done)](const asio_error& refused) mutable {
        asio_error ignored;
        inside->socket.set_option(tcp::no_delay(true), ignored);
        inside->socket.non_blocking(true, ignored);
        done(refused ? refused == asio::error::operation_aborted ? io_status::closed
                                                                 : io_status::failed
                     : io_status::ok,
             0);
      });
  return tcp_stream(std::move(inside));
}

void tcp_stream::client_handshake(const tls_context& context, const std::string& host,
                                  io_done done) {
  SSL* const session = SSL_new(context.get());
  CHECK(session != nullptr);
  SSL_set_verify(session, SSL_VERIFY_PEER, nullptr);
  expect_host(session, host);
  impl_->tls.emplace(impl_->socket, session);
  impl_->tls->async_handshake(asio::ssl::stream_base::client, completion{impl_, std::move(done)});
}

std::string tcp_stream::why_untrusted() const {
  if (!impl_->tls) return {};
  const long verdict = SSL_get_verify_result(impl_->tls->native_handle());
  return verdict == X509_V_OK ? std::string() : X509_verify_cert_error_string(verdict);
}

namespace {

// Who waits for a name; lives on the loop, which alone keeps it alive.
struct name_asker {
  unique_function<void(std::vector<std::string>)> done;

  void answer(std::vector<std::string> addresses) {
    if (done) std::exchange(done, nullptr)(std::move(addresses));
  }
};

}  // namespace

void resolve_name(asio_event_loop& loop, const std::string& name,
                  unique_function<void(std::vector<std::string>)> done) {
  auto asker = std::make_shared<name_asker>();
  asker->done = std::move(done);
  // The look-up's thread may finish long after the loop has gone, and must then find nobody.
  name_lookup::of_system().ask(
      name, [weak = std::weak_ptr(asker), mailbox = loop.mailbox()](
                const name_lookup::addresses& found) {
        mailbox->post([weak, found] {
          if (const auto waiting = weak.lock()) waiting->answer(found);
        });
      });
  loop.post_after(name_answer_limit, [asker = std::move(asker)] { asker->answer({}); });
}

}  // namespace dialplane
