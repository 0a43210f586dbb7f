// The beginning and the end of a server: addresses, drain, destruction.
#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include "net/http_server.hpp"
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

// Waits for the end of a drain.
class drained_signal {
 public:
  event_loop::task task() {
    return [this] {
      const std::lock_guard lock(mutex_);
      ++calls_;
      changed_.notify_all();
    };
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return calls_ > 0; });
  }
  int calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;
};

TEST_CASE("drain closes the idle, finishes what is in flight, takes nothing new") {
  responder_parking parked;
  drained_signal drained;
  server_fixture f(
      [&](http_request request, responder reply) {
        if (request.path == "/wait") return parked.put(std::move(request), std::move(reply));
        reply.respond(text("ok"));
      },
      {}, 2);
  blocking_client idle(f.port);
  REQUIRE(idle.exchange(plain_get).status == 200);
  blocking_client fresh(f.port);
  blocking_client busy(f.port);
  REQUIRE(busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
  responder reply = parked.take().second;
  f.server->drain(std::chrono::seconds(30), drained.task());
  CHECK(idle.at_end());
  CHECK(fresh.at_end());
  CHECK(drained.calls() == 0);
  CHECK_FALSE(blocking_client(f.port).connected());
  reply.respond(text("finished"));
  const client_answer answer = busy.read();
  CHECK(answer.body == "finished");
  CHECK(answer.headers.at("connection") == "close");
  CHECK(busy.at_end());
  busy.close();
  CHECK(drained.wait());
  CHECK(f.server->open_connections() == 0);
  CHECK(f.seen.count(connection_event::drain_forced) == 0);
}

TEST_CASE("drain ends at its deadline, whatever is in flight") {
  responder_parking parked;
  drained_signal drained;
  server_fixture f([&](http_request request, responder reply) {
    parked.put(std::move(request), std::move(reply));
  });
  blocking_client busy(f.port);
  REQUIRE(busy.send(plain_get));
  const auto held = parked.take();
  f.server->drain(milliseconds(40), drained.task());
  CHECK(drained.wait());
  CHECK(busy.at_end());
  CHECK(f.seen.count(connection_event::drain_forced) == 1);
  CHECK(drained.calls() == 1);
}

TEST_CASE("drain without connections ends at once") {
  server_fixture f;
  drained_signal drained;
  f.server->drain(std::chrono::seconds(30), drained.task());
  CHECK(drained.wait());
}

TEST_CASE("stop_accepting leaves open connections alone") {
  server_fixture f;
  blocking_client client(f.port);
  REQUIRE(client.exchange(plain_get).status == 200);
  f.server->stop_accepting();
  CHECK(client.exchange(plain_get).status == 200);  // also: the loop has closed the listener
  CHECK_FALSE(blocking_client(f.port).connected());
}

TEST_CASE("a responder may outlive the server and its loop") {
  responder_parking parked;
  responder reply;
  {
    server_fixture f(
        [&](http_request request, responder to) { parked.put(std::move(request), std::move(to)); });
    blocking_client client(f.port);
    REQUIRE(client.send(plain_get));
    reply = parked.take().second;
    f.server.reset();
    CHECK(client.at_end());
  }
  CHECK_FALSE(reply.peer_is_waiting());
  reply.respond(text("nobody"));
}

TEST_CASE("an address that cannot be had is a clear refusal") {
  server_fixture f;
  manual_clock time{timestamp{0}};
  const auto start = [&](listen_address at, std::optional<tls_files> tls = std::nullopt) {
    http_server_options options;
    options.listen = std::move(at);
    options.loops = {f.loops.front().get()};
    options.wall_clock = &time;
    options.handler = echo;
    options.tls = std::move(tls);
    http_server server(std::move(options));
    const result<listen_address> bound = server.start();
    return bound ? std::string("bound") : bound.error().message;
  };
  CHECK(start({"127.0.0.1", f.port}).find("in use") != std::string::npos);
  CHECK(start({"192.0.2.1", 0}).starts_with("Cannot listen on 192.0.2.1:0: "));
  CHECK(start({"nonsense", 0}).starts_with("Cannot listen on nonsense:0: "));
  CHECK(start({"127.0.0.1", 0}, tls_files{"/nonexistent.pem", "/nonexistent.key"})
            .find("/nonexistent.pem") != std::string::npos);
}

TEST_CASE("IPv6 is listened on where the machine has it") {
  const int probe = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 loopback{};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const bool has_ipv6 =
      probe >= 0 && ::bind(probe, reinterpret_cast<sockaddr*>(&loopback), sizeof loopback) == 0;
  if (probe >= 0) ::close(probe);
  asio_event_loop loop;
  loop.start("test");
  manual_clock time{timestamp{0}};
  std::string peer;
  http_server_options options;
  options.listen = {"::1", 0};
  options.loops = {&loop};
  options.wall_clock = &time;
  options.handler = [&peer](http_request request, responder reply) {
    peer = request.peer;
    reply.respond(text("six"));
  };
  http_server server(std::move(options));
  const result<listen_address> bound = server.start();
  CHECK(bound.has_value() == has_ipv6);
  if (!bound) return;
  CHECK(to_text(*bound).starts_with("[::1]:"));
  blocking_client client(bound->port, true);
  CHECK(client.exchange("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n").body == "six");
  loop.stop();
  CHECK(peer.starts_with("[::1]:"));
}

}  // namespace
}  // namespace dialplane
