#include "workflow/registration/starting.hpp"

#include "domain/ownership_mark.hpp"
#include "workflow/registration/numbers_of.hpp"

namespace dialplane {

namespace {

// The mark is that of the brand or campaign, not of the operation: whatever is repeated, by
// whichever operation, finds the one filing.
template <typename Filing>
operation new_work(workflow_environment& env, operation_kind kind, const Filing& of,
                   const work_origin& from) {
  operation row;
  row.id = env.ids.make<operation_id>();
  row.organization = of.organization;
  row.user = of.user;
  row.key = from.key;
  row.request_id = from.request_id;
  row.kind = kind;
  row.asked_through = from.asked_through;
  row.request = "{}";
  row.carrier = of.carrier;
  row.mark = to_text({env.installation, of.organization, operation_id{of.id.bytes}});
  row.created_at = env.time.now();
  row.updated_at = row.created_at;
  return row;
}

result<void> insert(session& work, workflow_environment& env, const operation& row) {
  TRY(work.operations().insert(row));
  job first;
  first.id = env.ids.make<job_id>();
  first.organization = row.organization;
  first.subject = row.id.bytes;
  first.run_at = row.created_at;
  return work.jobs().insert(first);
}

}  // namespace

work_origin origin_of(const operation& parent) {
  return {parent.key, parent.request_id, parent.asked_through};
}

result<void> start_brand(session& work, workflow_environment& env, brand& of,
                         const work_origin& from) {
  if (of.operation) return {};
  const operation row = new_work(env, operation_kind::register_brand, of, from);
  of.operation = row.id;
  return insert(work, env, row);
}

result<void> start_campaign(session& work, workflow_environment& env, campaign& of,
                            const work_origin& from) {
  if (of.operation) return {};
  operation row = new_work(env, operation_kind::register_campaign, of, from);
  row.campaign = of.id;
  row.number = of.number;
  of.operation = row.id;
  return insert(work, env, row);
}

result<operation_id> start_campaign_end(session& work, workflow_environment& env, campaign& of,
                                        const work_origin& from) {
  operation row = new_work(env, operation_kind::end_campaign, of, from);
  row.campaign = of.id;
  row.number = of.number;
  of.operation = row.id;
  TRY(insert(work, env, row));
  return row.id;
}

result<void> start_attachment(session& work, workflow_environment& env, const campaign& of,
                              const number& which, const work_origin& from) {
  operation row = new_work(env, operation_kind::attach_number, of, from);
  row.campaign = of.id;
  row.number = which.id;
  row.e164 = which.e164;
  return insert(work, env, row);
}

result<void> start_attachments(session& work, workflow_environment& env, const campaign& of,
                               const work_origin& from) {
  TRY_ASSIGN(const std::vector<number> members, numbers_of(work, of));
  for (const number& each : members) {
    if (each.campaign_attached || each.status == number_status::pending) continue;
    TRY(start_attachment(work, env, of, each, from));
  }
  return {};
}

}  // namespace dialplane
