// Whether a subject may have phones at all: the first question about every purchase, asked before
// its body is judged (naive dialect §3.4). Runs inside a unit and changes nothing.
#pragma once

#include <optional>

#include "domain/organization.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"

namespace dialplane {

struct phone_access {
  user subject;
  account_kit kit;
};

// As find_subject; primitive_disabled_by_kit.
result<phone_access> find_phone_access(session& work, const actor& who,
                                       std::optional<user_id> asked);

}  // namespace dialplane
