// The emulators' time: real time plus what was skipped on order, with timers that obey it.
//
// Lives on one loop and is used only on its thread, except now(). A test skips thirty days in an
// instant; what would have happened in them happens in order.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>

#include "base/clock.hpp"
#include "base/event_loop.hpp"

namespace dialplane::emulators {

using std::chrono::milliseconds;

class virtual_time final : public clock {
 public:
  // `real` and `on` must outlive this.
  virtual_time(const clock& real, event_loop& on);
  ~virtual_time() override;

  timestamp now() const override;
  // Runs `work` once so much virtual time has passed; by itself, or in advance(). At most 100,000
  // wait; false beyond that.
  bool after(milliseconds delay, event_loop::task work);
  // Skips ahead, step by step, running what becomes due at its time.
  void advance(milliseconds by);

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane::emulators
