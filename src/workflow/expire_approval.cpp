#include "workflow/expire_approval.hpp"

#include <boost/json/serialize.hpp>

#include "base/log.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

result<bool> expire(session& work, workflow_environment& env, const job& due) {
  const approval_id id{due.subject};
  TRY_ASSIGN(std::optional<approval> row, work.approvals().find(due.organization, id));
  TRY(work.jobs().remove(due.id));
  if (!row || row->status != approval_status::pending) return false;
  row->status = approval_status::expired;
  row->resolved_at = env.time.now();
  row->resolved_by_type = "system";
  TRY(work.approvals().update(*row));
  TRY(append_event(work, env, row->organization, row->user, "approval.resolved",
                   {{"approval_id", row->id.uuid()},
                    {"primitive", "phone"},
                    {"action_type", row->action_type},
                    {"status", "expired"}}));
  TRY(append_audit(work, env, row->organization, "approval.expired", row->id.uuid(), "", {},
                   std::nullopt));
  return true;
}

}  // namespace

void expire_approval(workflow_environment& env, const job& due) {
  env.database.write<bool>([&env, due](session& work) { return expire(work, env, due); },
                           [](result<bool> done) {
                             if (done) return;
                             log_error(log_level::error, "approval not expired", done.error());
                           });
}

}  // namespace dialplane
