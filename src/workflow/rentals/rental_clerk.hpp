// Charges each number's rental when its month begins, and follows up on what is not paid.
//
// One transaction settles one month of one number: ledger row, rental, status and event together,
// so that a kill leaves a month either charged or due. Numbers get their rental row when a walk
// over all numbers meets them, long before their second month. Charges are taken in small batches,
// as they fall due. Owned by server/, on one loop; holds nothing that is not in the store.
#pragma once

#include <memory>

#include "base/event_loop.hpp"
#include "domain/rental.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

class rental_clerk {
 public:
  // Both must outlive it.
  rental_clerk(workflow_environment& env, event_loop& loop, rental_rules rules);
  ~rental_clerk();
  rental_clerk(const rental_clerk&) = delete;
  rental_clerk& operator=(const rental_clerk&) = delete;

  void start();
  // No further step is begun.
  void stop() noexcept;

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
