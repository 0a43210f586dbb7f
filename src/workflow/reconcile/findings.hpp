// What becomes of a suspicion that was looked at again: a finding, what is done about it, or
// nothing. Each function runs inside one transaction and tells of changes in events.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/reconcile_report.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// A number looked at again: what the carrier said just now (nothing: it does not have it).
struct second_look {
  const reconcile_run& run;
  std::string e164;
  std::optional<number_there> there;
  const comparison_rules& rules;
  const reconcile_policies& policies;
  std::chrono::milliseconds settling_time;
};

// What is left to do at the carrier.
struct carrier_order {
  finding_kind kind = finding_kind::wrong_routing;
  std::string e164;
  std::string mark;
  std::string campaign_reference;
};

struct judged_number {
  std::int64_t found = 0;
  std::int64_t acted = 0;            // in this transaction
  bool is_too_young = false;         // nothing can be said yet
  std::vector<carrier_order> orders;
};

// Reads our side again and writes down what still differs. Work under way and what is younger than
// the settling time is no finding; one known already stays as it is.
result<judged_number> judge_again(session& work, workflow_environment& env,
                                  const second_look& look);

// The carrier gave no answer: what is known of the number stays open, nothing new is said.
result<void> leave_open(session& work, const reconcile_run& run, std::string_view e164);

// After the carrier did what was ordered.
result<void> resolve_finding(session& work, workflow_environment& env, std::string_view carrier,
                             finding_kind kind, std::string_view e164,
                             std::string_view resolution);

// Open findings of the account that this run did not see any more; true: no more are left.
result<bool> resolve_unseen(session& work, workflow_environment& env, const reconcile_run& run,
                            std::size_t limit);

}  // namespace dialplane
