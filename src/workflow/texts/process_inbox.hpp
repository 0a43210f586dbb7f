// What one accepted webhook means: texts that came in, news of texts that went out, of orders and
// of people's choices. Inside one transaction; either all of it holds, or nothing does.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "carriers/carrier.hpp"
#include "domain/inbox_entry.hpp"
#include "domain/message.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

struct processed_entry {
  std::vector<message> received;     // newly stored texts
  bool answers_wait = false;         // our own confirmations were accepted, to be sent now
  std::vector<operation_id> changed_orders = {};  // purchases that should ask their carrier now
};

// Marks the entry processed. Nothing happens where it was not `received` any more. Errors:
// resource_not_found names a number or text we do not know (yet).
result<processed_entry> process_entry(session& work, workflow_environment& env,
                                      const inbox_entry& entry,
                                      const std::vector<carrier_news>& news);

}  // namespace dialplane
