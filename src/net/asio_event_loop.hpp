// The real event loop: one thread and one Asio io_context, which also carries the loop's sockets.
//
// Owned by the program (server/), which starts it, hands references to everyone, and destroys it
// after everything that uses it. Nothing here includes Asio; the sources of this module reach
// inside through net/asio_engine.hpp. It never runs a posted function on a foreign thread. Its
// queue has no limit of its own: each poster has one (requests in flight, store queue, jobs).
#pragma once

#include <memory>
#include <string_view>

#include "base/event_loop.hpp"

namespace dialplane {

// Posts to a loop, and may outlive it: what is posted after the loop stopped is dropped. For
// objects that a slow thread may still hold when the program ends.
class loop_mailbox {
 public:
  virtual ~loop_mailbox() = default;
  virtual void post(event_loop::task work) = 0;
};

class asio_event_loop final : public event_loop {
 public:
  asio_event_loop();
  ~asio_event_loop() override;  // stop()
  asio_event_loop(const asio_event_loop&) = delete;
  asio_event_loop& operator=(const asio_event_loop&) = delete;

  // Starts the thread; `name` (at most 15 bytes are kept) shows in top and debuggers. Functions
  // posted earlier run first. Once only.
  void start(std::string_view name);

  // From now on posts are dropped; what was posted before still runs, then the thread ends and is
  // joined. Timers that are not due and open sockets stay silent. Never from the loop's own
  // thread. Calling it again does nothing.
  void stop();
  bool running() const noexcept;  // started and not stopped

  // After stop() these drop (destroy) the work. A posted function that throws ends the process.
  void post(task work) override;
  void post_all(std::vector<task> works) override;
  void post_after(std::chrono::milliseconds delay, task work) override;

  std::shared_ptr<loop_mailbox> mailbox() const noexcept;

  struct engine;
  engine& internals() noexcept { return *engine_; }

 private:
  std::unique_ptr<engine> engine_;
};

}  // namespace dialplane
