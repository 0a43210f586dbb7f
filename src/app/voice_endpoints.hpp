// Where an agent takes its calls: set, read, taken away. Verbs that run inside a unit, with their
// audit entries. A change holds from the next call on; nothing changes at any carrier.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/environment.hpp"
#include "domain/organization.hpp"
#include "domain/voice_endpoint.hpp"
#include "store/session.hpp"

namespace dialplane {

// Checked already.
struct voice_endpoint_input {
  voice_endpoint_kind kind = voice_endpoint_kind::websocket;
  std::string target;
  std::string username;  // SIP; with a password, or both empty
  std::string password;  // sealed before it is stored; never shown again
};

// Replaces what was there. resource_not_found: no such agent.
result<voice_endpoint> put_voice_endpoint(session& work, const app_environment& env,
                                          const actor& who, agent_id id,
                                          const voice_endpoint_input& input,
                                          std::string_view request);
// resource_not_found: no such agent, or it has none.
result<voice_endpoint> get_voice_endpoint(session& work, const actor& who, agent_id id);
result<void> remove_voice_endpoint(session& work, const app_environment& env, const actor& who,
                                   agent_id id, std::string_view request);

}  // namespace dialplane
