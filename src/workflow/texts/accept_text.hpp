// Accepts a text that passed the guards: one transaction with the message row, the held credits,
// the counters of the caps, the audit row where it is due, and the job that sends it.
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
  job first_job;  // inserted; leased where the caller sends at once
};

// `lease`: set when the caller starts the sending itself.
result<accepted_text> accept_text(session& work, workflow_environment& env,
                                  const text_request& wanted, const text_permit& permit,
                                  std::optional<timestamp> lease);

}  // namespace dialplane
