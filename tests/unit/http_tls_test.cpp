// TLS: a round trip with a certificate made here, and what happens with broken files and clients.
#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <condition_variable>
#include <mutex>

#include "net/http_server.hpp"
#include "support/blocking_client.hpp"
#include "support/test_certificate.hpp"

namespace dialplane {
namespace {

using testing::blocking_client;
using testing::closing_file;
using testing::make_certificate;
using testing::temporary_folder;

// Counts one kind of event and lets a test wait for it.
class tls_recorder final : public http_observer {
 public:
  void on_connection(connection_event what) noexcept override {
    const std::lock_guard lock(mutex_);
    if (what == connection_event::tls_failed) ++failed_;
    changed_.notify_all();
  }
  bool wait_for_failure() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5), [this] { return failed_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int failed_ = 0;
};

struct tls_fixture {
  explicit tls_fixture(tls_files files) {
    loop.start("test");
    http_server_options options;
    options.listen = {"127.0.0.1", 0};
    options.loops = {&loop};
    options.wall_clock = &time;
    options.tls = std::move(files);
    options.observer = &seen;
    options.limits.body_bytes = 1 << 20;
    options.limits.head_timeout = std::chrono::milliseconds(500);
    options.handler = [](http_request request, responder reply) {
      reply.respond({.status = request.tls ? 200 : 500,
                     .content_type = "text/plain",
                     .body = std::move(request.body),
                     .headers = {}});
    };
    server = std::make_unique<http_server>(std::move(options));
    started = server->start();
  }

  manual_clock time{timestamp{0}};
  tls_recorder seen;
  asio_event_loop loop;
  std::unique_ptr<http_server> server;
  result<listen_address> started = internal_fault("not started");
};

// A TLS client over a blocking socket that trusts exactly one certificate.
class tls_client {
 public:
  tls_client(std::uint16_t port, const std::string& trusted, int version)
      : tcp_(port),
        context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
        session_(nullptr, SSL_free) {
    SSL_CTX_set_min_proto_version(context_.get(), version);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    // The old version must fail at the server, not at this client's own security level.
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_load_verify_locations(context_.get(), trusted.c_str(), nullptr);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), tcp_.descriptor());
    connected_ = SSL_connect(session_.get()) == 1;
  }

  bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    return SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
           static_cast<int>(bytes.size());
  }

  // Everything until `count` bytes have come or the server ends.
  std::string read(std::size_t count) {
    std::string out;
    char bytes[4096];
    while (out.size() < count) {
      const int got = SSL_read(session_.get(), bytes, sizeof bytes);
      if (got <= 0) break;
      out.append(bytes, static_cast<std::size_t>(got));
    }
    return out;
  }

  // True if the server said properly that it sends no more.
  bool closed_properly() {
    char byte = 0;
    const int got = SSL_read(session_.get(), &byte, 1);
    return got <= 0 && SSL_get_error(session_.get(), got) == SSL_ERROR_ZERO_RETURN;
  }

 private:
  blocking_client tcp_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> session_;
  bool connected_ = false;
};

TEST_CASE("requests over TLS 1.2 and 1.3 are answered, older versions are not") {
  const temporary_folder folder;
  const tls_files files = make_certificate(folder, "server");
  tls_fixture f(files);
  REQUIRE(f.started.has_value());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    tls_client client(f.started->port, files.cert_file, version);
    REQUIRE(client.connected());
    const std::string body(300'000, 's');
    for (int i = 0; i < 2; ++i) {
      REQUIRE(client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n"));
      REQUIRE(client.send(body));
      const std::string answer = client.read(body.size() + 100);
      CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
      CHECK(answer.ends_with("\r\n\r\n" + body));
    }
    REQUIRE(client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    CHECK(client.read(100'000).find("Connection: close") != std::string::npos);
    CHECK(client.closed_properly());
  }
  tls_client old(f.started->port, files.cert_file, TLS1_1_VERSION);
  CHECK_FALSE(old.connected());
  CHECK(f.seen.wait_for_failure());
}

TEST_CASE("plain HTTP on a TLS port, and a silent client, get nowhere") {
  const temporary_folder folder;
  tls_fixture f(make_certificate(folder, "server"));
  REQUIRE(f.started.has_value());
  blocking_client silent(f.started->port);
  blocking_client plain(f.started->port);
  REQUIRE(plain.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  CHECK(plain.read().status == 0);
  CHECK(f.seen.wait_for_failure());
  CHECK(silent.at_end());  // after the head time-out
}

TEST_CASE("broken TLS files stop the start with a sentence that names the file") {
  const temporary_folder folder;
  const tls_files good = make_certificate(folder, "good");
  const tls_files other = make_certificate(folder, "other");
  const tls_files locked = make_certificate(folder, "locked", "secret");
  const std::string noise = folder.file("noise.pem");
  closing_file(std::fopen(noise.c_str(), "w"), std::fclose);
  const auto message = [](tls_files files) {
    const result<tls_context> loaded = load_server_tls(files);
    return loaded ? std::string("loaded") : loaded.error().message;
  };
  CHECK(message(good) == "loaded");
  CHECK(message({noise, good.key_file}).find("noise.pem") != std::string::npos);
  CHECK(message({good.cert_file, noise}).find("noise.pem") != std::string::npos);
  CHECK(message({folder.file("absent"), good.key_file}).find("absent") != std::string::npos);
  CHECK(message({good.cert_file, other.key_file}).find("other.key") != std::string::npos);
  CHECK(message(locked).find("locked.key") != std::string::npos);  // and asks for no password
}

}  // namespace
}  // namespace dialplane
