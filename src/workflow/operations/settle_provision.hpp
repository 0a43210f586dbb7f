// The two transactions that can end a purchase: with a number, or without one.
#pragma once

#include "domain/operation.hpp"
#include "domain/provision_plan.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// Number active, hold captured, agent connected, campaign joined or begun (with its own
// operation and job), approval executed, event and audit entry; sets the operation's end.
result<void> settle_provision(session& work, workflow_environment& env, operation& ending,
                              const provision_plan& plan);
// Number row gone, slot and hold back, approval failed, audit entry; sets the operation's end.
result<void> compensate_provision(session& work, workflow_environment& env, operation& ending,
                                  const provision_plan& plan, const error& why);

}  // namespace dialplane
