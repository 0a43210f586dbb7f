#include "carriers/sandbox/ledger_thread.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "base/later_wake.hpp"
#include "base/log.hpp"

namespace dialplane::sandbox {

namespace {

using namespace std::chrono_literals;

constexpr milliseconds longest_nap = 1h;
constexpr milliseconds nap_after_failure = 1s;

}  // namespace

error as_carrier_error(const error& failure) {
  if (failure.code == error_code::overloaded) return failure;
  if (failure.kind == error_class::unknown) {
    return outcome_unknown(error_code::carrier_outcome_unknown,
                           "The carrier did not say whether it was done.", describe(failure));
  }
  return not_done(error_code::carrier_unavailable, "The carrier cannot be reached now.",
                  describe(failure));
}

struct ledger_thread::queue {
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<std::unique_ptr<ledger_job>> jobs;
  sandbox_counts counts;
  bool asleep = false;
  bool wake_is_coming = false;  // a loop has been asked for it
  bool stopping = false;

  void wake() {
    const std::lock_guard lock(mutex);
    wake_is_coming = false;
    if (asleep) filled.notify_one();
  }
};

ledger_thread::ledger_thread(std::unique_ptr<ledger_file> file, const clock& time,
                             std::size_t queue_limit)
    : file_(std::move(file)),
      clock_(time),
      queue_limit_(queue_limit),
      queue_(std::make_shared<queue>()) {
  queue_->counts = file_->counts();
  thread_ = std::thread([this] { work_through(); });
}

ledger_thread::~ledger_thread() {
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->stopping = true;
  }
  queue_->filled.notify_one();
  thread_.join();
}

bool ledger_thread::push(std::unique_ptr<ledger_job>& work) {
  event_loop* const loop = event_loop::current();
  {
    const std::lock_guard lock(queue_->mutex);
    if (queue_->jobs.size() >= queue_limit_ || queue_->stopping) return false;
    queue_->jobs.push_back(std::move(work));
    if (!queue_->asleep || queue_->wake_is_coming) return true;
    if (loop == nullptr) {
      queue_->filled.notify_one();
      return true;
    }
    queue_->wake_is_coming = true;
  }
  loop->post(later_wake<queue>(queue_));
  return true;
}

sandbox_counts ledger_thread::counts() const {
  const std::lock_guard lock(queue_->mutex);
  return queue_->counts;
}

void ledger_thread::work_through() {
  batch taken;
  while (wait_for_work(taken)) {
    failed_last_ = !run_batch(taken);
    taken.clear();
  }
}

// Takes what waits, up to a bound. False: stopped, and nothing is left.
bool ledger_thread::wait_for_work(batch& taken) {
  std::unique_lock lock(queue_->mutex);
  auto& jobs = queue_->jobs;
  if (jobs.empty() && !queue_->stopping) {
    const auto due = file_->next_due();
    milliseconds nap = due ? *due - clock_.now() : longest_nap;
    if (failed_last_) nap = std::max(nap, nap_after_failure);
    const auto has_work = [&] { return queue_->stopping || !jobs.empty(); };
    queue_->asleep = true;
    if (nap > 0ms) queue_->filled.wait_for(lock, std::min(nap, longest_nap), has_work);
    queue_->asleep = false;
  }
  const auto end = jobs.begin() + std::min(jobs.size(), max_batch);
  std::move(jobs.begin(), end, std::back_inserter(taken));
  jobs.erase(jobs.begin(), end);
  return !queue_->stopping || !taken.empty();
}

// One transaction. False: the file failed, and nothing of the batch was done or nobody knows.
bool ledger_thread::run_batch(batch& taken) {
  const timestamp now = clock_.now();
  const auto due = file_->next_due();
  if (taken.empty() && (!due || *due > now)) return true;
  const result<void> outcome = run_all(taken, now);
  if (outcome) {
    {
      // Before the answers: who has one finds it counted.
      const std::lock_guard lock(queue_->mutex);
      queue_->counts = file_->counts();
    }
    deliver(taken, nullptr);
    return true;
  }
  file_->roll_back();
  const error failure = outcome.error();
  log_error(log_level::error, "the sandbox carrier's file failed", failure);
  deliver(taken, &failure);
  return false;
}

result<void> ledger_thread::run_all(batch& taken, timestamp now) {
  const auto before_commit = [&]() -> result<void> {
    TRY(file_->begin(now));
    TRY(file_->apply_due());
    for (const auto& work : taken) TRY(work->run(*file_));
    return {};
  };
  if (auto ready = before_commit(); !ready) {
    error failure = ready.error();
    failure.kind = error_class::not_done;  // whatever it was, it is rolled back
    return failure;
  }
  return file_->commit();
}

void ledger_thread::deliver(batch& taken, const error* failure) {
  struct delivery {
    event_loop* loop;
    std::vector<event_loop::task> tasks;
  };
  std::vector<delivery> deliveries;  // as many as there are loops: a handful
  for (const auto& work : taken) {
    if (work->caller() == nullptr) continue;
    auto at = std::find_if(deliveries.begin(), deliveries.end(), [&](const delivery& known) {
      return known.loop == work->caller();
    });
    if (at == deliveries.end()) at = deliveries.insert(at, delivery{work->caller(), {}});
    at->tasks.push_back(work->completion(failure));
  }
  for (delivery& ready : deliveries) ready.loop->post_all(std::move(ready.tasks));
}

}  // namespace dialplane::sandbox
