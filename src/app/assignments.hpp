// Which agents may use a number for texts: connecting, disconnecting, reading. Many per number.
// (Who answers its calls is one inbound agent: number::inbound_agent.) All run inside a unit.
// Rules: naive dialect §4.7.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/environment.hpp"
#include "domain/number.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

struct sms_permissions {
  bool send_sms = true;
  bool receive_sms = true;
};

// forbidden for keys that are bound to an agent, here and for unassign_agent.
// A repeat replaces the permissions and keeps the date. resource_not_found: number (released ones
// too) or agent. conflict: the number is being released.
result<assignment> assign_agent(session& work, const app_environment& env, const actor& who,
                                std::optional<user_id> asked, number_id number, agent_id agent,
                                sms_permissions may, std::string_view request);
// resource_not_found also for an agent that is not connected.
result<void> unassign_agent(session& work, const app_environment& env, const actor& who,
                            std::optional<user_id> asked, number_id number, agent_id agent,
                            std::string_view request);
// Oldest first.
result<std::vector<assignment>> list_assignments(session& work, const actor& who,
                                                 std::optional<user_id> asked, number_id number);

}  // namespace dialplane
