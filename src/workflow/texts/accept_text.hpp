// Accepts a text that passed the guards: one transaction with the message row, the held credits,
// the counters of the caps, and the job that sends it.
#pragma once

#include "base/error.hpp"
#include "domain/job.hpp"
#include "domain/message.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"
#include "workflow/texts/send_guards.hpp"
#include "workflow/texts/text_request.hpp"

namespace dialplane {

struct accepted_text {
  message row;
  job first_job;                   // inserted; leased where the caller sends at once
  std::string campaign_reference;  // the carrier's; empty: none
};

// `lease`: set when the caller starts the sending itself (send_queue::start). Then the intent is
// part of this transaction, unless the text has to wait; a text that waits has no lease.
// refused: it must not leave (leave_now).
result<accepted_text> accept_text(session& work, workflow_environment& env,
                                  const text_request& wanted, const text_permit& permit,
                                  std::optional<timestamp> lease);

// The carrier's name for the campaign under which a number texts; empty: none.
result<std::string> campaign_reference_of(session& work, const number& sender);

}  // namespace dialplane
