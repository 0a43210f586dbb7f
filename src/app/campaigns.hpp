// Campaigns and toll-free verifications: looking at them, handing a corrected one in again, ending
// one that no number uses. What they go through is workflow/operations/register_campaign.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/environment.hpp"
#include "domain/campaign.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

struct campaign_view {
  campaign row;
  std::int64_t numbers = 0;  // that use it, not released
};

// Of the subject, newest first. Inside a unit, as the next two.
result<page<campaign_view>> list_campaigns(session& work, const app_environment& env,
                                           const actor& who, std::optional<user_id> asked,
                                           const page_request& cut);
// resource_not_found also for one that the key may not see.
result<campaign_view> get_campaign(session& work, const app_environment& env, const actor& who,
                                   campaign_id id);

// Files what was rejected, or never filed, once more, the company first where that is what failed.
// registration_incomplete with details.findings: our own check still finds errors.
// insufficient_credits for fees that were returned. conflict: nothing to hand in again.
result<campaign_view> resubmit_campaign(session& work, const app_environment& env,
                                        const actor& who, campaign_id id,
                                        std::string_view request);

struct ended_campaign {
  campaign_view view;
  bool is_over = false;      // else the carrier has not confirmed yet
};
// campaign_in_use while numbers use it. Ended ones are ended again without effect.
void end_campaign(app_environment& env, const actor& who, campaign_id id, std::string request,
                  unique_function<void(result<ended_campaign>)> done);

}  // namespace dialplane
