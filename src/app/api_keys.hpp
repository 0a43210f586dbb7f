// API keys: making them, ending them, and telling a key who it is. Over HTTP and at the machine
// (`dialplane keys …`) the same code.
//
// All run inside a unit and write the audit log with what they change. A key's text leaves here
// once, with the key just made; only its hash is stored. Whoever ends a key must tell those who
// remember it (edge/rest/authenticator.hpp), once the unit is committed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/environment.hpp"
#include "base/secret.hpp"
#include "domain/agent.hpp"
#include "domain/organization.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"

namespace dialplane {

// Who changes keys, where and when.
struct key_change {
  organization_id organization;
  std::optional<api_key_id> by;  // an operator key; none: the operator at the machine
  std::string_view request_id;   // empty at the machine
  id_generator& ids;
  timestamp now;
};

struct key_wish {
  key_role role = key_role::agent_key;
  std::optional<user_id> user;    // agent keys only, as the next
  std::optional<agent_id> agent;
  std::optional<timestamp> expires_at;
  std::optional<micro_credits> spend_cap_per_day;
};

struct made_key {
  api_key row;
  secret_string text;
};

// invalid_input: an operator key with a binding, an expiry that has passed. not_found: no such user
// or agent in the organization.
result<made_key> make_api_key(session& work, const key_change& change, random_source& random,
                              const key_wish& wish);

// Ending a key twice changes nothing. not_found: none of the organization's. conflict: the key that
// asks, or the last operator key that works: nobody could make another over HTTP.
result<api_key> end_api_key(session& work, const key_change& change, api_key_id id);

// What a key may do, in words: "use" (buy, text, read), "approve", "manage".
std::vector<std::string_view> scopes_of(key_role role, const business_rules& rules);

struct key_identity {
  api_key row;
  organization owner;
  std::optional<user> bound_user;
  std::optional<agent> bound_agent;
  key_day_usage today;  // since midnight UTC
};

result<key_identity> identify_key(session& work, const app_environment& env, const actor& who);

}  // namespace dialplane
