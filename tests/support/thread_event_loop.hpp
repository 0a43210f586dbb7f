// An event loop for tests: a thread that runs what is posted, in order, and timers by real time.
//
// stop() runs what was posted before it, then ends the thread. What is posted later is kept and
// never run, and timers still pending die, both with the loop. The destructor stops it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/event_loop.hpp"

namespace dialplane::test {

// How long a test waits for something that must happen, before it fails.
inline constexpr std::chrono::seconds wait_limit{30};

class thread_event_loop final : public event_loop {
 public:
  thread_event_loop() : thread_([this] { work(); }) {}
  ~thread_event_loop() override { stop(); }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void post(task work) override {
    const std::lock_guard lock(mutex_);
    ready_.push_back(std::move(work));
    changed_.notify_all();
  }

  void post_all(std::vector<task> works) override {
    const std::lock_guard lock(mutex_);
    for (task& work : works) ready_.push_back(std::move(work));
    ++wake_ups_;
    changed_.notify_all();
  }

  void post_after(std::chrono::milliseconds delay, task work) override {
    const std::lock_guard lock(mutex_);
    timers_.emplace(std::chrono::steady_clock::now() + delay, std::move(work));
    changed_.notify_all();
  }

  // Calls of post_all so far.
  int wake_ups() const {
    const std::lock_guard lock(mutex_);
    return wake_ups_;
  }
  std::thread::id thread_id() const { return thread_.get_id(); }

 private:
  void work() {
    set_current(this);
    std::unique_lock lock(mutex_);
    for (;;) {
      while (!timers_.empty() && timers_.begin()->first <= std::chrono::steady_clock::now()) {
        ready_.push_back(std::move(timers_.begin()->second));
        timers_.erase(timers_.begin());
      }
      if (ready_.empty()) {
        if (closing_) return;
        if (timers_.empty()) {
          changed_.wait(lock);
        } else {
          const auto due = timers_.begin()->first;
          changed_.wait_until(lock, due);
        }
        continue;
      }
      task next = std::move(ready_.front());
      ready_.pop_front();
      lock.unlock();
      next();
      next = nullptr;
      lock.lock();
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<task> ready_;
  std::multimap<std::chrono::steady_clock::time_point, task> timers_;
  int wake_ups_ = 0;
  bool closing_ = false;
  std::thread thread_;
};

// A pointer to a loop that others own: when it is reset, the loop stops, and lives on.
struct loop_stop {
  void operator()(thread_event_loop* loop) const { loop->stop(); }
};
using running_loop = std::unique_ptr<thread_event_loop, loop_stop>;

// A value that another thread delivers once.
template <typename T>
class expected_value {
 public:
  void set(T value) {
    {
      const std::lock_guard lock(mutex_);
      value_.emplace(std::move(value));
    }
    arrived_.notify_all();
  }
  // Nothing where it did not come within the limit.
  std::optional<T> wait(std::chrono::milliseconds limit = wait_limit) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, limit, [this] { return value_.has_value(); });
    return std::move(value_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<T> value_;
};

// Waits until something has happened a number of times.
class countdown {
 public:
  explicit countdown(int times) : left_(times) {}
  void count() {
    const std::lock_guard lock(mutex_);
    if (--left_ <= 0) done_.notify_all();
  }
  bool wait(std::chrono::milliseconds limit = wait_limit) {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, limit, [this] { return left_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  int left_;
};

}  // namespace dialplane::test
