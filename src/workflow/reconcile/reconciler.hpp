// Keeps our books and the carrier accounts in agreement: compares every account with its numbers,
// now and then by itself, and whenever somebody writes a row that asks for it.
//
// A comparison is asked for by its row (order_comparisons); whoever asked may go on and read the
// row until it has ended. What a dead process left is gone on with at the start. While purchases
// are paused after a restore, every account is compared until each has ended once; then the pause
// ends. Owned by server/, on one loop. Figures: dialplane_reconcile_findings{carrier,kind} and
// dialplane_reconcile_age_seconds{carrier}.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/event_loop.hpp"
#include "domain/reconcile_report.hpp"
#include "workflow/environment.hpp"
#include "workflow/reconcile/account_comparison.hpp"

namespace dialplane {

struct reconcile_settings {
  reconcile_policies policies;
  std::chrono::milliseconds interval{24 * 3'600'000};  // 0: only when asked
  bool every_account = false;   // by itself also those that spend no real money
  bool acts = false;            // by itself also does what the policies say
  std::chrono::milliseconds look_every{500};           // for rows that ask for a comparison
  account_comparison::pace pace;
};

struct comparison_order {
  std::optional<std::string> carrier;  // none: every account
  bool may_act = false;
  bool adopts = false;
};

// Rows for new comparisons; an account that is being compared keeps its running one. Inside a unit.
// not_found: no such account. The reconciler takes them up within a second.
result<std::vector<reconcile_run>> order_comparisons(session& work, workflow_environment& env,
                                                     const comparison_order& wanted);

class reconciler {
 public:
  // All must outlive it.
  reconciler(workflow_environment& env, event_loop& loop, reconcile_settings settings);
  ~reconciler();
  reconciler(const reconciler&) = delete;
  reconciler& operator=(const reconciler&) = delete;

  void start();
  // No further step is begun. Before the loop ends.
  void stop() noexcept;

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
