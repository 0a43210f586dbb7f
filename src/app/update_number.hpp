// Changing what may change about a number: its label and the agent that answers its calls. Runs
// inside a unit. A number that is being released, is released, or is another organization's is
// resource_not_found.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/environment.hpp"
#include "base/object_reader.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

struct number_change {
  std::optional<std::string> label;
  nullable<agent_id> inbound_agent;  // null: nobody answers any more
};

// resource_not_found also for an agent that is not there. A number still being bought: conflict.
result<number_view> update_number(session& work, const app_environment& env, const actor& who,
                                  number_id id, const number_change& change,
                                  std::string_view request_id);

// A number this key may see. `hide_releasing`: as the cartesia dialect shows them.
result<number_view> find_number(session& work, const actor& who, number_id id,
                                bool hide_releasing);

}  // namespace dialplane
