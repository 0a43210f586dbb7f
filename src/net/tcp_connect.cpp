// The client's side of tcp.hpp: looking names up, connecting, checking whom we reached.
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/check.hpp"
#include "net/tcp_inside.hpp"

namespace dialplane {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t most_addresses = 16;

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

void resolve_name(asio_event_loop& loop, const std::string& name,
                  unique_function<void(std::vector<std::string>)> done) {
  using resolver = asio::ip::basic_resolver<tcp, loop_executor>;
  auto running = std::make_shared<resolver>(loop.internals().context.get_executor());
  resolver& begun = *running;
  begun.async_resolve(name, "", resolver::flags(),
                      [running = std::move(running), done = std::move(done)](
                          const asio_error& failed, const resolver::results_type& found) mutable {
                        std::vector<std::string> addresses;
                        for (const auto& each : found) {
                          if (failed || addresses.size() == most_addresses) break;
                          addresses.push_back(each.endpoint().address().to_string());
                        }
                        done(std::move(addresses));
                      });
}

}  // namespace dialplane
