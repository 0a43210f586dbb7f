#include "workflow/operations/campaign_joining.hpp"

#include "domain/ownership_mark.hpp"

namespace dialplane {

namespace {

result<campaign> new_campaign(session& work, workflow_environment& env, const number& bought) {
  campaign row;
  row.id = env.ids.make<campaign_id>();
  row.organization = bought.organization;
  row.user = bought.user;
  row.carrier = bought.carrier;
  row.created_at = env.time.now();
  row.updated_at = row.created_at;
  if (bought.type == number_type::toll_free) {
    row.kind = campaign_kind::toll_free_verification;
    row.number = bought.id;
  } else {
    TRY_ASSIGN(const std::optional<brand> company,
               work.campaigns().find_brand_of_user(bought.organization, bought.user));
    if (company) row.brand = company->id;
  }
  TRY(work.campaigns().insert(row));
  return row;
}

result<std::optional<campaign>> reusable(session& work, const number& bought) {
  if (bought.type == number_type::toll_free) return std::optional<campaign>();
  TRY_ASSIGN(std::optional<campaign> known,
             work.campaigns().find_ten_dlc_of_user(bought.organization, bought.user));
  const bool usable = known && known->status != campaign_status::rejected &&
                      known->carrier == bought.carrier;
  return usable ? known : std::optional<campaign>();
}

result<void> start_registration(session& work, workflow_environment& env,
                                const operation& provision, const number& bought) {
  operation registration;
  registration.id = env.ids.make<operation_id>();
  registration.organization = bought.organization;
  registration.user = bought.user;
  registration.key = provision.key;
  registration.request_id = provision.request_id;
  registration.kind = operation_kind::register_campaign;
  registration.asked_through = provision.asked_through;
  registration.number = bought.id;
  registration.campaign = bought.campaign;
  registration.request = "{}";
  registration.carrier = bought.carrier;
  registration.e164 = bought.e164;
  // By campaign, not by operation: the filing is made once, whoever of its numbers comes first.
  registration.mark = to_text({env.installation, bought.organization,
                               operation_id{bought.campaign->bytes}});
  registration.created_at = env.time.now();
  registration.updated_at = registration.created_at;
  TRY(work.operations().insert(registration));
  TRY(work.operations().add_step(registration.id, "accepted", "", registration.created_at));
  job first;
  first.id = env.ids.make<job_id>();
  first.organization = bought.organization;
  first.subject = registration.id.bytes;
  first.run_at = registration.created_at;
  return work.jobs().insert(first);
}

}  // namespace

result<campaign> join_campaign(session& work, workflow_environment& env,
                               const operation& provision, number& bought) {
  TRY_ASSIGN(std::optional<campaign> joined, reusable(work, bought));
  if (!joined) {
    TRY_ASSIGN(joined, new_campaign(work, env, bought));
  }
  bought.campaign = joined->id;
  TRY(start_registration(work, env, provision, bought));
  return *std::move(joined);
}

}  // namespace dialplane
