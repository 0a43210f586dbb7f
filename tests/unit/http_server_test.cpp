// The server over real loopback sockets: what reaches the handler, what is answered, and who is cut
// off.
#include "net/http_server.hpp"

#include <doctest/doctest.h>

#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "support/blocking_client.hpp"
#include "support/http_server_fixture.hpp"

namespace dialplane {
namespace {

using std::chrono::milliseconds;
using testing::blocking_client;
using testing::client_answer;
using testing::echo;
using testing::limit;
using testing::plain_get;
using testing::responder_parking;
using testing::server_fixture;
using testing::text;
using testing::with;

TEST_CASE("requests on one connection are answered in turn") {
  server_fixture f;
  blocking_client client(f.port);
  const client_answer first = client.exchange(plain_get);
  CHECK(first.status == 200);
  CHECK(first.body == "GET /x ");
  CHECK(first.head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(first.headers.at("content-type") == "text/plain");
  CHECK(first.headers.at("date") == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(first.headers.count("connection") == 0);
  const client_answer second =
      client.exchange("POST /y HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
  CHECK(second.body == "POST /y hi");
  const client_answer chunked = client.exchange(
      "POST /z HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
  CHECK(chunked.body == "POST /z hello");
  CHECK(f.server->open_connections() == 1);
  const client_answer last =
      client.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(last.headers.at("connection") == "close");
  CHECK(client.at_end());
  client.close();
  CHECK(f.seen.wait_for(connection_event::closed));
  CHECK(f.server->open_connections() == 0);
  CHECK(f.handled == 4);
}

TEST_CASE("a request in small pieces is one request") {
  server_fixture f;
  blocking_client client(f.port);
  const std::string raw =
      "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  const int on = 1;
  ::setsockopt(client.descriptor(), IPPROTO_TCP, 1 /* TCP_NODELAY */, &on, sizeof on);
  for (const char c : raw) REQUIRE(client.send({&c, 1}));
  CHECK(client.read().body == "POST /p abc");
}

TEST_CASE("large bodies go both ways") {
  http_limits limits;
  limits.body_bytes = 4 * 1024 * 1024;
  server_fixture f(echo, limits);
  blocking_client client(f.port);
  std::string body(4 * 1024 * 1024, 'b');
  for (std::size_t i = 0; i < body.size(); i += 1000) body[i] = static_cast<char>('a' + i % 26);
  std::thread sender([&] {
    client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body);
  });
  const client_answer answer = client.read();
  sender.join();
  CHECK(answer.body == "POST /p " + body);
  CHECK(client.exchange(plain_get).status == 200);
}

TEST_CASE("ambiguous requests never reach a handler") {
  const std::string chunks = "5\r\nhello\r\n0\r\n\r\n";
  const std::string start = "POST /v1/phone/provision HTTP/1.1\r\nHost: a\r\n";
  const std::map<std::string, int> table = {
      {start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 400},
      {start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + chunks, 400},
      {start + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400},
      {start + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
      {start + "Content-Length : 5\r\n\r\nhello", 400},
      {start + "Transfer-Encoding: xchunked\r\n\r\n" + chunks, 400},
      {start + "Transfer-Encoding: chunked, gzip\r\n\r\n" + chunks, 400},
      {start + "Host: a\r\n\r\n", 400},
      {start + std::string("X: a\0b\r\n\r\n", 10), 400},
      {start + "Transfer-Encoding: chunked\r\n\r\n5;" + std::string(100'000, 'x'), 400},
      {"GET / HTTP/1.1\nHost: a\n\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 400},
      {"GET /../etc HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {std::string(8 * 1024 * 1024, 'A'), 414},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n", 431},
      {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {start + "Content-Length: 100000\r\n\r\n" + std::string(100'000, 'x'), 413},
  };
  server_fixture f;
  for (const auto& [raw, status] : table) {
    CAPTURE(raw.substr(0, 120));
    blocking_client client(f.port);
    client.send(raw);  // the server may close before it has all
    const client_answer answer = client.read();
    CHECK(answer.status == status);
    CHECK(answer.headers.at("connection") == "close");
    CHECK(answer.headers.at("content-type") == "application/json");
    CHECK(answer.body.starts_with("{\"error\":{\"code\":\""));
    // A request smuggled behind it is not looked at.
    client.send(plain_get);
    CHECK(client.at_end());
  }
  CHECK(f.handled == 0);
}

TEST_CASE("the shape of a refusal is the caller's choice") {
  asio_event_loop loop;
  loop.start("test");
  manual_clock time{timestamp{0}};
  http_server_options options;
  options.listen = {"127.0.0.1", 0};
  options.loops = {&loop};
  options.wall_clock = &time;
  options.handler = echo;
  options.refusal_body = [](const http_refusal& why) {
    return text(why.method + " " + why.path + " " + std::string(name_of(why.code)), 200);
  };
  http_server server(std::move(options));
  const result<listen_address> bound = server.start();
  REQUIRE(bound.has_value());
  blocking_client client(bound->port);
  const client_answer answer = client.exchange("GET /agents?x HTTP/1.1\r\n\r\n");
  CHECK(answer.status == 400);
  CHECK(answer.body == "GET /agents malformed_request");
}

TEST_CASE("slow senders are cut off") {
  SUBCASE("a head that does not end: 408") {
    server_fixture f(echo, with(&http_limits::head_timeout, milliseconds(60)));
    blocking_client client(f.port);
    REQUIRE(client.send("GET /slow HTTP/1.1\r\nHost: a\r\nX-"));
    const client_answer answer = client.read();
    CHECK(answer.status == 408);
    CHECK(answer.body.find("timed_out") != std::string::npos);
    CHECK(client.at_end());
    CHECK(f.seen.count(connection_event::head_timed_out) == 1);
  }
  SUBCASE("nothing at all: closed without a word") {
    server_fixture f(echo, with(&http_limits::head_timeout, milliseconds(60)));
    blocking_client client(f.port);
    CHECK(client.at_end());
  }
  SUBCASE("a body that does not end: 408") {
    server_fixture f(echo, with(&http_limits::body_timeout, milliseconds(60)));
    blocking_client client(f.port);
    REQUIRE(client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"));
    CHECK(client.read().status == 408);
    CHECK(client.at_end());
    CHECK(f.seen.count(connection_event::body_timed_out) == 1);
    CHECK(f.handled == 0);
  }
  SUBCASE("an idle connection: closed without a word") {
    server_fixture f(echo, with(&http_limits::idle_timeout, milliseconds(60)));
    blocking_client client(f.port);
    CHECK(client.exchange(plain_get).status == 200);
    CHECK(client.at_end());
    CHECK(f.seen.count(connection_event::idle_timed_out) == 1);
  }
}

TEST_CASE("slow readers are cut off") {
  server_fixture f(
      [](http_request, responder reply) { reply.respond(text(std::string(32 << 20, 'x'))); },
      with(&http_limits::write_timeout, milliseconds(60)));
  blocking_client client(f.port);
  REQUIRE(client.send(plain_get));
  CHECK(f.seen.wait_for(connection_event::write_timed_out));
  CHECK(f.seen.wait_for(connection_event::closed));
}

TEST_CASE("a handler may answer later, from another thread") {
  responder_parking parked;
  server_fixture f([&](http_request request, responder reply) {
    parked.put(std::move(request), std::move(reply));
  });
  blocking_client client(f.port);
  REQUIRE(client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"));
  auto [first, reply_first] = parked.take();
  CHECK(first.path == "/1");
  CHECK(first.peer.starts_with("127.0.0.1:"));
  CHECK(reply_first.peer_is_waiting());
  CHECK(parked.empty());  // the second waits for the first answer
  reply_first.respond(text("one"));
  auto [second, reply_second] = parked.take();
  CHECK(second.path == "/2");
  reply_second.respond(text("two"));
  CHECK(client.read().body == "one");
  CHECK(client.read().body == "two");
}

TEST_CASE("many pipelined requests are answered in order") {
  server_fixture f;
  blocking_client client(f.port);
  std::string all;
  for (int i = 0; i < 500; ++i) {
    all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 500; ++i) {
    REQUIRE(client.read().body == "GET /" + std::to_string(i) + " ");
  }
  sender.join();
}

TEST_CASE("a dropped responder closes the connection") {
  SUBCASE("in the handler") {
    server_fixture f([](http_request, responder) {});
    blocking_client client(f.port);
    CHECK(client.exchange(plain_get).status == 0);
    CHECK(client.at_end());
    CHECK(f.seen.wait_for(connection_event::answer_dropped));
  }
  SUBCASE("later, on another thread") {
    responder_parking parked;
    server_fixture f([&](http_request request, responder reply) {
      parked.put(std::move(request), std::move(reply));
    });
    blocking_client client(f.port);
    REQUIRE(client.send(plain_get));
    parked.take();
    CHECK(client.at_end());
    CHECK(f.seen.count(connection_event::answer_dropped) == 1);
  }
  SUBCASE("by moving another one over it") {
    responder_parking parked;
    server_fixture f([&](http_request request, responder reply) {
      parked.put(std::move(request), std::move(reply));
    });
    blocking_client dropped(f.port);
    REQUIRE(dropped.send(plain_get));
    responder reply = parked.take().second;
    blocking_client answered(f.port);
    REQUIRE(answered.send(plain_get));
    reply = parked.take().second;
    CHECK(dropped.at_end());
    reply.respond(text("kept"));
    CHECK(answered.read().body == "kept");
  }
}

TEST_CASE("a handler that throws costs one connection") {
  responder kept;
  server_fixture f([&kept](http_request request, responder reply) {
    if (request.path == "/keep") kept = std::move(reply);
    if (request.path == "/answered") reply.respond(text("said"));
    throw std::runtime_error("broken " + request.path);
  });
  for (const char* path : {"/plain", "/keep"}) {
    blocking_client client(f.port);
    const client_answer answer =
        client.exchange("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(answer.status == 500);
    CHECK(answer.body.find("broken") == std::string::npos);
    CHECK(answer.headers.at("connection") == "close");
    CHECK(client.at_end());
  }
  kept.respond(text("too late"));  // nobody is there; nothing happens
  blocking_client client(f.port);
  const client_answer answered = client.exchange("GET /answered HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(answered.body == "said");
  CHECK(answered.headers.at("connection") == "close");
  CHECK(f.seen.failures() == "broken /plainbroken /keepbroken /answered");
}

TEST_CASE("HEAD, 204 and HTTP/1.0") {
  server_fixture f([](http_request request, responder reply) {
    reply.respond(request.path == "/none" ? http_response{.status = 204,
                                                          .content_type = "",
                                                          .body = "",
                                                          .headers = {}}
                                          : text("hello"));
  });
  blocking_client client(f.port);
  const client_answer head = client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", true);
  CHECK(head.headers.at("content-length") == "5");
  const client_answer none = client.exchange("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(none.status == 204);
  CHECK(none.headers.count("content-length") == 0);
  CHECK(none.headers.count("content-type") == 0);
  CHECK(client.exchange(plain_get).body == "hello");  // nothing was left over from HEAD

  blocking_client old(f.port);
  const client_answer kept =
      old.exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(kept.headers.at("connection") == "keep-alive");
  CHECK(old.exchange("GET / HTTP/1.0\r\n\r\n").headers.at("connection") == "close");
  CHECK(old.at_end());
}

TEST_CASE("an answer's header values cannot split the answer") {
  server_fixture f([](http_request request, responder reply) {
    http_response response = text("ok");
    response.headers.push_back({"X-Request-Id", "a\r\nSet-Cookie: b" + request.query});
    reply.respond(std::move(response));
  });
  blocking_client client(f.port);
  const client_answer answer = client.exchange(plain_get);
  CHECK(answer.headers.at("x-request-id") == "a  Set-Cookie: b");
  CHECK(answer.headers.count("set-cookie") == 0);
}

TEST_CASE("Expect: 100-continue is answered before the body") {
  server_fixture f;
  blocking_client client(f.port);
  REQUIRE(client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  CHECK(client.read().status == 100);
  CHECK(f.handled == 0);
  CHECK(client.exchange("hi").body == "POST / hi");
  // A body that comes along needs no invitation.
  CHECK(client
            .exchange("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                      "Content-Length: 2\r\n\r\nhi")
            .status == 200);
  // One that would be too large gets none.
  CHECK(client
            .exchange("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                      "Content-Length: 200000\r\n\r\n")
            .status == 413);
}

TEST_CASE("a handler that never answers: 503, and its late answer is dropped") {
  responder_parking parked;
  server_fixture f([&](http_request request,
                       responder reply) { parked.put(std::move(request), std::move(reply)); },
                   with(&http_limits::handler_timeout, milliseconds(60)));
  blocking_client client(f.port);
  REQUIRE(client.send(plain_get));
  responder reply = parked.take().second;
  const client_answer answer = client.read();
  CHECK(answer.status == 503);
  CHECK(answer.body.find("overloaded") != std::string::npos);
  reply.respond(text("late"));
  CHECK(client.at_end());
}

TEST_CASE("a handler can notice that the client has gone") {
  responder_parking parked;
  // The sweep looks at waiting connections; a short limit makes it come round often.
  server_fixture f([&](http_request request,
                       responder reply) { parked.put(std::move(request), std::move(reply)); },
                   with(&http_limits::head_timeout, milliseconds(40)));
  blocking_client client(f.port);
  REQUIRE(client.send(plain_get));
  const responder reply = std::move(parked.take().second);
  CHECK(reply.peer_is_waiting());
  client.close();
  const auto give_up = std::chrono::steady_clock::now() + limit;
  while (reply.peer_is_waiting() && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::yield();
  }
  CHECK_FALSE(reply.peer_is_waiting());
}

TEST_CASE("connections over the limit are closed at once") {
  http_limits limits;
  limits.connections = 2;
  server_fixture f(echo, limits);
  blocking_client first(f.port);
  blocking_client second(f.port);
  CHECK(first.exchange(plain_get).status == 200);
  CHECK(second.exchange(plain_get).status == 200);
  blocking_client third(f.port);
  CHECK(third.at_end());
  CHECK(f.seen.count(connection_event::over_limit) == 1);
  first.close();
  CHECK(f.seen.wait_for(connection_event::closed));
  blocking_client fourth(f.port);
  CHECK(fourth.exchange(plain_get).status == 200);
}

TEST_CASE("connections are spread over the loops and stay there") {
  std::mutex mutex;
  std::map<std::string, std::set<event_loop*>> by_peer;
  std::set<event_loop*> all;
  server_fixture f(
      [&](http_request request, responder reply) {
        {
          const std::lock_guard lock(mutex);
          by_peer[request.peer].insert(event_loop::current());
          all.insert(event_loop::current());
        }
        reply.respond(text("ok"));
      },
      {}, 3);
  for (int i = 0; i < 6; ++i) {
    blocking_client client(f.port);
    for (int k = 0; k < 3; ++k) REQUIRE(client.exchange(plain_get).status == 200);
  }
  const std::lock_guard lock(mutex);
  CHECK(all.size() == 3);
  for (const auto& [peer, loops] : by_peer) CHECK(loops.size() == 1);
}

}  // namespace
}  // namespace dialplane
