// Finds texts whose webhook never came: now and then each account that can be asked is asked what
// came in at its numbers.
//
// A text is known by the carrier's id of it, so one that a webhook told of before, or tells of
// later, is stored once. What was asked for up to when is kept per account; each question reaches
// back a little further than the last one, because carriers list late. Owned by server/, on one
// loop.
#pragma once

#include <chrono>
#include <memory>

#include "base/event_loop.hpp"
#include "workflow/environment.hpp"
#include "workflow/texts/send_queue.hpp"
#include "workflow/texts/text_waiters.hpp"

namespace dialplane {

class received_sweep {
 public:
  // All must outlive it. `interval` 0: never.
  received_sweep(workflow_environment& env, event_loop& loop, send_queue& texts,
                 text_waiters& waiters, std::chrono::milliseconds interval);
  ~received_sweep();
  received_sweep(const received_sweep&) = delete;
  received_sweep& operator=(const received_sweep&) = delete;

  void start();
  // No further question is asked.
  void stop() noexcept;

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
