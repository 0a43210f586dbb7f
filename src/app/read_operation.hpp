// Where one durable piece of work stands. Runs inside a unit and changes nothing.
#pragma once

#include "domain/operation.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

// not_found also for the work of a user that the key may not see.
result<operation> read_operation(session& work, const actor& who, operation_id id);

}  // namespace dialplane
