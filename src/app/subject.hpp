// Whose things a request is about: the path's or header's user, else the key's, else the default.
#pragma once

#include <optional>

#include "domain/organization.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"

namespace dialplane {

// not_found: unknown or deleted user, or not the one the key is bound to. user_suspended.
result<user> find_subject(session& work, const actor& who, std::optional<user_id> asked);

// Which user an agent key may see: its bound one, or nothing (all of the organization).
std::optional<user_id> visible_user(const actor& who, std::optional<user_id> asked);

}  // namespace dialplane
