// May this text be sent? Every way in asks here, in the transaction that would accept it, before
// any carrier or charge; and a text that waited is asked about again just before it leaves.
//
// Judges: the number's readiness, the agent's permission, the destination, opt-outs, consent,
// quiet hours, caps and credit, in that order. Writes nothing but, in count_text(), its counters.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/money.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"
#include "workflow/texts/text_request.hpp"

namespace dialplane {

struct text_permit {
  std::int64_t segments = 1;
  bool unicode = false;                     // UCS-2 instead of GSM-7
  micro_credits price;                      // to hold; segments times the price
  std::optional<timestamp> not_before;      // paced or quiet: queued until then
  bool new_recipient = false;
  std::string rules_version;                // of the tables it was judged by
};

// refused, with the reason as the naive dialect names it (§1, §4.5); nothing is written.
result<text_permit> judge_text(session& work, const workflow_environment& env,
                               const text_request& wanted);
// In the same unit, when the text is accepted.
result<void> count_text(session& work, const workflow_environment& env,
                        const text_request& wanted, const text_permit& permit);
// When a text leaves (also one that waited): refused, where it must not leave any more, such as
// after an opt-out; or the time until which the campaign's pace or day is used up. Otherwise takes
// its share of the pace.
result<std::optional<timestamp>> leave_now(session& work, const workflow_environment& env,
                                           const message& waiting);

}  // namespace dialplane
