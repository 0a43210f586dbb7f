// What every organization begins with: the row, an open default kit, a default user, its starting
// credits, one operator key and one agent key. Inside a unit, so that it is all there or nothing.
#pragma once

#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/secret.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

struct organization_wish {
  std::string name;  // 1 to 100 characters
  std::string plan;  // a plan's name
  std::optional<std::int64_t> slots_override;
  micro_credits credits;
  secret_string operator_key;
  secret_string agent_key;
};

struct founded_organization {
  organization row;
  api_key operator_key;
  api_key agent_key;
  user_id default_user;
};

result<founded_organization> found_organization(session& work, id_generator& ids, timestamp now,
                                                const organization_wish& wish);

// An audit entry of an act at the command line or of the program itself.
result<void> record_local_act(session& work, id_generator& ids, timestamp now,
                              organization_id owner, std::string_view actor_type,
                              std::string_view action, std::string_view object);

}  // namespace dialplane
