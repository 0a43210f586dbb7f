// Answers that go on in pieces, over real loopback sockets.
#include <doctest/doctest.h>

#include <openssl/ssl.h>

#include "net/http_client.hpp"
#include "support/blocking_client.hpp"
#include "support/http_server_fixture.hpp"
#include "support/test_certificate.hpp"
#include "support/thread_event_loop.hpp"

namespace dialplane {
namespace {

using std::chrono::milliseconds;
using testing::blocking_client;
using testing::plain_get;
using testing::server_fixture;

// Keeps the streams that handlers open, and counts the ends.
struct open_streams {
  void take(responder& reply) {
    http_stream stream = reply.stream({.status = 200, .content_type = "text/event-stream"},
                                      [this] { closed.count(); });
    stream.write("first\n");
    const std::lock_guard lock(mutex);
    streams.push_back(std::move(stream));
    opened.count();
  }
  http_stream& last() {
    const std::lock_guard lock(mutex);
    return streams.back();
  }

  std::mutex mutex;
  std::vector<http_stream> streams;
  test::countdown opened{1};
  test::countdown closed{1};
};

struct streaming_fixture {
  explicit streaming_fixture(http_limits limits = {}, std::optional<tls_files> tls = {})
      : server(
            [this](http_request request, responder reply) {
              if (request.path != "/stream")
                return testing::echo(std::move(request), std::move(reply));
              streams.take(reply);
            },
            limits, 1, std::move(tls)) {}
  ~streaming_fixture() { server.server.reset(); }

  open_streams streams;
  server_fixture server;
};

constexpr std::string_view ask = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";

// Reads until `text` has come.
bool read_until(blocking_client& client, std::string& got, std::string_view text) {
  char bytes[4096];
  while (got.find(text) == std::string::npos) {
    const auto count = ::recv(client.descriptor(), bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    got.append(bytes, static_cast<std::size_t>(count));
  }
  return true;
}

TEST_CASE("a stream is chunked, goes on from any thread, and leaves the connection usable") {
  streaming_fixture at;
  blocking_client client(at.server.port);
  REQUIRE(client.send(ask));
  std::string got;
  REQUIRE(read_until(client, got, "6\r\nfirst\n\r\n"));
  CHECK(got.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(got.find("Content-Type: text/event-stream\r\n") != std::string::npos);
  CHECK(got.find("Content-Length") == std::string::npos);
  REQUIRE(at.streams.opened.wait());
  test::countdown taken(2);
  at.streams.last().write("second", [&] { taken.count(); });
  at.streams.last().write("", [&] { taken.count(); });
  REQUIRE(read_until(client, got, "6\r\nsecond\r\n"));
  CHECK(taken.wait());
  at.streams.last().end();
  REQUIRE(read_until(client, got, "0\r\n\r\n"));
  CHECK(at.streams.closed.wait());
  at.streams.last().write("late");  // nobody hears it
  CHECK(client.exchange(plain_get).body == "GET /x ");
}

TEST_CASE("HTTP/1.0 gets the pieces up to the end of the connection") {
  streaming_fixture at;
  blocking_client client(at.server.port);
  REQUIRE(client.send("GET /stream HTTP/1.0\r\nHost: a\r\n\r\n"));
  std::string got;
  REQUIRE(read_until(client, got, "\r\n\r\nfirst\n"));
  CHECK(got.find("chunked") == std::string::npos);
  CHECK(got.find("Connection: close\r\n") != std::string::npos);
  REQUIRE(at.streams.opened.wait());
  at.streams.last().end();
  CHECK(at.streams.closed.wait());
  CHECK(client.at_end());
}

TEST_CASE("HEAD gets the head of a stream and no piece") {
  streaming_fixture at;
  blocking_client client(at.server.port);
  const auto head = client.exchange("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n", true);
  CHECK(head.status == 200);
  CHECK(at.streams.closed.wait());
  CHECK(client.exchange(plain_get).body == "GET /x ");
}

TEST_CASE("a client that goes is noticed without a write") {
  streaming_fixture at;
  blocking_client client(at.server.port);
  REQUIRE(client.send(ask));
  std::string got;
  REQUIRE(read_until(client, got, "first"));
  client.close();
  CHECK(at.streams.closed.wait());
  CHECK(at.server.seen.wait_for(connection_event::closed));
}

TEST_CASE("a client that does not read is cut off, and holds no more than the limit") {
  http_limits limits;
  limits.stream_bytes = 64 * 1024;
  streaming_fixture at(limits);
  blocking_client client(at.server.port);
  REQUIRE(client.send(ask));
  REQUIRE(at.streams.opened.wait());
  // More than the kernel's buffers take.
  for (int i = 0; i < 2'000; ++i) at.streams.last().write(std::string(16 * 1024, 'x'));
  CHECK(at.streams.closed.wait());
  CHECK(at.server.seen.wait_for(connection_event::write_timed_out));
  CHECK(at.server.seen.wait_for(connection_event::closed));
}

TEST_CASE("a client that takes nothing for too long is cut off") {
  http_limits limits = testing::with(&http_limits::write_timeout, milliseconds(200));
  limits.stream_bytes = 64 * 1024 * 1024;
  streaming_fixture at(limits);
  blocking_client client(at.server.port);
  REQUIRE(client.send(ask));
  REQUIRE(at.streams.opened.wait());
  at.streams.last().write(std::string(32 * 1024 * 1024, 'x'));
  CHECK(at.streams.closed.wait());
}

TEST_CASE("an idle stream outlives the time-outs of requests") {
  http_limits limits = testing::with(&http_limits::handler_timeout, milliseconds(50));
  limits.idle_timeout = limits.write_timeout = milliseconds(50);
  streaming_fixture at(limits);
  blocking_client client(at.server.port);
  REQUIRE(client.send(ask));
  std::string got;
  REQUIRE(read_until(client, got, "first"));
  test::expected_value<bool> waited;
  at.server.loops.front()->post_after(milliseconds(300), [&] { waited.set(true); });
  REQUIRE(waited.wait());
  at.streams.last().write("still here");
  CHECK(read_until(client, got, "still here"));
}

TEST_CASE("a drain ends streams at once") {
  streaming_fixture at;
  blocking_client client(at.server.port);
  REQUIRE(client.send(ask));
  std::string got;
  REQUIRE(read_until(client, got, "first"));
  test::countdown drained(1);
  at.server.server->drain(milliseconds(5'000), [&] { drained.count(); });
  CHECK(read_until(client, got, "0\r\n\r\n"));
  CHECK(at.streams.closed.wait());
  client.close();
  CHECK(drained.wait());
  CHECK(at.server.seen.count(connection_event::drain_forced) == 0);
}

TEST_CASE("a request sent behind a stream is answered after it") {
  streaming_fixture at;
  blocking_client client(at.server.port);
  REQUIRE(client.send(std::string(ask) + std::string(plain_get)));
  std::string got;
  REQUIRE(read_until(client, got, "first"));
  REQUIRE(at.streams.opened.wait());
  at.streams.last().end();
  CHECK(read_until(client, got, "GET /x "));
}

TEST_CASE("a stream goes through TLS as well") {
  const testing::temporary_folder folder;
  const tls_files files = testing::make_certificate(folder, "server");
  streaming_fixture at({}, files);
  tls_context trusting(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  REQUIRE(SSL_CTX_load_verify_locations(trusting.get(), files.cert_file.c_str(), nullptr) == 1);
  const address_guard guard(*parse_ip_ranges("127.0.0.0/8"));
  asio_event_loop loop;
  loop.start("client");
  http_client client({.loop = &loop, .guard = &guard, .tls = trusting});
  test::expected_value<exchange_result> answered;
  const auto url = parse_http_url("https://localhost:" + std::to_string(at.server.port) +
                                  "/stream");
  loop.post([&] {
    client.send({.to = *url, .method = "GET"},
                [&](exchange_result got) { answered.set(std::move(got)); });
  });
  REQUIRE(at.streams.opened.wait());
  at.streams.last().write("second\n");
  at.streams.last().end();
  const auto got = answered.wait();
  REQUIRE(got.has_value());
  REQUIRE(got->has_value());
  CHECK((*got)->body == "first\nsecond\n");
  CHECK(at.streams.closed.wait());
  test::countdown stopped(1);
  loop.post([&] {
    client.stop();
    stopped.count();
  });
  CHECK(stopped.wait());
  loop.stop();
}

}  // namespace
}  // namespace dialplane
