// Where comparisons stand, for those who show it. Inside a unit.
#pragma once

#include <optional>
#include <vector>

#include "domain/reconcile_report.hpp"
#include "store/reconcile_queries.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

struct agreement_view {
  std::vector<reconcile_run> runs;            // the newest of each account
  std::vector<reconcile_finding> findings;    // open
  bool has_more_findings = false;
  std::vector<carried_count> missing_accounts;  // numbers name them, and they are not here
  std::optional<timestamp> paused_since;      // purchases
};

// `owner`: only that organization's findings; none: all, for the operator of the installation.
result<agreement_view> read_agreement(session& work, const workflow_environment& env,
                                      std::optional<organization_id> owner,
                                      std::size_t findings_max);

}  // namespace dialplane
