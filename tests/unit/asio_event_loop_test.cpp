#include "net/asio_event_loop.hpp"

#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace dialplane {
namespace {

constexpr std::chrono::seconds loop_wait_limit{5};

TEST_CASE("posted functions run in order on the loop's thread") {
  asio_event_loop loop;
  std::string order;
  loop.post([&order] { order += 'a'; });  // before the start: waits for it
  loop.start("test");
  CHECK(event_loop::current() == nullptr);
  std::promise<event_loop*> where;
  loop.post([&order] { order += 'b'; });
  std::vector<event_loop::task> more;
  more.push_back([&order] { order += 'c'; });
  more.push_back([&order] { order += 'd'; });
  loop.post_all(std::move(more));
  loop.post([&where] { where.set_value(event_loop::current()); });
  std::future<event_loop*> seen = where.get_future();
  REQUIRE(seen.wait_for(loop_wait_limit) == std::future_status::ready);
  CHECK(seen.get() == &loop);
  loop.stop();
  CHECK(order == "abcd");
  CHECK_FALSE(loop.running());
}

TEST_CASE("stop runs what was posted and drops what comes later") {
  auto loop = std::make_unique<asio_event_loop>();
  const auto kept = std::make_shared<int>(0);
  int ran = 0;
  for (int i = 0; i < 1000; ++i) loop->post([&ran] { ++ran; });
  loop->post_after(std::chrono::hours(1), [kept, &ran] { ran = -1; });
  loop->start("test");
  loop->stop();
  CHECK(ran == 1000);
  loop->post([kept, &ran] { ran = -1; });
  loop->post_after(std::chrono::milliseconds(0), [kept, &ran] { ran = -1; });
  const std::shared_ptr<loop_mailbox> mailbox = loop->mailbox();
  loop->stop();  // again: nothing happens
  loop.reset();
  mailbox->post([kept, &ran] { ran = -1; });
  CHECK(ran == 1000);
  CHECK(kept.use_count() == 1);  // everything dropped has been destroyed
}

TEST_CASE("timers run in the order of their time, from any thread") {
  asio_event_loop loop;
  loop.start("test");
  std::string order;
  std::promise<void> done;
  const auto begin = std::chrono::steady_clock::now();
  loop.post_after(std::chrono::milliseconds(30), [&] {
    order += 'b';
    done.set_value();
  });
  loop.post_after(std::chrono::milliseconds(5), [&order] { order += 'a'; });
  REQUIRE(done.get_future().wait_for(loop_wait_limit) == std::future_status::ready);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(30));
  loop.stop();
  CHECK(order == "ab");
}

TEST_CASE("many threads may post at once") {
  asio_event_loop loop;
  loop.start("test");
  int count = 0;  // only the loop's thread touches it
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) loop.post([&count] { ++count; });
    });
  }
  for (std::thread& each : threads) each.join();
  loop.stop();
  CHECK(count == 2000);
}

}  // namespace
}  // namespace dialplane
