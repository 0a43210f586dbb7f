// The feed of events on a real store: nothing lost, nothing twice, nothing of others.
#include <chrono>

#include "conformance/store_fixture.hpp"
#include "store/event_queries.hpp"
#include "webhooks/event_feed.hpp"

namespace dialplane::test {

namespace {

void append_events(store_fixture& at, const tenant& of, int count,
                   std::string type = "phone.released") {
  at.must_write([&](session& work) -> result<bool> {
    for (int i = 0; i < count; ++i) {
      event row;
      row.id = at.id<event_id>();
      row.organization = of.company.id;
      row.type = type;
      row.data = "{}";
      row.created_at = at.time.now();
      TRY(work.operations().append_event(row));
    }
    return true;
  });
}

// Subscribes on a loop of its own and keeps what it hears.
struct hearer {
  hearer(store_fixture& at, event_feed& feed, std::optional<organization_id> owner, int expected)
      : all_heard(expected), loop(at.make_loop()) {
    expected_value<bool> joined;
    loop->post([&] {
      ticket = feed.subscribe(owner, [this](const std::vector<placed_event>& news) {
        for (const placed_event& each : news) {
          heard.push_back(each);
          all_heard.count();
        }
        if (on_news) on_news();
      });
      joined.set(true);
    });
    REQUIRE(joined.wait());
  }
  ~hearer() {
    countdown left(1);
    loop->post([&] {
      ticket.reset();
      left.count();
    });
    left.wait();
  }

  std::vector<placed_event> heard;  // read after all_heard
  std::unique_ptr<event_feed::subscription> ticket;
  std::function<void()> on_news;
  countdown all_heard;
  const running_loop loop;
};

bool rises(const std::vector<placed_event>& heard) {
  return std::ranges::adjacent_find(heard, [](const placed_event& a, const placed_event& b) {
           return a.position >= b.position;
         }) == heard.end();
}

}  // namespace

STORE_TEST_CASE("the feed tells each listener of its owner's events, in order and once") {
  const tenant one = make_tenant(at);
  const tenant two = make_tenant(at);
  const running_loop loop = at.make_loop();
  event_feed feed(at.db(), *loop);
  append_events(at, one, 3);  // before anyone listens
  REQUIRE(feed.start());
  {
    hearer everyone(at, feed, std::nullopt, 2100);
    hearer of_one(at, feed, one.company.id, 1050);
    for (int i = 0; i < 1050; ++i) {
      append_events(at, one, 1, "a");
      append_events(at, two, 1, "b");
    }
    REQUIRE(everyone.all_heard.wait());
    REQUIRE(of_one.all_heard.wait());
    CHECK(everyone.heard.size() == 2100);
    CHECK(rises(everyone.heard));
    CHECK(of_one.heard.size() == 1050);
    CHECK(rises(of_one.heard));
    CHECK(
        std::ranges::all_of(of_one.heard, [](const auto& each) { return each.what.type == "a"; }));
  }
  feed.stop();
}

STORE_TEST_CASE("a listener that stands still loses nothing and gets one batch at a time") {
  const tenant of = make_tenant(at);
  const running_loop loop = at.make_loop();
  event_feed feed(at.db(), *loop);
  REQUIRE(feed.start());
  {
    hearer quick(at, feed, std::nullopt, 4001);
    hearer slow(at, feed, std::nullopt, 4001);
    expected_value<bool> first_came;
    expected_value<bool> go_on;
    slow.on_news = [&, waited = false]() mutable {
      if (std::exchange(waited, true)) return;
      first_came.set(true);
      go_on.wait();
    };
    append_events(at, of, 1);
    REQUIRE(first_came.wait());
    for (int i = 0; i < 40; ++i) append_events(at, of, 100);
    REQUIRE(quick.all_heard.wait());
    go_on.set(true);
    REQUIRE(slow.all_heard.wait());
    CHECK(slow.heard.size() == 4001);
    CHECK(rises(slow.heard));
  }
  feed.stop();
}

STORE_TEST_CASE("a listener may end its subscription while it is told, and hears no more") {
  const tenant of = make_tenant(at);
  const running_loop loop = at.make_loop();
  event_feed feed(at.db(), *loop);
  REQUIRE(feed.start());
  {
    hearer leaving(at, feed, std::nullopt, 1);
    hearer staying(at, feed, std::nullopt, 3);
    leaving.on_news = [&] { leaving.ticket.reset(); };
    append_events(at, of, 1);
    REQUIRE(leaving.all_heard.wait());
    append_events(at, of, 2);
    REQUIRE(staying.all_heard.wait());
    CHECK(leaving.heard.size() == 1);
  }
  feed.stop();
}

STORE_TEST_CASE("who listens after a silence misses nothing that is committed from then on") {
  const tenant of = make_tenant(at);
  const running_loop loop = at.make_loop();
  event_feed feed(at.db(), *loop);
  REQUIRE(feed.start());
  for (int round = 0; round < 20; ++round) {
    append_events(at, of, 30, "before");  // nobody is there, and nothing is read
    hearer late(at, feed, of.company.id, 1);
    append_events(at, of, 1, "after");
    // Some of those before may come, too.
    const auto hears_it = [&] {
      expected_value<bool> heard;
      late.loop->post([&] {
        heard.set(std::ranges::any_of(
            late.heard, [](const placed_event& each) { return each.what.type == "after"; }));
      });
      return *heard.wait();
    };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!hears_it()) REQUIRE(std::chrono::steady_clock::now() < deadline);
    CHECK(rises(late.heard));
  }
  feed.stop();
}

namespace {

// Watches on a loop of its own.
struct watcher {
  watcher(store_fixture& at, event_feed& feed) : loop(at.make_loop()) {
    run([&] {
      ticket = feed.watch([this] {
        ++nudges;
        if (waiting) std::exchange(waiting, nullptr)->set(true);
      });
    });
  }
  ~watcher() {
    run([this] { ticket.reset(); });
  }
  template <typename What>
  void run(What what) {
    expected_value<bool> done;
    loop->post([&] {
      what();
      done.set(true);
    });
    REQUIRE(done.wait());
  }
  // Is it told when that has been done?
  template <typename What>
  bool is_told_after(What act) {
    expected_value<bool> told;
    run([&] { waiting = &told; });
    act();
    return told.wait().value_or(false);
  }
  int count() {
    int now = 0;
    run([&] { now = nudges; });
    return now;
  }

  // Touched on the loop.
  int nudges = 0;
  expected_value<bool>* waiting = nullptr;
  std::unique_ptr<event_feed::subscription> ticket;
  const running_loop loop;
};

}  // namespace

STORE_TEST_CASE("one that watches is told after it came and after each commit, until it goes") {
  const tenant of = make_tenant(at);
  const running_loop loop = at.make_loop();
  event_feed feed(at.db(), *loop);
  REQUIRE(feed.start());
  {
    watcher stays(at, feed);
    watcher leaves(at, feed);
    CHECK(stays.is_told_after([] {}));  // when it came, or by the next regular look
    for (int i = 0; i < 50; ++i) {
      REQUIRE(leaves.is_told_after([&] { append_events(at, of, 3); }));
    }
    int before = 0;
    leaves.run([&] {
      leaves.ticket.reset();
      before = leaves.nudges;
    });
    for (int i = 0; i < 50; ++i) {
      REQUIRE(stays.is_told_after([&] { append_events(at, of, 3); }));
    }
    CHECK(leaves.count() == before);
  }
  feed.stop();
}

}  // namespace dialplane::test
