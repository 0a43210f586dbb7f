// The tenant and its keys: who may ask for what.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

struct organization {
  organization_id id;
  std::string name;
  std::string plan;                          // a row of the plan table: "scale"
  std::optional<std::int64_t> slots_override;  // number slots instead of the plan's
  timestamp created_at;
};

enum class key_role { operator_key, agent_key };
NAMED_ENUM(key_role, {key_role::operator_key, "operator"}, {key_role::agent_key, "agent"});

// Only the SHA-256 of the key is kept; the text is shown once, when it is made.
struct api_key {
  api_key_id id;
  organization_id organization;
  key_role role = key_role::agent_key;
  std::array<std::uint8_t, 32> hash{};
  std::string hint;                        // "nv_sk_live_…a1b2", to recognise it in lists
  std::optional<user_id> user;             // bound to this user's things
  std::optional<agent_id> agent;           // acts for this agent
  std::optional<micro_credits> spend_cap_per_day;
  std::optional<timestamp> expires_at;
  std::optional<timestamp> revoked_at;
  timestamp created_at;
};

// Who is asking, as far as every use case needs to know.
struct actor {
  organization_id organization;
  api_key_id key;
  key_role role = key_role::agent_key;
  std::optional<user_id> user;    // the key's binding
  std::optional<agent_id> agent;  // the key's binding
  bool is_operator() const { return role == key_role::operator_key; }
};

// What a key has spent on one day (UTC), for its caps.
struct key_day_usage {
  std::int64_t purchases = 0;
  micro_credits spent;

  key_day_usage& operator+=(const key_day_usage& more) {
    purchases += more.purchases;
    spent = spent + more.spent;
    return *this;
  }
};

}  // namespace dialplane
