// The one thread on which the sandbox's books are kept, and the queue before it.
//
// The thread takes all that waits (up to a bound) into one transaction, commits once, and hands
// the answers back to the calling loops, one wake-up per loop: 64 purchases at a time cost one
// transaction. In between it wakes by itself for what is due. Whoever submits work must be on a
// loop; loops must live until this object is gone. Destruction ends the waiting work first.
#pragma once

#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "carriers/sandbox/ledger_file.hpp"

namespace dialplane::sandbox {

// One piece of work for the file, and who waits for its answer.
class ledger_job {
 public:
  explicit ledger_job(event_loop* caller) : caller_(caller) {}
  virtual ~ledger_job() = default;

  // Does the work; an error is one of the file, not of the business.
  virtual result<void> run(ledger_file& file) = 0;
  // The call of the waiting function, for its loop. `failure`: what became of the transaction.
  virtual event_loop::task completion(const error* failure) = 0;
  event_loop* caller() const noexcept { return caller_; }  // null: nobody waits

 private:
  event_loop* caller_;
};

class ledger_thread {
 public:
  ledger_thread(std::unique_ptr<ledger_file> file, const clock& time, std::size_t queue_limit);
  ~ledger_thread();
  ledger_thread(const ledger_thread&) = delete;
  ledger_thread& operator=(const ledger_thread&) = delete;

  // `work` is called with the file on the ledger's thread and gives a result<T>; `done`, if any,
  // gets it on the calling loop after the commit. not_done (overloaded) when the queue is full.
  template <typename T, typename Work>
  void submit(Work work, carrier_done<T> done);

  sandbox_counts counts() const;

 private:
  template <typename T, typename Work>
  class job;
  using batch = std::vector<std::unique_ptr<ledger_job>>;
  static constexpr std::size_t max_batch = 1'024;

  struct queue;

  bool push(std::unique_ptr<ledger_job>& work);
  void work_through();
  bool wait_for_work(batch& taken);
  bool run_batch(batch& taken);
  result<void> run_all(batch& taken, timestamp now);
  static void deliver(batch& taken, const error* failure);

  std::unique_ptr<ledger_file> file_;
  const clock& clock_;
  const std::size_t queue_limit_;
  // Shared, because a loop may hold the wake-up it was asked for longer than this object lives.
  const std::shared_ptr<queue> queue_;
  bool failed_last_ = false;  // of the thread alone: then it waits before it tries again

  std::thread thread_;
};

// What a caller hears when the file failed: the transaction was rolled back, or nobody knows.
error as_carrier_error(const error& failure);

template <typename T, typename Work>
class ledger_thread::job final : public ledger_job {
 public:
  job(event_loop* caller, Work work, carrier_done<T> done)
      : ledger_job(caller), work_(std::move(work)), done_(std::move(done)) {}

  result<void> run(ledger_file& file) override {
    outcome_.emplace(work_(file));
    if (!*outcome_ && !is_business(outcome_->error())) return outcome_->error();
    return {};
  }

  event_loop::task completion(const error* failure) override {
    if (failure != nullptr) outcome_.emplace(as_carrier_error(*failure));
    return [done = std::move(done_), outcome = *std::move(outcome_)]() mutable {
      done(std::move(outcome));
    };
  }

 private:
  Work work_;
  carrier_done<T> done_;
  std::optional<result<T>> outcome_;
};

template <typename T, typename Work>
void ledger_thread::submit(Work work, carrier_done<T> done) {
  event_loop* caller = done ? event_loop::current() : nullptr;
  DIALPLANE_CHECK(!done || caller != nullptr);
  std::unique_ptr<ledger_job> queued =
      std::make_unique<job<T, Work>>(caller, std::move(work), std::move(done));
  if (push(queued) || caller == nullptr) return;
  const error full = not_done(error_code::overloaded, "The carrier is busy. Try again.",
                              "the sandbox's queue is full");
  caller->post(queued->completion(&full));
}

}  // namespace dialplane::sandbox
