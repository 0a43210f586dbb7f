// Agents: what answers numbers. Verbs that run inside a unit, with their audit entries.
//
// A key bound to one agent sees and changes only that agent, and makes none. Another organization's
// agent is resource_not_found.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "app/environment.hpp"
#include "base/object_reader.hpp"
#include "domain/agent.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

struct agent_creation {
  std::string name;  // 1 to 64 characters, checked
  std::optional<std::string> description;
  boost::json::object config;  // as asked for; completed by complete_agent_config
  std::optional<std::string> webhook;  // id of an agent webhook; resource_not_found
};

// What is given is changed.
struct agent_change {
  std::optional<std::string> name;
  nullable<std::string> description;
  std::optional<std::string> tts_voice;
  std::optional<std::string> tts_language;
  std::optional<boost::json::object> config;  // merged by merge_agent_config
  nullable<std::string> webhook;              // id of an agent webhook; resource_not_found
};

result<agent> create_agent(session& work, const app_environment& env, const actor& who,
                           agent_creation input, std::string_view request_id);
result<agent> update_agent(session& work, const app_environment& env, const actor& who,
                           agent_id id, agent_change change, std::string_view request_id);
// The numbers it answers become unassigned, its links to numbers for texts end.
result<void> remove_agent(session& work, const app_environment& env, const actor& who, agent_id id,
                          std::string_view request_id);
result<agent> find_agent(session& work, const actor& who, agent_id id);
// Part of the name in `search`, ASCII case ignored; empty: all.
result<page<agent>> list_agents(session& work, const actor& who, const std::string& search,
                                const page_request& cut);
// Not found unless the key may use that agent: one it is bound to, or any if it is not bound.
bool may_use_agent(const actor& who, agent_id id);

}  // namespace dialplane
