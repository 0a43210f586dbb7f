// An event loop and its clock, cranked by hand: timers fire only when a test advances the time.
//
// Posts may come from any thread (a carrier's, a store's); the test's thread runs them. Waiting for
// such a thread is bounded by a real limit; everything timed is virtual and exact.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/event_loop.hpp"

namespace dialplane::test {

// Stands still until told; may be read by other threads meanwhile.
class shared_manual_clock final : public clock {
 public:
  timestamp now() const override { return {now_ms_.load()}; }
  void set(timestamp at) { now_ms_.store(at.unix_ms); }

 private:
  std::atomic<std::int64_t> now_ms_{1'767'225'600'000};  // 2026-01-01
};

class manual_event_loop final : public event_loop {
 public:
  explicit manual_event_loop(shared_manual_clock& time) : clock_(time) { set_current(this); }
  ~manual_event_loop() override { set_current(nullptr); }

  void post(task work) override {
    const std::lock_guard lock(mutex_);
    ready_.push_back(std::move(work));
    arrived_.notify_all();
  }

  void post_all(std::vector<task> works) override {
    const std::lock_guard lock(mutex_);
    ++wake_ups_;
    for (task& work : works) ready_.push_back(std::move(work));
    arrived_.notify_all();
  }

  void post_after(std::chrono::milliseconds delay, task work) override {
    const std::lock_guard lock(mutex_);
    timers_.emplace(clock_.now() + delay, std::move(work));
  }

  // Runs what is posted until `is_met`; false when `limit` of real time has passed.
  template <typename Condition>
  bool run_until(Condition is_met,
                 std::chrono::milliseconds limit = std::chrono::milliseconds(20'000)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!is_met()) {
      task next;
      {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait_until(lock, deadline, [this] { return !ready_.empty(); })) return false;
        next = std::move(ready_.front());
        ready_.pop_front();
      }
      next();
    }
    return true;
  }

  // Moves the clock on, firing every timer at its time.
  void advance(std::chrono::milliseconds by) {
    const timestamp target = clock_.now() + by;
    while (fire_next_timer(target)) run_ready();
    clock_.set(target);
    run_ready();
  }

  void run_ready() {
    run_until([this] {
      const std::lock_guard lock(mutex_);
      return ready_.empty();
    });
  }

  int wake_ups() const {
    const std::lock_guard lock(mutex_);
    return wake_ups_;
  }

 private:
  bool fire_next_timer(timestamp target) {
    const std::lock_guard lock(mutex_);
    if (timers_.empty() || timers_.begin()->first > target) return false;
    clock_.set(timers_.begin()->first);
    ready_.push_back(std::move(timers_.begin()->second));
    timers_.erase(timers_.begin());
    return true;
  }

  shared_manual_clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<task> ready_;
  std::multimap<timestamp, task> timers_;
  int wake_ups_ = 0;
};

}  // namespace dialplane::test
