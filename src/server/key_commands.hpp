// keys create, keys list, keys revoke.
#pragma once

#include "server/local_commands.hpp"

namespace dialplane {

// Options: role (operator, agent), organization, user, agent, expires, spend-cap. The answer is the
// only place where the key's text ever shows.
result<boost::json::object> create_key(local_environment& env, const boost::json::object& options);

// Options: organization. Newest first, at most 1,000.
result<boost::json::object> list_keys(local_environment& env, const boost::json::object& options);

// Options: id, organization (else the key is looked for in all). Revoking twice changes nothing.
result<boost::json::object> revoke_key(local_environment& env, const boost::json::object& options);

// "30d", "12h", "45m", "90s" from now, or a time such as 2027-01-31T00:00:00Z; must lie ahead.
result<timestamp> parse_expiry(std::string_view text, timestamp now);

}  // namespace dialplane
