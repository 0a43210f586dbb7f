// Our own check of what would be filed for a user, over the rows as they are now.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "domain/findings.hpp"
#include "domain/registration_linter.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

result<lint_subject> lint_subject_of(const workflow_environment& env,
                                     const legal_entity& entity);

// Errors first, warnings behind them. No legal entity at all is an internal fault: none is filed.
result<std::vector<finding>> check_filing(session& work, const workflow_environment& env,
                                          organization_id owner, user_id subject);

}  // namespace dialplane
