// The first start on a data directory: an organization with its keys, so that there is somebody to
// ask for something. With --demo also a company and an agent.
//
// One transaction, written only where no organization exists: a kill in between leaves nothing or
// everything, and a later start changes nothing.
#pragma once

#include <optional>
#include <string>

#include "app/environment.hpp"
#include "base/secret.hpp"
#include "server/settings.hpp"

namespace dialplane {

struct first_start_report {
  bool made_now = false;             // else the keys are empty: they were shown long ago
  secret_string operator_key;
  secret_string agent_key;
  std::optional<agent_id> agent;     // the demo's, for the printed requests
};

// Keys an operator wants instead of random ones, from DIALPLANE_OPERATOR_KEY and
// DIALPLANE_AGENT_KEY. Refused: badly shaped, or twice the same.
struct given_keys {
  secret_string operator_key;  // empty: make one
  secret_string agent_key;
};
result<given_keys> read_given_keys(const named_texts& variables);

result<first_start_report> first_start(app_environment& env, const server_settings& settings,
                                       given_keys given);

}  // namespace dialplane
