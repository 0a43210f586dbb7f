// Answers that are read as they arrive, over real loopback sockets: from our own server and from
// servers that misbehave.
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "net/http_client.hpp"
#include "support/http_server_fixture.hpp"
#include "support/raw_server.hpp"
#include "support/show_results.hpp"
#include "support/thread_event_loop.hpp"

namespace dialplane {
namespace {

using std::chrono::milliseconds;
using testing::raw_server;

// What a listener was told, for a test on another thread.
class told_answer {
  template <typename Read>
  auto locked(Read read) const {
    const std::lock_guard lock(mutex_);
    return read();
  }

 public:
  void head(const http_answer& came) {
    const std::lock_guard lock(mutex_);
    ++heads_;
    status_ = came.status;
    head_body_ = came.body;
    changed_.notify_all();
  }
  void piece(const std::string& came) {
    const std::lock_guard lock(mutex_);
    CHECK(heads_ == ends_ + 1);  // after its head, before its end
    text_ += came;
    largest_ = std::max(largest_, came.size());
    changed_.notify_all();
  }
  void end(std::optional<failed_exchange> how) {
    const std::lock_guard lock(mutex_);
    ++ends_;
    how_ = std::move(how);
    changed_.notify_all();
  }
  bool wait_for_text(std::string_view part) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::wait_limit,
                             [&] { return text_.find(part) != std::string::npos; });
  }
  // How it ended; no failure for a complete answer.
  std::optional<failed_exchange> wait_for_end() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, test::wait_limit, [&] { return ends_ > 0; }));
    CHECK(ends_ == 1);
    return how_;
  }
  int status() const { return locked([&] { return status_; }); }
  int heads() const { return locked([&] { return heads_; }); }
  int ends() const { return locked([&] { return ends_; }); }
  std::string text() const { return locked([&] { return text_; }); }
  std::string head_body() const { return locked([&] { return head_body_; }); }
  std::size_t largest() const { return locked([&] { return largest_; }); }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  std::string head_body_;
  std::optional<failed_exchange> how_;
  std::size_t largest_ = 0;
  int status_ = 0;
  int heads_ = 0;
  int ends_ = 0;
};

// A client on a loop of its own with one stream at a time.
struct listening {
  explicit listening(void (*change)(http_client_options&) = nullptr) {
    loop.start("client");
    http_client_options options;
    options.loop = &loop;
    options.guard = &guard;
    if (change != nullptr) change(options);
    client = std::make_unique<http_client>(std::move(options));
  }
  ~listening() {
    stop();
    on_loop([&] { stream.cancel(); });
    loop.stop();
  }

  template <typename Act>
  void on_loop(Act act) {
    test::countdown ran(1);
    loop.post([&] {
      act();
      ran.count();
    });
    REQUIRE(ran.wait());
  }
  void open(const std::string& url, milliseconds idle = milliseconds(20'000)) {
    const auto to = parse_http_url(url);
    REQUIRE(to);
    on_loop([&] {
      stream = client->open_stream(
          {.to = *to, .method = "GET", .headers = {}, .body = {}},
          {.on_head = [this](const http_answer& head) { heard.head(head); },
           .on_piece =
               [this](std::string piece) {
                 heard.piece(piece);
                 if (cancel_at_first) stream.cancel();
                 if (pause_at_first) stream.pause();
               },
           .on_end = [this](std::optional<failed_exchange> how) { heard.end(std::move(how)); },
           .idle_timeout = idle});
    });
  }
  void stop() {
    on_loop([&] { client->stop(); });
  }

  address_guard guard{*parse_ip_ranges("127.0.0.0/8")};
  asio_event_loop loop;
  std::unique_ptr<http_client> client;
  answer_stream stream;
  told_answer heard;
  std::atomic<bool> cancel_at_first{false};
  std::atomic<bool> pause_at_first{false};
};

// Our own server, which opens a stream for /stream and answers anything else at once.
struct streaming_server {
  streaming_server()
      : server([this](http_request request, responder reply) {
          if (request.path != "/stream") return testing::echo(std::move(request), std::move(reply));
          http_stream out = reply.stream({.status = 200, .content_type = "text/event-stream"},
                                         [this] { closed.count(); });
          out.write("first\n");
          const std::lock_guard lock(mutex);
          stream = std::move(out);
          opened.count();
        }) {}
  ~streaming_server() { server.server.reset(); }

  http_stream& out() {
    REQUIRE(opened.wait());
    const std::lock_guard lock(mutex);
    return stream;
  }
  std::string url(std::string_view path = "/stream") const {
    return "http://127.0.0.1:" + std::to_string(server.port) + std::string(path);
  }

  std::mutex mutex;
  http_stream stream;
  test::countdown opened{1};
  test::countdown closed{1};
  testing::server_fixture server;
};

TEST_CASE("pieces come while the answer goes on, and its end is told") {
  streaming_server at;
  listening to;
  to.open(at.url());
  REQUIRE(to.heard.wait_for_text("first\n"));
  CHECK(to.heard.status() == 200);
  CHECK(to.heard.head_body().empty());
  CHECK(to.heard.ends() == 0);
  at.out().write("second\n");
  REQUIRE(to.heard.wait_for_text("second\n"));
  at.out().end();
  CHECK(!to.heard.wait_for_end());
  CHECK(to.heard.text() == "first\nsecond\n");
}

TEST_CASE("an answer longer than any that is kept arrives whole, in small pieces") {
  streaming_server at;
  listening to;
  to.open(at.url());
  const std::string much(200'000, 'x');
  at.out().write(much);
  at.out().end();
  CHECK(!to.heard.wait_for_end());
  CHECK(to.heard.text() == "first\n" + much);
  CHECK(to.heard.largest() <= 8192);
}

TEST_CASE("an answer with a length is read in pieces too, and the connection is used again") {
  streaming_server at;
  listening to;
  to.open(at.url("/x"));
  CHECK(!to.heard.wait_for_end());
  CHECK(to.heard.text() == "GET /x ");
  to.open(at.url("/y"));
  REQUIRE(to.heard.wait_for_text("GET /y "));
  CHECK(at.server.seen.count(connection_event::opened) == 1);
}

TEST_CASE("up to the end of the connection") {
  const raw_server endless("HTTP/1.1 200 OK\r\n\r\nabc");
  listening to;
  to.open(endless.url());
  CHECK(!to.heard.wait_for_end());
  CHECK(to.heard.text() == "abc");
}

TEST_CASE("a stream that breaks off is told from one that ends") {
  const raw_server half("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\nde");
  listening to;
  to.open(half.url());
  const auto how = to.heard.wait_for_end();
  REQUIRE(how);
  CHECK(how->what == exchange_failure::broken);
  CHECK(how->may_have_arrived);
  CHECK(to.heard.text() == "abcde");

  const raw_server reset("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                         raw_server::after::reset);
  listening other;
  other.open(reset.url());
  const auto broken = other.heard.wait_for_end();
  REQUIRE(broken);
  CHECK(broken->what == exchange_failure::broken);
}

TEST_CASE("what is no sound answer is refused, before the head or within the body") {
  for (const char* const bytes :
       {"SSH-2.0-OpenSSH_9\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc"}) {
    CAPTURE(bytes);
    const raw_server nonsense(bytes);
    listening to;
    to.open(nonsense.url());
    const auto how = to.heard.wait_for_end();
    REQUIRE(how);
    CHECK(how->what == exchange_failure::bad_answer);
    CHECK(to.heard.heads() == 0);
    CHECK(to.heard.text().empty());
  }
  const raw_server bad_chunk(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
  listening to;
  to.open(bad_chunk.url());
  const auto how = to.heard.wait_for_end();
  REQUIRE(how);
  CHECK(how->what == exchange_failure::bad_answer);
  CHECK(to.heard.text() == "abc");
}

TEST_CASE("a head without end is limited, and a head that does not come is waited for so long") {
  const raw_server large("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  listening to;
  to.open(large.url());
  const auto how = to.heard.wait_for_end();
  REQUIRE(how);
  CHECK(how->what == exchange_failure::bad_answer);

  const raw_server silent("HTTP/1.1 200 OK\r\nX", raw_server::after::hang);
  listening waiting([](http_client_options& options) {
    options.answer_timeout = milliseconds(200);
  });
  waiting.open(silent.url());
  const auto late = waiting.heard.wait_for_end();
  REQUIRE(late);
  CHECK(late->what == exchange_failure::timed_out);
  CHECK(waiting.heard.heads() == 0);
}

TEST_CASE("a stream that falls silent ends; one that beats does not") {
  streaming_server at;
  listening to([](http_client_options& options) { options.answer_timeout = milliseconds(300); });
  to.open(at.url(), milliseconds(700));
  // Longer in all than both limits, but never silent for so long.
  for (int beat = 0; beat < 6; ++beat) {
    at.out().write(":" + std::to_string(beat) + "\n");
    REQUIRE(to.heard.wait_for_text(":" + std::to_string(beat) + "\n"));
    test::countdown later(1);
    to.loop.post_after(milliseconds(200), [&] { later.count(); });
    REQUIRE(later.wait());
    REQUIRE(to.heard.ends() == 0);
  }
  const auto how = to.heard.wait_for_end();
  REQUIRE(how);
  CHECK(how->what == exchange_failure::timed_out);
  CHECK(at.closed.wait());
}

TEST_CASE("a reader that pauses makes the sender wait, is not cut off, and misses nothing") {
  streaming_server at;
  listening to;
  to.pause_at_first = true;
  to.open(at.url(), milliseconds(200));
  REQUIRE(to.heard.wait_for_text("first\n"));
  const std::string much(150'000, 'y');
  at.out().write(much);
  at.out().write("last\n");
  // Well beyond the idle limit, which does not count while paused.
  test::countdown later(1);
  to.loop.post_after(milliseconds(500), [&] { later.count(); });
  REQUIRE(later.wait());
  CHECK(to.heard.ends() == 0);
  CHECK(to.heard.text().size() <= 6 + 8192);
  to.pause_at_first = false;
  to.on_loop([&] { to.stream.resume(); });
  REQUIRE(to.heard.wait_for_text("last\n"));
  CHECK(to.heard.text() == "first\n" + much + "last\n");
}

TEST_CASE("given up, from within or from outside, nothing more is told") {
  for (const bool within : {true, false}) {
    CAPTURE(within);
    streaming_server at;
    listening to;
    to.cancel_at_first = within;
    to.open(at.url());
    REQUIRE(to.heard.wait_for_text("first\n"));
    if (!within) to.on_loop([&] { to.stream = answer_stream(); });
    CHECK(at.closed.wait());
    to.stop();
    CHECK(to.heard.ends() == 0);
    CHECK(to.heard.text() == "first\n");
  }
}

TEST_CASE("a stream ends with its client, and none begins after it") {
  streaming_server at;
  listening to;
  to.open(at.url());
  REQUIRE(to.heard.wait_for_text("first\n"));
  to.stop();
  const auto how = to.heard.wait_for_end();
  REQUIRE(how);
  CHECK(how->what == exchange_failure::stopping);
  CHECK(at.closed.wait());

  listening stopped;
  stopped.stop();
  stopped.open(at.url());
  const auto refused_at_once = stopped.heard.wait_for_end();
  REQUIRE(refused_at_once);
  CHECK(refused_at_once->what == exchange_failure::stopping);
  CHECK(!refused_at_once->may_have_arrived);
}

}  // namespace
}  // namespace dialplane
