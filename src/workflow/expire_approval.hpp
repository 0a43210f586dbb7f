// Ends an approval that nobody resolved in time.
#pragma once

#include "domain/job.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// Writes the expiry with its event and audit entry and removes the job. An approval that was
// resolved meanwhile is left as it is.
void expire_approval(workflow_environment& env, const job& due);

}  // namespace dialplane
