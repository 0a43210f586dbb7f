// What brands, campaigns and attachments become: every change of theirs is made here, with the
// event that tells of it and what follows from it, in the caller's unit.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "carriers/carrier.hpp"
#include "domain/findings.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"
#include "workflow/registration/starting.hpp"

namespace dialplane {

// Writes `now` and, where anything a client sees changed since `before`, the event brand.updated.
result<void> write_brand(session& work, workflow_environment& env, brand now,
                         const brand& before);
// The same with campaign.updated; and phone.capabilities_changed of each attached number, where
// they gain or lose the right to send.
result<void> write_campaign(session& work, workflow_environment& env, campaign now,
                            const campaign& before);

// A carrier's word on a brand. Its first one captures the fee. verified: the campaigns that waited
// are started. failed: their fees, which nothing was filed for, are returned.
result<void> take_brand_report(session& work, workflow_environment& env, brand of,
                               const brand_report& report, const work_origin& from);
// A carrier's word on a campaign. Its first one captures the fee. active: its numbers are
// attached.
result<void> take_campaign_report(session& work, workflow_environment& env, campaign of,
                                  const campaign_report& report, const work_origin& from);
// Our own check stopped the filing: rejected, not_filed, what is wrong, and the fee back.
result<void> stop_filing(session& work, workflow_environment& env, campaign of,
                         const std::vector<finding>& findings);
// The same for a company, and every campaign that waits for it.
result<void> stop_filing(session& work, workflow_environment& env, brand of,
                         const std::vector<finding>& findings);

result<void> note_attached(session& work, workflow_environment& env, number of,
                           const campaign& its_campaign);
result<void> note_attachment_failed(session& work, workflow_environment& env, number of,
                                    std::string_view reason);

}  // namespace dialplane
