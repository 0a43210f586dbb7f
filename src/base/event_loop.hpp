// One thread that runs posted functions one after another, and timers.
//
// Everything that waits (sockets, the store, carriers) finishes by posting a function to the loop
// that asked. The loop of the calling thread is event_loop::current(). The real one is built on
// Asio (net/asio_event_loop); tests use a hand-cranked one. A posted function must never block.
#pragma once

#include <chrono>
#include <vector>

#include "base/unique_function.hpp"

namespace dialplane {

class event_loop {
 public:
  using task = unique_function<void()>;

  virtual ~event_loop() = default;

  // Runs `work` on the loop's thread, soon, in posting order. From any thread.
  virtual void post(task work) = 0;
  // As post for many, with one wake-up.
  virtual void post_all(std::vector<task> works) = 0;
  // Runs `work` on the loop's thread once `delay` has passed. From any thread. Timers cannot be
  // cancelled: what they call looks whether it is still wanted. Pending ones die with the loop.
  virtual void post_after(std::chrono::milliseconds delay, task work) = 0;

  // The loop whose thread is calling, or null on a thread without one.
  static event_loop* current() noexcept;

 protected:
  // Set by the loop's own thread while it runs.
  static void set_current(event_loop* loop) noexcept;
};

}  // namespace dialplane
