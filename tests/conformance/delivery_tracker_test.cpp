// Which earlier requests an equal one joins: by what is known of their answers, in this run of the
// server and after it.
#include <atomic>
#include <functional>

#include "app/delivery_tracker.hpp"
#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

constexpr timestamp long_ago{0};

// A connection that says what the test wants, when it wants.
class scripted_connection final : public delivery_look {
 public:
  void look(unique_function<void(bool)> told) override {
    ++looks;
    if (on_look) on_look();
    if (!answers) return;
    told(is_there);
  }
  std::function<void()> on_look;
  std::atomic<int> looks{0};
  bool is_there = true;
  bool answers = true;
};

struct tracker_fixture {
  explicit tracker_fixture(const store_kind& kind)
      : at(kind), tracker(std::make_unique<delivery_tracker>(at.db(), at.time, at.ids)) {}
  ~tracker_fixture() { tracker->stop(); }

  // The same server after its end: nothing in memory is left.
  void next_run() {
    tracker->stop();
    at.reopen();
    tracker = std::make_unique<delivery_tracker>(at.db(), at.time, at.ids);
  }

  std::shared_ptr<tracked_attempt> begin(std::uint8_t fingerprint = 1) {
    request_hash hash{};
    hash[3] = fingerprint;
    line = std::make_shared<scripted_connection>();
    received += std::chrono::milliseconds(1);
    return tracker->begin(hash, line, received);
  }

  // How a request goes on in its transaction: the row it joined, or one of its own.
  std::optional<uuid_bytes> act(const std::shared_ptr<tracked_attempt>& mine) {
    return at.must_write([&](session& work) -> result<std::optional<uuid_bytes>> {
      TRY_ASSIGN(const auto rows, work.replays().find_tracked(mine->fingerprint(), long_ago));
      for (const tracked_request& row : rows) {
        if (!mine->joins(row)) continue;
        TRY(work.replays().rejoin_tracked(row, mine->id(), mine->run(), at.time.now()));
        mine->acted();
        return std::optional(row.id);
      }
      tracked_request row;
      row.fingerprint = mine->fingerprint();
      row.id = mine->id();  // so that the test knows it
      row.attempt = mine->id();
      row.run = mine->run();
      TRY(work.replays().insert_tracked(row));
      mine->acted();
      return std::optional<uuid_bytes>();
    });
  }

  // Waits until a round of looks is over; false if it is not in time.
  bool settle(const std::shared_ptr<tracked_attempt>& mine) {
    auto over = std::make_shared<countdown>(1);
    loop->post([this, mine, over] {
      tracker->settle_earlier(mine, [over] { over->count(); });
    });
    return over->wait();
  }

  std::size_t rows(const std::shared_ptr<tracked_attempt>& of) {
    return at.must_read([&](session& work) {
               return work.replays().find_tracked(of->fingerprint(), long_ago);
             }).size();
  }

  store_fixture at;
  std::unique_ptr<delivery_tracker> tracker;
  std::shared_ptr<scripted_connection> line;  // of the last attempt
  std::chrono::steady_clock::time_point received = std::chrono::steady_clock::now();
  const running_loop loop = at.make_loop();
};

}  // namespace

TEST_CASE("a request joins the earlier one whose answer was lost, and nobody else does then") {
  for (const store_kind& kind : store_kinds()) {
    tracker_fixture f(kind);
    const auto first = f.begin();
    CHECK(f.act(first) == std::nullopt);
    f.tracker->report_of(first).tell(false);
    const auto second = f.begin();
    CHECK(f.act(second) == first->id());
    const auto third = f.begin();
    CHECK(f.act(third) == std::nullopt);  // the second is in flight
    f.tracker->report_of(second).tell(true);
    const auto fourth = f.begin();
    CHECK(f.act(fourth) == std::nullopt);  // the first one's answer has arrived by now
    f.tracker->report_of(third).tell(false);
    f.tracker->report_of(fourth).tell(false);
    const auto fifth = f.begin();
    CHECK(f.act(fifth) == third->id());  // the oldest that is lost
    f.tracker->report_of(fifth).tell(false);
    const auto sixth = f.begin();
    CHECK(f.act(sixth) == third->id());  // lost again
    const auto other = f.begin(2);
    CHECK(f.act(other) == std::nullopt);  // another fingerprint
  }
}

TEST_CASE("what arrived leaves no row; a failed act leaves nothing to settle") {
  for (const store_kind& kind : store_kinds()) {
    tracker_fixture f(kind);
    const auto first = f.begin();
    f.act(first);
    CHECK(f.rows(first) == 1);
    f.tracker->report_of(first).tell(true);
    f.at.must_write([](session&) -> result<void> { return {}; });  // behind the mark
    CHECK(f.rows(first) == 0);
    const auto refused = f.begin();
    f.tracker->report_of(refused).tell(false);
    const auto next = f.begin();
    CHECK(f.act(next) == std::nullopt);
  }
}

TEST_CASE("a request whose connection is gone is joined while it is still in flight") {
  for (const store_kind& kind : store_kinds()) {
    tracker_fixture f(kind);
    const auto first = f.begin();
    const auto first_line = f.line;
    f.act(first);
    const auto meant_twice = f.begin();
    REQUIRE(f.settle(meant_twice));
    CHECK(first_line->looks == 1);
    CHECK(f.act(meant_twice) == std::nullopt);
    first_line->is_there = false;
    const auto repeated = f.begin();
    REQUIRE(f.settle(repeated));
    CHECK(f.act(repeated) == first->id());
    CHECK(first->is_deserted());
    CHECK_FALSE(repeated->is_deserted());
    // Whatever becomes of the first one's answer, the row is the other's.
    f.tracker->report_of(first).tell(false);
    const auto third = f.begin();
    REQUIRE(f.settle(third));
    CHECK(f.act(third) == std::nullopt);
  }
}

TEST_CASE("one that has not begun, and whose client sends it again, is not to begin") {
  for (const store_kind& kind : store_kinds()) {
    tracker_fixture f(kind);
    const auto slow = f.begin();
    f.line->is_there = false;
    const auto repeated = f.begin();
    REQUIRE(f.settle(repeated));
    CHECK(slow->is_deserted());
    CHECK(f.act(repeated) == std::nullopt);
    // The other way round: one that was overtaken finds out by itself that its client is gone.
    f.received -= std::chrono::milliseconds(10);
    const auto late = f.begin();
    f.line->is_there = false;
    REQUIRE(f.settle(late));
    CHECK(late->is_deserted());
    // One that closes its side and is the last may be meant so.
    f.received += std::chrono::milliseconds(10);
    const auto last = f.begin();
    f.line->is_there = false;
    REQUIRE(f.settle(last));
    CHECK_FALSE(last->is_deserted());
  }
}

TEST_CASE("an answer on its way is waited for, and lost when nobody acknowledges it") {
  for (const store_kind& kind : store_kinds()) {
    tracker_fixture f(kind);
    const auto first = f.begin();
    const auto first_line = f.line;
    f.act(first);
    delivery_report on_its_way = f.tracker->report_of(first);
    // The third look finds it acknowledged.
    first_line->on_look = [&] {
      if (first_line->looks == 3) on_its_way.tell(true);
    };
    const auto second = f.begin();
    REQUIRE(f.settle(second));
    CHECK(first_line->looks == 3);
    CHECK(f.act(second) == std::nullopt);

    delivery_report never = f.tracker->report_of(second);
    const auto before = std::chrono::steady_clock::now();
    const auto third = f.begin();
    REQUIRE(f.settle(third));
    CHECK(std::chrono::steady_clock::now() - before >= delivery_tracker::patience);
    CHECK(f.act(third) == second->id());
    never.tell(true);  // too late: the third answers it
    f.at.must_write([](session&) -> result<void> { return {}; });
    CHECK(f.rows(third) == 1);
  }
}

TEST_CASE("a connection that answers nothing holds nobody up for long") {
  for (const store_kind& kind : store_kinds()) {
    tracker_fixture f(kind);
    const auto first = f.begin();
    f.line->answers = false;
    f.act(first);
    const auto second = f.begin();
    REQUIRE(f.settle(second));
    CHECK(f.act(second) == std::nullopt);
  }
}

TEST_CASE("after the end of a run, what it had in flight is joined, and what arrived is not") {
  for (const store_kind& kind : store_kinds()) {
    tracker_fixture f(kind);
    const auto in_flight = f.begin(1);
    f.act(in_flight);
    const auto lost = f.begin(2);
    f.act(lost);
    f.tracker->report_of(lost).tell(false);
    const auto arrived = f.begin(3);
    f.act(arrived);
    f.tracker->report_of(arrived).tell(true);
    f.at.must_write([](session&) -> result<void> { return {}; });
    delivery_report unheard = f.tracker->report_of(in_flight);
    f.next_run();
    unheard.tell(true);  // of a run that is over: nothing is written, nothing breaks
    const auto after_flight = f.begin(1);
    CHECK(f.act(after_flight) == in_flight->id());
    const auto after_loss = f.begin(2);
    CHECK(f.act(after_loss) == lost->id());
    const auto after_arrival = f.begin(3);
    CHECK(f.act(after_arrival) == std::nullopt);
    // In flight again, and of this run.
    const auto meant_twice = f.begin(1);
    CHECK(f.act(meant_twice) == std::nullopt);
  }
}

}  // namespace dialplane::test
