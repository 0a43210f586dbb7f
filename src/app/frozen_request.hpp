// A purchase frozen for a human: sealed as asked, quoted, and shown without its secrets. Frozen
// too is the area-code policy; neither slot nor credit is held meanwhile.
#pragma once

#include "app/environment.hpp"
#include "app/judge_provision.hpp"
#include "app/provision_number.hpp"
#include "domain/approval.hpp"
#include "store/session.hpp"

namespace dialplane {

// Inside a unit: inserts the approval, the job that expires it, its event and audit entry.
result<approval> freeze_request(session& work, const app_environment& env,
                                const provision_number_request& request,
                                const judged_provision& judged);

// The request as it was asked, with the asking key as its actor; the identity is not kept.
result<provision_number_request> thaw_request(const app_environment& env, const approval& row);

// The error an approval ended with, rebuilt from what is stored.
error error_of_failed_approval(const approval& row);

}  // namespace dialplane
