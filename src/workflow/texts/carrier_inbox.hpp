// The inbox: takes what carriers tell us, stores it, and lets it be understood afterwards.
//
// A webhook is accepted (its sender hears so) when it is verified and durable, nothing else. Then
// it is processed, usually within milliseconds; what cannot be processed is tried again with
// growing pauses and set aside after `attempts_max` tries, where an operator sees it. An event told
// again is recognised and changes nothing. What a dead process left is taken up at the start.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/event_loop.hpp"
#include "carriers/carrier.hpp"
#include "workflow/environment.hpp"
#include "workflow/runner.hpp"
#include "workflow/texts/send_queue.hpp"
#include "workflow/texts/text_waiters.hpp"

namespace dialplane {

class carrier_inbox {
 public:
  static constexpr std::int64_t attempts_max = 5;

  // `loop` runs what is tried again. All must outlive it.
  carrier_inbox(workflow_environment& env, event_loop& loop, runner& operations,
                send_queue& texts, text_waiters& waiters);
  ~carrier_inbox();
  carrier_inbox(const carrier_inbox&) = delete;
  carrier_inbox& operator=(const carrier_inbox&) = delete;

  void start();
  void stop() noexcept;

  // From a loop. `done` there, once: durable, or not_found (no such carrier), unauthorized (not
  // the carrier's signature), or a failure of the store, after which the carrier should repeat it.
  void receive(std::string_view from_carrier, carrier_webhook received, carrier_done<void> done);

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
