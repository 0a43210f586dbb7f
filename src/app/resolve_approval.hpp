// A human's word on a frozen request: approve runs it through the same code as a live request,
// once; deny ends it. Of two racing resolutions one wins; the other gets already_resolved.
#pragma once

#include <optional>
#include <string>

#include "app/environment.hpp"
#include "app/request_identity.hpp"
#include "domain/approval.hpp"
#include "domain/operation.hpp"
#include "domain/organization.hpp"

namespace dialplane {

struct resolution_request {
  actor who;
  std::optional<user_id> user;          // the path's user: the approval must be theirs
  approval_id approval;
  std::optional<std::string> reason;    // deny only
  request_identity identity;
};

struct resolved_approval {
  approval row;
  bool replayed = false;
};

// not_found, already_resolved (also when expired), forbidden/self_approval. The same request again
// gives the approval as it is by then; the row says `executing` if the wait ran out.
void approve(app_environment& env, resolution_request request,
             unique_function<void(result<resolved_approval>)> done);
// Inside a unit; refuses as approve does.
result<approval> deny(session& work, const app_environment& env,
                      const resolution_request& request);

// Inside a unit: a pending approval past its time is shown as expired before its job ran.
approval as_of(approval row, timestamp now);

}  // namespace dialplane
