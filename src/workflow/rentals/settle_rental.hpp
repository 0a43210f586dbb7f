// One look at a rental that is due: its month charged, or noted as unpaid, or its number suspended.
// Inside one transaction.
#pragma once

#include "domain/rental.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

enum class rental_outcome { charged, unpaid, suspended, dropped, waiting };

// `row` as read in this transaction. Events: phone.rental_due when a month cannot be paid,
// phone.rental_suspended when the grace is over, phone.rental_paid when all that was unpaid is
// paid.
result<rental_outcome> settle_rental(session& work, workflow_environment& env,
                                     const rental_rules& rules, rental row);

}  // namespace dialplane
