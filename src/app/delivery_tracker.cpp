#include "app/delivery_tracker.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/log.hpp"

namespace dialplane {

namespace {

using steady_time = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds look_again{20};
constexpr std::chrono::milliseconds write_again{1'000};

enum class standing {
  in_flight,
  deserted,     // in flight, and its client is gone
  answered,     // handed to the connection; nothing is told yet
  overdue,      // answered, and not acknowledged in time
  delivered,
  undelivered,
};

bool is_lost(standing now) {
  return now == standing::deserted || now == standing::overdue || now == standing::undelivered;
}

}  // namespace

struct delivery_tracker::core : std::enable_shared_from_this<core> {
  class attempt;
  struct round;
  using attempt_key = std::pair<request_hash, uuid_bytes>;

  core(store& its_database, const clock& its_time, id_generator& its_ids)
      : database(its_database), time(its_time), ids(its_ids), run(its_ids.next()) {}

  bool joins(const attempt& mine, const tracked_request& row);
  void told(const std::shared_ptr<attempt>& of, bool arrived);
  void write(const std::shared_ptr<attempt>& of, bool arrived);
  void forget(const attempt& which);
  std::vector<std::shared_ptr<attempt>> unsettled(const attempt& mine);
  void look(const std::shared_ptr<round>& at);
  void looked(const std::shared_ptr<round>& at);

  store& database;
  const clock& time;
  id_generator& ids;
  const uuid_bytes run;
  std::mutex mutex;
  bool stopped = false;                                     // with the mutex
  std::map<attempt_key, std::shared_ptr<attempt>> attempts;  // with the mutex; one per connection,
                                                             // and those whose mark is on its way
};

class delivery_tracker::core::attempt final : public tracked_attempt {
 public:
  attempt(std::shared_ptr<core> home, const request_hash& its_fingerprint,
          std::shared_ptr<delivery_look> its_connection, steady_time came_at)
      : connection(std::move(its_connection)),
        received_at(came_at),
        home_(std::move(home)),
        fingerprint_(its_fingerprint),
        id_(home_->ids.next()) {}

  const request_hash& fingerprint() const noexcept override { return fingerprint_; }
  const uuid_bytes& id() const noexcept override { return id_; }
  const uuid_bytes& run() const noexcept override { return home_->run; }
  bool joins(const tracked_request& row) const override { return home_->joins(*this, row); }
  bool is_deserted() const override {
    const std::lock_guard lock(home_->mutex);
    return now == standing::deserted;
  }
  void acted() noexcept override { has_row = true; }
  attempt_key key() const { return {fingerprint_, id_}; }

  const std::shared_ptr<delivery_look> connection;
  const steady_time received_at;
  standing now = standing::in_flight;  // with the core's mutex
  std::atomic<bool> has_row{false};

 private:
  const std::shared_ptr<core> home_;
  const request_hash fingerprint_;
  const uuid_bytes id_;
};

// One request that waits for news of those before it.
struct delivery_tracker::core::round {
  std::shared_ptr<attempt> mine;
  unique_function<void()> then;
  event_loop* home = nullptr;
  steady_time until{};
  std::atomic<std::size_t> missing{0};
};

bool delivery_tracker::core::joins(const attempt& mine, const tracked_request& row) {
  if (row.attempt == mine.id()) return false;
  if (row.run != run) return true;  // taken by a run that is over, and not known to have arrived
  const std::lock_guard lock(mutex);
  const auto found = attempts.find({row.fingerprint, row.attempt});
  // One that is not here any more was written as lost, or never heard of: the same.
  return found == attempts.end() || is_lost(found->second->now);
}

void delivery_tracker::core::told(const std::shared_ptr<attempt>& of, bool arrived) {
  const std::lock_guard lock(mutex);
  of->now = arrived ? standing::delivered : standing::undelivered;
  if (of->has_row && !stopped) return write(of, arrived);
  attempts.erase(of->key());
}

// With the mutex, so that nothing is submitted after stop(). What memory says counts until the row
// says the same; a full queue is tried again.
void delivery_tracker::core::write(const std::shared_ptr<attempt>& of, bool arrived) {
  database.write<bool>(
      [of, arrived, at = time.now()](session& work) -> result<bool> {
        TRY(work.replays().settle_tracked(of->fingerprint(), of->id(), arrived, at));
        return true;
      },
      [self = shared_from_this(), of, arrived](result<bool> written) {
        if (written) return self->forget(*of);
        log_error(log_level::warn, "whether an answer arrived could not be written",
                  written.error());
        event_loop* loop = event_loop::current();
        if (loop == nullptr) return;
        loop->post_after(write_again, [self, of, arrived] {
          const std::lock_guard lock(self->mutex);
          if (!self->stopped) self->write(of, arrived);
        });
      });
}

void delivery_tracker::core::forget(const attempt& which) {
  const std::lock_guard lock(mutex);
  attempts.erase(which.key());
}

// The equal ones whose end is not known; with them the one that asks, where it was overtaken by a
// later one: its own client may have gone to send that.
std::vector<std::shared_ptr<delivery_tracker::core::attempt>>
delivery_tracker::core::unsettled(const attempt& mine) {
  std::vector<std::shared_ptr<attempt>> found;
  bool overtaken = false;
  const std::lock_guard lock(mutex);
  for (auto at = attempts.lower_bound({mine.fingerprint(), uuid_bytes{}});
       at != attempts.end() && at->first.first == mine.fingerprint() &&
       found.size() < looked_at_most;
       ++at) {
    overtaken = overtaken || at->second->received_at > mine.received_at;
    const standing now = at->second->now;
    const bool is_open = now == standing::in_flight || now == standing::answered;
    const bool is_other = at->second->id() != mine.id();
    if (is_open && is_other && at->second->connection) found.push_back(at->second);
  }
  const auto itself = attempts.find(mine.key());  // not after stop()
  if (overtaken && mine.connection && itself != attempts.end()) found.push_back(itself->second);
  return found;
}

void delivery_tracker::core::look(const std::shared_ptr<round>& at) {
  if (!at->then) return;
  const std::vector<std::shared_ptr<attempt>> open = unsettled(*at->mine);
  if (open.empty()) return std::exchange(at->then, nullptr)();
  at->missing = open.size() + 1;
  // Whoever finishes last goes on; a connection whose loop is gone never does.
  for (const std::shared_ptr<attempt>& each : open) {
    each->connection->look([self = shared_from_this(), each, at](bool is_there) {
      {
        const std::lock_guard lock(self->mutex);
        if (!is_there && each->now == standing::in_flight) each->now = standing::deserted;
      }
      if (--at->missing == 0) at->home->post([self, at] { self->looked(at); });
    });
  }
  if (--at->missing == 0) looked(at);
}

void delivery_tracker::core::looked(const std::shared_ptr<round>& at) {
  if (!at->then) return;
  const bool over = std::chrono::steady_clock::now() >= at->until;
  bool waits = false;
  {
    const std::lock_guard lock(mutex);
    for (auto each = attempts.lower_bound({at->mine->fingerprint(), uuid_bytes{}});
         each != attempts.end() && each->first.first == at->mine->fingerprint(); ++each) {
      if (each->second->now != standing::answered) continue;
      if (over) each->second->now = standing::overdue;
      waits = true;
    }
  }
  if (!waits || over) return std::exchange(at->then, nullptr)();
  at->home->post_after(look_again, [self = shared_from_this(), at] { self->look(at); });
}

delivery_tracker::delivery_tracker(store& database, const clock& time, id_generator& ids)
    : core_(std::make_shared<core>(database, time, ids)) {}

delivery_tracker::~delivery_tracker() { stop(); }

std::shared_ptr<tracked_attempt> delivery_tracker::begin(
    const request_hash& fingerprint, std::shared_ptr<delivery_look> connection,
    std::chrono::steady_clock::time_point received_at) {
  auto made =
      std::make_shared<core::attempt>(core_, fingerprint, std::move(connection), received_at);
  const std::lock_guard lock(core_->mutex);
  core_->attempts.emplace(made->key(), made);
  return made;
}

void delivery_tracker::settle_earlier(const std::shared_ptr<tracked_attempt>& mine,
                                      unique_function<void()> then) {
  auto waiting = std::make_shared<core::round>();
  waiting->mine = std::static_pointer_cast<core::attempt>(mine);
  waiting->then = std::move(then);
  waiting->home = event_loop::current();
  waiting->until = std::chrono::steady_clock::now() + patience;
  if (waiting->home == nullptr) return std::exchange(waiting->then, nullptr)();
  core_->look(waiting);
  if (!waiting->then) return;
  waiting->home->post_after(patience, [home = core_, waiting] { home->looked(waiting); });
}

delivery_report delivery_tracker::report_of(const std::shared_ptr<tracked_attempt>& mine) {
  auto answered = std::static_pointer_cast<core::attempt>(mine);
  {
    const std::lock_guard lock(core_->mutex);
    answered->now = standing::answered;
  }
  return delivery_report([home = core_, answered](bool arrived) { home->told(answered, arrived); });
}

void delivery_tracker::stop() noexcept {
  std::map<core::attempt_key, std::shared_ptr<core::attempt>> left;
  const std::lock_guard lock(core_->mutex);
  core_->stopped = true;
  left.swap(core_->attempts);
}

}  // namespace dialplane
