// The work nobody asks for: gives audit entries their place in the hash chain, forgets old replay
// rows, counters, events and deliveries, and keeps the figures of queue and operations fresh.
//
// Runs on one loop through the store. Each piece of work is bounded and comes again on a timer;
// nothing is lost if a round fails or the process ends, because the store says what is left.
#pragma once

#include <memory>

#include "base/event_loop.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

class housekeeping {
 public:
  // `environment` and `loop` must outlive it; the store may be closed first, after stop().
  housekeeping(workflow_environment& environment, event_loop& loop);
  ~housekeeping();
  housekeeping(const housekeeping&) = delete;
  housekeeping& operator=(const housekeeping&) = delete;

  // Once.
  void start();
  // No further round begins. From any thread.
  void stop() noexcept;

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
