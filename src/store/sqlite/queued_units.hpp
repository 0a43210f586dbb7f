// Units of work on their way through the store's threads: waiting in a bounded queue, and finished
// ones on their way back to the loops that submitted them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/later_wake.hpp"
#include "base/unique_function.hpp"
#include "store/session.hpp"

namespace dialplane::sqlite {

struct queued_unit {
  unique_function<bool(session&)> run;                  // true: keep what it wrote
  unique_function<void(std::optional<error>)> finish;   // with the outcome of the commit
  event_loop* loop = nullptr;                           // null: finish runs on the store's thread
  bool repeatable = false;                              // run may be called more than once
};

// First in, first out; never more than `limit` wait. Safe from any thread. Shared, because a loop
// may hold the wake-up it was asked for longer than the store lives.
//
// A loop that submits one unit mostly submits more in the same round: the thread that is to run
// them is woken once, when the loop has gone through what was ready.
class unit_queue : public std::enable_shared_from_this<unit_queue> {
 public:
  explicit unit_queue(std::size_t limit) : limit_(limit) {}

  // Takes the unit over, or says why not (overloaded, shutting_down) and leaves it untouched.
  std::optional<error> put(queued_unit& unit);
  // Appends up to `most` waiting units to `out`. With `wait`, first waits until there is
  // something to do: a unit, a call to interrupt() since the last take, or the end. Returns false
  // once the queue is closed and empty.
  bool take(std::deque<queued_unit>& out, std::size_t most, bool wait);
  // Ends one waiting take() without a unit.
  void interrupt();
  // Nothing more is taken in; what waits is still given out.
  void close();
  std::size_t waiting() const;

 private:
  friend class later_wake<unit_queue>;
  void wake();

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<queued_unit> units_;
  std::size_t sleepers_ = 0;
  bool wake_is_coming_ = false;  // a loop has been asked for it
  bool interrupted_ = false;
  bool closed_ = false;
};

// Collects what a batch finished and hands it back with one wake-up per loop. Owned by one thread.
class finished_units {
 public:
  void add(queued_unit&& unit, std::optional<error> failure);
  // The commit failed: whatever a unit found out may rest on what is now undone.
  void fail_all(const error& failure);
  std::size_t size() const noexcept { return units_.size(); }
  void deliver();

 private:
  struct finished {
    unique_function<void(std::optional<error>)> finish;
    std::optional<error> failure;
    event_loop* loop;
  };
  std::vector<finished> units_;
};

// Hands one unit back that was never run.
void turn_away(queued_unit&& unit, error why);

}  // namespace dialplane::sqlite
