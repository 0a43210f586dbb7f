#include "workflow/reconcile/agreement.hpp"

#include "workflow/reconcile/restore_pause.hpp"

namespace dialplane {

result<agreement_view> read_agreement(session& work, const workflow_environment& env,
                                      std::optional<organization_id> owner,
                                      std::size_t findings_max) {
  agreement_view view;
  TRY_ASSIGN(view.runs, work.reconciles().last_runs());
  TRY_ASSIGN(view.findings, work.reconciles().open_findings(owner, findings_max + 1));
  view.has_more_findings = view.findings.size() > findings_max;
  if (view.has_more_findings) view.findings.resize(findings_max);
  TRY_ASSIGN(auto carried, work.reconciles().carriers_of_numbers());
  for (carried_count& one : carried) {
    if (env.carriers.find(one.carrier) == nullptr) {
      view.missing_accounts.push_back(std::move(one));
    }
  }
  TRY_ASSIGN(view.paused_since, restore_pause(work));
  return view;
}

}  // namespace dialplane
