// A wake-up for a thread's queue, posted to the event loop that filled it: a loop that submits one
// thing mostly submits more in the same round, so the thread is woken once, when the loop has gone
// through what was ready.
//
// Shares the queue, which so may outlive its owner. A loop that ends drops what was posted to it:
// then the destructor wakes.
#pragma once

#include <memory>
#include <utility>

namespace dialplane {

// `Queue` has wake(), safe from any thread.
template <typename Queue>
class later_wake {
 public:
  explicit later_wake(std::shared_ptr<Queue> whom) noexcept : whom_(std::move(whom)) {}
  later_wake(later_wake&&) noexcept = default;
  later_wake& operator=(later_wake&&) = delete;
  ~later_wake() { (*this)(); }
  void operator()() {
    if (const auto queue = std::exchange(whom_, nullptr)) queue->wake();
  }

 private:
  std::shared_ptr<Queue> whom_;
};

}  // namespace dialplane
