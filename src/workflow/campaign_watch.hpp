// Notices what carriers do to campaigns after their approval: suspended, reinstated, expired.
//
// One round after the other: every active or suspended campaign of this installation is asked
// about, a few at a time, at the pace its carrier asks for. Holds nothing between rounds, so
// nothing is lost with the process. Owned by server/, on one loop.
#pragma once

#include <memory>

#include "base/event_loop.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

class runner;

class campaign_watch {
 public:
  // Both must outlive the watch. `operations` is told when something was started.
  campaign_watch(workflow_environment& environment, event_loop& loop, runner& operations);
  ~campaign_watch();
  campaign_watch(const campaign_watch&) = delete;
  campaign_watch& operator=(const campaign_watch&) = delete;

  void start();
  void stop() noexcept;

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
