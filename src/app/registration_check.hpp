// What carriers would say to the subject's registration, before anything is filed or paid.
#pragma once

#include <optional>
#include <vector>

#include "app/environment.hpp"
#include "domain/findings.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

// Errors first. formation_required: the user has no legal entity. Inside a unit.
result<std::vector<finding>> check_registration(session& work, const app_environment& env,
                                                const actor& who, std::optional<user_id> asked);

}  // namespace dialplane
