// The client over real loopback sockets: against our own server, and against servers that
// misbehave.
#include "net/http_client.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "support/blocking_client.hpp"
#include "support/http_server_fixture.hpp"
#include "support/raw_server.hpp"
#include "support/show_results.hpp"
#include "support/test_certificate.hpp"
#include "support/thread_event_loop.hpp"

namespace dialplane {
namespace {

using std::chrono::milliseconds;
using testing::raw_server;
using testing::server_fixture;
using testing::text;

// A client on a loop of its own that asks one thing after another.
struct asking {
  explicit asking(std::string_view allowed = "127.0.0.0/8,::1",
                  void (*change)(http_client_options&) = nullptr, tls_context tls = nullptr)
      : guard(allowed.empty() ? std::vector<ip_range>() : *parse_ip_ranges(allowed)) {
    loop.start("client");
    http_client_options options;
    options.loop = &loop;
    options.guard = &guard;
    options.tls = std::move(tls);
    if (change != nullptr) change(options);
    client = std::make_unique<http_client>(std::move(options));
  }
  ~asking() {
    test::countdown stopped(1);
    loop.post([&] {
      client->stop();
      stopped.count();
    });
    CHECK(stopped.wait());
    loop.stop();
  }

  exchange_result ask(const std::string& url, std::string body = "hi", bool repeatable = false) {
    const auto to = parse_http_url(url);
    REQUIRE_MESSAGE(to, url);
    test::expected_value<exchange_result> answered;
    loop.post([&, body = std::move(body)]() mutable {
      client->send({.to = *to, .headers = {{"X-A", "b\r\nX-C: d"}}, .body = std::move(body),
                    .repeatable = repeatable},
                   [&](exchange_result result) { answered.set(std::move(result)); });
    });
    auto came = answered.wait();
    REQUIRE(came.has_value());
    return *std::move(came);
  }

  address_guard guard;
  asio_event_loop loop;
  std::unique_ptr<http_client> client;
};

std::string origin(const server_fixture& at) {
  return "http://127.0.0.1:" + std::to_string(at.port);
}

exchange_failure failure_of(const exchange_result& got) {
  REQUIRE(!got.has_value());
  CHECK(!got.error().detail.empty());
  return got.error().what;
}

TEST_CASE("a request arrives as it was made, and its answer comes back") {
  server_fixture server([](http_request request, responder reply) {
    CHECK(request.header("x-c") == nullptr);  // a line break cannot make a header
    reply.respond(text(request.method + " " + request.path + "?" + request.query + " " +
                           *request.header("host") + " " + *request.header("x-a") + " " +
                           request.body,
                       207));
  });
  asking at;
  const exchange_result got = at.ask(origin(server) + "/a/b?c=d");
  REQUIRE(got.has_value());
  CHECK(got->status == 207);
  CHECK(got->body == "POST /a/b?c=d 127.0.0.1:" + std::to_string(server.port) +
                         " b  X-C: d hi");
}

TEST_CASE("connections are kept and used again") {
  server_fixture server;
  asking at;
  for (int i = 0; i < 5; ++i) REQUIRE(at.ask(origin(server) + "/").has_value());
  CHECK(server.handled == 5);
  CHECK(server.seen.count(connection_event::opened) == 1);
}

TEST_CASE("large bodies are sent whole, large answers are cut") {
  server_fixture server(
      [](http_request request, responder reply) {
        reply.respond(text(std::to_string(request.body.size()) + std::string(200'000, 'x')));
      },
      {.body_bytes = 1 << 20});
  asking at;
  const exchange_result got = at.ask(origin(server) + "/", std::string(700'000, 'y'));
  REQUIRE(got.has_value());
  CHECK(got->cut);
  CHECK(got->body.size() == 64 * 1024);
  CHECK(got->body.starts_with("700000x"));
  CHECK(failure_of(at.ask(origin(server) + "/", std::string(1024 * 1024 + 1, 'y'))) ==
        exchange_failure::over_limit);
}

TEST_CASE("redirects are not followed") {
  server_fixture server([](http_request, responder reply) {
    http_response response = text("", 302);
    response.headers.push_back({"Location", "/elsewhere"});
    reply.respond(std::move(response));
  });
  asking at;
  const exchange_result got = at.ask(origin(server) + "/");
  REQUIRE(got.has_value());
  CHECK(got->status == 302);
  CHECK(server.handled == 1);
}

TEST_CASE("addresses are judged when they are connected to, names too") {
  server_fixture server;
  asking at("");
  const std::string port = std::to_string(server.port);
  for (const std::string& host : {std::string("127.0.0.1"), std::string("localhost"),
                                  std::string("[::1]"), std::string("[::ffff:127.0.0.1]"),
                                  std::string("0.0.0.0")}) {
    const exchange_result got = at.ask("http://" + host + ":" + port + "/");
    CHECK_MESSAGE(failure_of(got) == exchange_failure::destination_refused, host);
    CHECK(!got.error().may_have_arrived);
  }
  CHECK(server.seen.count(connection_event::opened) == 0);
  CHECK(failure_of(at.ask("http://no-such-name.invalid/")) == exchange_failure::name_not_found);
}

TEST_CASE("a name is connected to at the address that takes the connection") {
  server_fixture server;  // IPv4 only
  asking at;
  const exchange_result got = at.ask("http://localhost:" + std::to_string(server.port) + "/");
  REQUIRE(got.has_value());
  CHECK(got->status == 200);
}

TEST_CASE("nobody there, broken answers, bad answers, no answer") {
  asking at("127.0.0.0/8", [](http_client_options& options) {
    options.answer_timeout = milliseconds(300);
  });
  std::uint16_t closed_port = 0;
  {
    const raw_server gone("");
    closed_port = gone.port;
  }
  CHECK(failure_of(at.ask("http://127.0.0.1:" + std::to_string(closed_port) + "/")) ==
        exchange_failure::not_connected);
  const raw_server silent("");
  CHECK(failure_of(at.ask(silent.url())) == exchange_failure::broken);
  const raw_server half("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(failure_of(at.ask(half.url())) == exchange_failure::broken);
  const raw_server reset("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                         raw_server::after::reset);
  CHECK(failure_of(at.ask(reset.url())) == exchange_failure::broken);
  const raw_server nonsense("SSH-2.0-OpenSSH_9\r\n");
  const exchange_result bad = at.ask(nonsense.url());
  CHECK(failure_of(bad) == exchange_failure::bad_answer);
  CHECK(bad.error().may_have_arrived);
  const raw_server hanging("HTTP/1.1 200 OK\r\nContent-Le", raw_server::after::hang);
  CHECK(failure_of(at.ask(hanging.url())) == exchange_failure::timed_out);
}

TEST_CASE("a kept connection that the server has closed is replaced by a fresh one") {
  const raw_server closing("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  asking at;
  for (int i = 0; i < 3; ++i) {
    const exchange_result got = at.ask(closing.url(), "hi", true);
    REQUIRE(got.has_value());
    CHECK(got->body == "ok");
  }
  CHECK(closing.accepted == 3);
}

TEST_CASE("what is in flight ends when the client stops") {
  testing::responder_parking parked;
  server_fixture server([&](http_request request, responder reply) {
    parked.put(std::move(request), std::move(reply));
  });
  test::expected_value<exchange_result> answered;
  {
    asking at;
    const auto to = parse_http_url(origin(server) + "/");
    at.loop.post([&] {
      at.client->send({.to = *to}, [&](exchange_result got) { answered.set(std::move(got)); });
    });
    auto waiting = parked.take();
    CHECK(waiting.first.body.empty());
  }
  const auto got = answered.wait();
  REQUIRE(got.has_value());
  CHECK(failure_of(*got) != exchange_failure::timed_out);
}

tls_context trusting(const std::string& certificate) {
  tls_context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  REQUIRE(SSL_CTX_load_verify_locations(context.get(), certificate.c_str(), nullptr) == 1);
  return context;
}

TEST_CASE("TLS: the certificate must be trusted and made out to the host") {
  const testing::temporary_folder folder;
  const tls_files files = testing::make_certificate(folder, "server");
  server_fixture server(testing::echo, {}, 1, files);
  const std::string port = std::to_string(server.port);
  {
    asking at("127.0.0.0/8", nullptr, trusting(files.cert_file));
    for (int i = 0; i < 3; ++i) {
      const exchange_result got = at.ask("https://localhost:" + port + "/x");
      REQUIRE(got.has_value());
      CHECK(got->body == "POST /x hi");
    }
    CHECK(server.seen.count(connection_event::opened) == 1);
    // The certificate says localhost.
    const exchange_result other = at.ask("https://127.0.0.1:" + port + "/x");
    CHECK(failure_of(other) == exchange_failure::not_trusted);
    CHECK(!other.error().may_have_arrived);
  }
  auto system = load_client_tls();
  REQUIRE(system);
  asking strict("127.0.0.0/8", nullptr, *system);
  const exchange_result got = strict.ask("https://localhost:" + port + "/x");
  CHECK(failure_of(got) == exchange_failure::not_trusted);
  CHECK(got.error().detail.find("self") != std::string::npos);
  CHECK(server.handled == 3);
}

TEST_CASE("TLS to a server that speaks none, and plain HTTP to one that does") {
  const testing::temporary_folder folder;
  const tls_files files = testing::make_certificate(folder, "server");
  server_fixture plain;
  server_fixture secure(testing::echo, {}, 1, files);
  asking at("127.0.0.0/8", nullptr, trusting(files.cert_file));
  CHECK(failure_of(at.ask("https://localhost:" + std::to_string(plain.port) + "/")) ==
        exchange_failure::not_trusted);
  const auto got = at.ask("http://localhost:" + std::to_string(secure.port) + "/");
  CHECK(failure_of(got) != exchange_failure::timed_out);
  CHECK(secure.handled == 0);
}

}  // namespace
}  // namespace dialplane
