// Reading calls. Verbs that run inside a unit and change nothing.
#pragma once

#include <optional>
#include <string>

#include "domain/call.hpp"
#include "domain/organization.hpp"
#include "store/call_queries.hpp"
#include "store/session.hpp"

namespace dialplane {

struct call_view {
  call row;
  std::optional<std::string> agent_name;  // while the agent exists
};

// Newest first. resource_not_found: no such agent, or not the one the key is bound to.
result<page<call_view>> list_calls(session& work, const actor& who, call_filter only,
                                   const page_request& cut);
// resource_not_found, also for calls of agents that the key may not use.
result<call_view> get_call(session& work, const actor& who, call_id id);

}  // namespace dialplane
