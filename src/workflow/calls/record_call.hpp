// Calls as rows: one that comes in is recorded before its carrier hears where to lead it, and what
// the carrier tells later brings the row up to date. Inside one transaction, with the events that
// follow from it. Nothing here decides what the caller hears (voice/call_plans.hpp).
#pragma once

#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "carriers/carrier_call.hpp"
#include "domain/call.hpp"
#include "domain/voice_endpoint.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

struct recorded_call {
  std::optional<call> row;             // nothing: the call is not for a number of ours in service
  std::optional<voice_endpoint> lead;  // where its agent takes calls now, while it goes on
};

// A call that asks where to go: recorded at the first time, found again at each repeat. It fails
// here where no agent answers the number, or the agent takes no calls.
result<recorded_call> record_incoming_call(session& work, workflow_environment& env,
                                           std::string_view account, const carrier_call& told);

// How a call, or the leg it was led to, goes on or has ended. A call that is new to us is recorded
// as far as it is told; one that is none of ours is nobody's.
result<recorded_call> record_call_report(session& work, workflow_environment& env,
                                         std::string_view account, const carrier_call& told);

// Ends calls whose carrier has told nothing for a day and more: longer than any call may last, so
// the report of the end was lost. At most `limit`; says how many.
result<std::size_t> end_silent_calls(session& work, workflow_environment& env, std::size_t limit);

}  // namespace dialplane
