// Starting the operations of a registration: one row, one step, one job each, in the caller's
// unit. The queue brings them to life once the unit is committed.
#pragma once

#include <string>

#include "base/error.hpp"
#include "domain/campaign.hpp"
#include "domain/number.hpp"
#include "domain/operation.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// On whose behalf: the request or operation that led to it.
struct work_origin {
  api_key_id key;
  std::string request_id;
  dialect asked_through = dialect::naive;
};

work_origin origin_of(const operation& parent);

// Each sets the row's `operation`, and the caller writes the row. Nothing happens where one is at
// work on it already.
result<void> start_brand(session& work, workflow_environment& env, brand& of,
                         const work_origin& from);
result<void> start_campaign(session& work, workflow_environment& env, campaign& of,
                            const work_origin& from);
// Gives the operation's id.
result<operation_id> start_campaign_end(session& work, workflow_environment& env, campaign& of,
                                        const work_origin& from);
// Every number of an approved campaign that is not attached yet. More than one operation for a
// number does no harm: attaching is repeatable.
result<void> start_attachments(session& work, workflow_environment& env, const campaign& of,
                               const work_origin& from);
result<void> start_attachment(session& work, workflow_environment& env, const campaign& of,
                              const number& which, const work_origin& from);

}  // namespace dialplane
