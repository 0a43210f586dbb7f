#include "workflow/operations/end_number.hpp"

#include "store/rental_queries.hpp"
#include "workflow/records.hpp"

namespace dialplane {

result<std::int64_t> end_number(session& work, workflow_environment& env, number& row,
                                std::string_view request_id) {
  const timestamp at = env.time.now();
  TRY_ASSIGN(const std::int64_t links,
             work.numbers().remove_assignments_of_number(row.organization, row.id));
  row.status = number_status::released;
  row.released_at = at;
  row.updated_at = at;
  row.inbound_agent.reset();
  row.campaign_attached = false;
  row.attachment_failure.reset();
  row.attachment_since = at;
  TRY(work.numbers().update(row));
  // Imported numbers take none.
  if (!row.imported) TRY(work.organizations().add_slots_used(row.organization, -1));
  TRY(work.rentals().remove(row.organization, row.id));
  TRY(append_event(work, env, row.organization, row.user, "phone.released",
                   {{"id", row.id.uuid()}, {"e164", row.e164}, {"status", "released"}}));
  TRY(append_audit(work, env, row.organization, "phone.released", row.id.uuid(), request_id,
                   {{"e164", row.e164}}, std::nullopt));
  return links;
}

}  // namespace dialplane
