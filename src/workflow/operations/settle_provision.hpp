// The two transactions that can end a purchase: with a number, or without one.
#pragma once

#include "carriers/carrier.hpp"
#include "domain/operation.hpp"
#include "domain/provision_plan.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// Number active, hold captured, agent connected, campaign joined or begun (with its own
// operation and job), approval executed, event and audit entry; sets the operation's end.
// `seen`: the number as the carrier told of it, where this is the unit that notes it; null: noted
// before (note_purchase).
result<void> settle_provision(session& work, workflow_environment& env, operation& ending,
                              const provision_plan& plan, const carrier_number* seen);
// The carrier's own id of the number and what it asks for it, with the step that says it is
// bought.
result<void> note_purchase(session& work, const operation& provision, const provision_plan& plan,
                           const carrier_number& seen, timestamp at);
// Number row gone, slot and hold back, approval failed, audit entry; sets the operation's end.
result<void> compensate_provision(session& work, workflow_environment& env, operation& ending,
                                  const provision_plan& plan, const error& why);

}  // namespace dialplane
