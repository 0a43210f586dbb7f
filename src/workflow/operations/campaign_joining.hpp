// Which campaign a just bought number texts under: an existing one of its user, or a new one.
#pragma once

#include "domain/campaign.hpp"
#include "domain/number.hpp"
#include "domain/operation.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// Sets bought.campaign, and writes the campaign (if new) and the register_campaign operation
// with its job, which files, waits for the review and attaches the number.
result<campaign> join_campaign(session& work, workflow_environment& env,
                               const operation& provision, number& bought);

}  // namespace dialplane
