#include "store/sqlite/reader_threads.hpp"

#include <pthread.h>
#include <sched.h>

#include <exception>

#include "base/log.hpp"

namespace dialplane::sqlite {

namespace {

// Enough to share a snapshot and a wake-up; few enough that the other thread gets its part.
constexpr std::size_t batch_units = 32;

// Where a reader shares a processor with the loop that woke it, the loop goes on until it has
// nothing to do: one batch instead of several small ones. A free processor is taken at once, as by
// any thread. A wish; without it everything works.
void let_loops_finish() noexcept {
  const sched_param none{};
  (void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
}

}  // namespace

reader_threads::reader_threads(std::vector<database> connections, std::size_t queue_limit)
    : queue_(std::make_shared<unit_queue>(queue_limit)) {
  for (database& opened : connections) {
    readers_.push_back(std::make_unique<reader>(std::move(opened)));
  }
  for (const auto& each : readers_) {
    each->thread = std::thread([this, own = each.get()] { run(*own); });
    pthread_setname_np(each->thread.native_handle(), "store-reader");
  }
}

reader_threads::~reader_threads() { close(); }

void reader_threads::submit(queued_unit unit) {
  std::optional<error> refusal = queue_->put(unit);
  if (refusal) turn_away(std::move(unit), *std::move(refusal));
}

void reader_threads::close() {
  queue_->close();
  for (const auto& each : readers_) {
    if (each->thread.joinable()) each->thread.join();
  }
  readers_.clear();
}

void reader_threads::run(reader& own) noexcept {
  let_loops_finish();
  std::deque<queued_unit> units;
  while (queue_->take(units, batch_units, true)) {
    if (!units.empty()) run_batch(own, units);
  }
}

void reader_threads::run_batch(reader& own, std::deque<queued_unit>& units) {
  finished_units finished;
  const result<void> begun = own.db.begin_deferred();
  for (queued_unit& unit : units) {
    std::optional<error> failure;
    if (!begun) {
      failure = begun.error();
    } else {
      try {
        (void)unit.run(own.work);
      } catch (const std::exception& escaped) {
        failure = internal_fault(std::string("exception in a unit of work: ") + escaped.what());
      } catch (...) {
        failure = internal_fault("exception in a unit of work");
      }
    }
    unit.run = nullptr;
    finished.add(std::move(unit), std::move(failure));
  }
  if (const result<void> ended = own.db.rollback(); !ended) {
    log_error(log_level::error, "a snapshot could not be ended", ended.error());
  }
  units_.fetch_add(units.size(), std::memory_order_relaxed);
  units.clear();
  finished.deliver();
}

}  // namespace dialplane::sqlite
