// What a carrier is to do with a caller, decided from the call's row and where its agent takes
// calls. Pure, but for opening a sealed password; what is decided here is written in the carrier's
// own language by its adapter (carrier::call_instructions).
#pragma once

#include <optional>
#include <string>

#include "base/sealing.hpp"
#include "carriers/carrier_call.hpp"
#include "domain/call.hpp"
#include "domain/voice_endpoint.hpp"

namespace dialplane {

// Where the carrier asks and reports from here on.
struct call_addresses {
  std::string next_url;
  std::string status_url;
};

// Of a call that has just come in, or asks again: to its agent, or a sentence where nobody takes
// it. internal_fault where the agent's password cannot be opened.
result<call_plan> plan_for_call(const call& row, const std::optional<voice_endpoint>& lead,
                                const call_addresses& at, const sealer& seals);

// Of a call whose stream or leg has ended: a sentence where it was never connected, else the end.
call_plan plan_after_leg(const call& row);

// Of a call to a number that is not ours, or not any more.
call_plan plan_for_stranger();

// Where we cannot do our part just now.
call_plan plan_for_trouble();

}  // namespace dialplane
