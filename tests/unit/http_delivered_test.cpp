// Whether an answer arrived, as far as TCP can know, over real loopback sockets.
#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "net/http_server.hpp"
#include "support/blocking_client.hpp"
#include "support/http_server_fixture.hpp"
#include "support/test_certificate.hpp"
#include "support/thread_event_loop.hpp"

namespace dialplane {
namespace {

using std::chrono::milliseconds;
using test::expected_value;
using testing::blocking_client;
using testing::client_answer;
using testing::limit;
using testing::plain_get;
using testing::responder_parking;
using testing::server_fixture;
using testing::text;

constexpr std::string_view plain_post =
    "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";

// Counts what a report tells.
struct told_of {
  delivery_report report() {
    return delivery_report([this](bool arrived) {
      {
        const std::lock_guard lock(mutex);
        told.push_back(arrived);
      }
      first.set(arrived);
    });
  }
  // What was told, and nothing after it.
  std::optional<bool> wait(milliseconds most = limit) { return first.wait(most); }
  std::vector<bool> all() {
    const std::lock_guard lock(mutex);
    return told;
  }

  std::mutex mutex;
  std::vector<bool> told;
  expected_value<bool> first;
};

http_response tracked(told_of& to, std::string body = "bought") {
  http_response response = text(std::move(body));
  response.delivered = to.report();
  return response;
}

struct parked_fixture {
  explicit parked_fixture(http_limits limits = {}, std::optional<tls_files> tls = std::nullopt)
      : server([this](http_request request,
                      responder reply) { parked.put(std::move(request), std::move(reply)); },
               limits, 1, std::move(tls)) {}
  ~parked_fixture() { server.server.reset(); }

  // Asks the connection until it says that the peer is gone.
  bool is_gone(const std::shared_ptr<delivery_look>& connection) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < until) {
      auto seen = std::make_shared<expected_value<bool>>();
      connection->look([seen](bool is_there) { seen->set(is_there); });
      const auto there = seen->wait(limit);
      if (there.has_value() && !*there) return true;
    }
    return false;
  }

  told_of told;
  responder_parking parked;
  server_fixture server;
};

TEST_CASE("a report tells once, and false where nobody told it") {
  told_of first;
  {
    delivery_report report = first.report();
    report.tell(true);
    report.tell(false);
    CHECK_FALSE(static_cast<bool>(report));
  }
  CHECK(first.all() == std::vector<bool>{true});
  told_of dropped;
  {
    delivery_report report = dropped.report();
    delivery_report moved = std::move(report);
    CHECK(dropped.all().empty());
  }
  CHECK(dropped.all() == std::vector<bool>{false});
  told_of replaced;
  delivery_report report = replaced.report();
  report = delivery_report();
  CHECK(replaced.all() == std::vector<bool>{false});
}

TEST_CASE("an answer that was read has arrived, on a connection that stays or goes") {
  for (const bool stays : {true, false}) {
    CAPTURE(stays);
    parked_fixture at;
    blocking_client client(at.server.port);
    REQUIRE(client.send(stays ? plain_get
                              : "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    auto [request, reply] = at.parked.take();
    CHECK_FALSE(request.tracks_delivery);
    reply.respond(tracked(at.told));
    CHECK(client.read().body == "bought");
    CHECK(at.told.wait() == true);
    client.close();
    at.server.server.reset();
    CHECK(at.told.all() == std::vector<bool>{true});
  }
}

TEST_CASE("nothing on the wire makes a request track its delivery") {
  parked_fixture at;
  blocking_client client(at.server.port);
  REQUIRE(client.send("POST /x HTTP/1.1\r\nHost: a\r\ntracks_delivery: true\r\n"
                      "Tracks-Delivery: 1\r\nContent-Length: 0\r\n\r\n"));
  auto [request, reply] = at.parked.take();
  CHECK_FALSE(request.tracks_delivery);
  reply.respond(text("ok"));
}

TEST_CASE("an answer after its client has closed is lost") {
  for (const bool half : {false, true}) {
    CAPTURE(half);
    parked_fixture at;
    blocking_client client(at.server.port);
    REQUIRE(client.send(plain_post));
    responder reply = at.parked.take().second;
    const auto connection = reply.connection();
    REQUIRE(connection != nullptr);
    if (half) {
      REQUIRE(::shutdown(client.descriptor(), SHUT_WR) == 0);
    } else {
      client.close();
    }
    CHECK(at.is_gone(connection));
    CHECK(at.told.all().empty());
    reply.respond(tracked(at.told));
    CHECK(at.told.wait() == false);
    if (half) CHECK(client.read().body == "bought");  // it is sent all the same
    at.server.server.reset();
    CHECK(at.told.all() == std::vector<bool>{false});
  }
}

TEST_CASE("a client that closes behind bytes nobody has read yet is seen gone") {
  parked_fixture at;
  blocking_client client(at.server.port);
  REQUIRE(
      client.send(std::string(plain_post) + std::string(plain_post)));  // the second waits unread
  responder reply = at.parked.take().second;
  client.close();
  CHECK(at.is_gone(reply.connection()));
  reply.respond(tracked(at.told));
  CHECK(at.told.wait() == false);
}

TEST_CASE("a living connection is there while its request is handled") {
  parked_fixture at;
  blocking_client client(at.server.port);
  REQUIRE(client.send(plain_post));
  responder reply = at.parked.take().second;
  const auto connection = reply.connection();
  for (int look = 0; look < 3; ++look) {
    expected_value<bool> seen;
    connection->look([&seen](bool is_there) { seen.set(is_there); });
    CHECK(seen.wait(limit) == true);
  }
  CHECK(at.told.all().empty());
  reply.respond(tracked(at.told));
  CHECK(client.read().status == 200);
  CHECK(at.told.wait() == true);
}

// Enough that no kernel takes it all from a peer that reads nothing.
constexpr std::size_t too_much = 64U * 1024 * 1024;

TEST_CASE("an answer that the peer does not take is lost when the connection ends") {
  parked_fixture at(testing::with(&http_limits::write_timeout, milliseconds(80)));
  blocking_client client(at.server.port);
  REQUIRE(client.send(plain_post));
  responder reply = at.parked.take().second;
  reply.respond(tracked(at.told, std::string(too_much, 'x')));
  CHECK(at.told.wait() == false);
  CHECK(at.server.seen.wait_for(connection_event::write_timed_out));
}

TEST_CASE("an answer in the kernel's hands that the peer has no room for has not arrived") {
  parked_fixture at;
  blocking_client client(at.server.port);
  const int small = 2048;
  REQUIRE(::setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0);
  REQUIRE(client.send(plain_post));
  responder reply = at.parked.take().second;
  const auto connection = reply.connection();
  // More than the client's kernel takes, less than ours does: written, and not acknowledged.
  reply.respond(tracked(at.told, std::string(1024U * 1024, 'x')));
  for (int look = 0; look < 10; ++look) {
    expected_value<bool> seen;
    connection->look([&seen](bool is_there) { seen.set(is_there); });
    CHECK(seen.wait(limit) == true);
  }
  CHECK(at.told.all().empty());
  client.close();
  CHECK(at.told.wait() == false);
}

TEST_CASE("a drain gives an answer on its way the time to arrive") {
  parked_fixture at;
  blocking_client client(at.server.port);
  const int small = 8 * 1024;
  REQUIRE(::setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0);
  REQUIRE(client.send(plain_post));
  responder reply = at.parked.take().second;
  const auto connection = reply.connection();
  const std::string body(120'000, 'x');
  reply.respond(tracked(at.told, body));
  expected_value<bool> seen;
  connection->look([&seen](bool is_there) { seen.set(is_there); });
  CHECK(seen.wait(limit) == true);
  test::countdown drained(1);
  at.server.server->drain(std::chrono::seconds(30), [&drained] { drained.count(); });
  CHECK((client.read().body == body));
  CHECK(client.at_end());
  client.close();
  CHECK(drained.wait());
  CHECK(at.told.wait() == true);
  CHECK(at.told.all() == std::vector<bool>{true});
}

TEST_CASE("a request that is handled too long, or never answered, is lost") {
  {
    parked_fixture at(testing::with(&http_limits::handler_timeout, milliseconds(40)));
    blocking_client client(at.server.port);
    REQUIRE(client.send(plain_post));
    responder reply = at.parked.take().second;
    CHECK(client.read().status == 503);
    CHECK(at.told.all().empty());
    reply.respond(tracked(at.told));
    CHECK(at.told.wait() == false);
  }
  {
    parked_fixture at;
    blocking_client client(at.server.port);
    REQUIRE(client.send(plain_post));
    http_response never = tracked(at.told);
    at.parked.take().second = responder();
    never = http_response();
    CHECK(at.told.wait() == false);
    CHECK(client.at_end());
  }
}

TEST_CASE("answers to a server that is gone are lost") {
  told_of told;
  responder reply;
  std::shared_ptr<delivery_look> connection;
  {
    parked_fixture at;
    blocking_client client(at.server.port);
    REQUIRE(client.send(plain_post));
    reply = at.parked.take().second;
    connection = reply.connection();
    at.server.server.reset();
  }
  reply.respond(tracked(told));
  CHECK(told.wait() == false);
}

TEST_CASE("answers of one connection are told of one by one, pipelined or not") {
  parked_fixture at;
  blocking_client client(at.server.port);
  REQUIRE(client.send(std::string(plain_post) + std::string(plain_post)));
  told_of second;
  at.parked.take().second.respond(tracked(at.told, "one"));
  at.parked.take().second.respond(tracked(second, "two"));
  CHECK(client.read().body == "one");
  CHECK(client.read().body == "two");
  CHECK(at.told.wait() == true);
  CHECK(second.wait() == true);
}

TEST_CASE("a stream has arrived when its end has, and is lost when it is cut") {
  for (const bool cut : {false, true}) {
    CAPTURE(cut);
    told_of told;
    expected_value<http_stream> opened;
    server_fixture server([&](http_request, responder reply) {
      http_response head = text({});
      head.delivered = told.report();
      http_stream stream = reply.stream(std::move(head), [] {});
      stream.write("data: bought\n\n");
      opened.set(std::move(stream));
    });
    {
      blocking_client client(server.port);
      REQUIRE(client.send(plain_post));
      auto stream = opened.wait();
      REQUIRE(stream.has_value());
      CHECK(told.all().empty());
      if (cut) {
        client.close();
      } else {
        stream->end();
        CHECK(client.read().status == 200);
      }
      CHECK(told.wait() == !cut);
    }
    server.server.reset();
    CHECK(told.all() == std::vector<bool>{!cut});
  }
}

TEST_CASE("over TLS the same: read is arrived, closed before is lost") {
  const testing::temporary_folder folder;
  for (const bool leaves : {false, true}) {
    CAPTURE(leaves);
    parked_fixture at({}, testing::make_certificate(folder, "server"));
    blocking_client tcp(at.server.port);
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                               SSL_CTX_free);
    const std::unique_ptr<SSL, void (*)(SSL*)> session(SSL_new(context.get()), SSL_free);
    SSL_set_fd(session.get(), tcp.descriptor());
    REQUIRE(SSL_connect(session.get()) == 1);
    REQUIRE(SSL_write(session.get(), plain_post.data(), static_cast<int>(plain_post.size())) > 0);
    responder reply = at.parked.take().second;
    if (leaves) {
      SSL_shutdown(session.get());
      tcp.close();
      CHECK(at.is_gone(reply.connection()));
    }
    reply.respond(tracked(at.told));
    char bytes[512];
    if (!leaves) CHECK(SSL_read(session.get(), bytes, sizeof bytes) > 0);
    CHECK(at.told.wait() == !leaves);
  }
}

}  // namespace
}  // namespace dialplane
