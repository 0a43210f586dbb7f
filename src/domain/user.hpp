// The organization's own customers (subjects), the policies they live under, and the companies
// that numbers are registered for. Rules: facts in docs of the naive dialect, sections 6, 7, 9.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class user_status { active, suspended, deleted };
NAMED_ENUM(user_status, {user_status::active, "active"}, {user_status::suspended, "suspended"},
           {user_status::deleted, "deleted"});

struct user {
  user_id id;
  organization_id organization;
  std::optional<std::string> external_id;  // unique within the organization
  std::optional<std::string> email;
  std::optional<std::string> label;
  account_kit_id kit;
  boost::json::object metadata;
  user_status status = user_status::active;
  bool is_default = false;
  timestamp created_at;
  std::optional<timestamp> last_active_at;
};

// A policy: which primitives a user has and which actions need a human's approval.
struct account_kit {
  account_kit_id id;
  organization_id organization;
  std::string name;
  std::optional<std::string> description;
  bool is_default = false;
  boost::json::object primitives;   // {"phone": {"enabled": true, "requiresApproval": false}}
  boost::json::object connections;  // kept and shown, not used
  timestamp created_at;
  timestamp updated_at;

  bool phone_enabled() const;             // absent: enabled
  bool phone_provision_needs_approval() const;  // absent: yes (the built-in set gates it)
  std::optional<std::int64_t> phone_max_numbers() const;  // defaults.max_numbers
  std::optional<micro_credits> phone_monthly_credit_limit() const;  // per user and UTC month
  std::optional<std::string> phone_area_code() const;     // defaults.area_code
  // defaults.quiet_hours: marketing texts leave from the first hour on and before the second.
  std::optional<std::pair<int, int>> phone_text_hours() const;
};

enum class formation_status { awaiting_payment, pending, submitted, formation_completed, failed };
NAMED_ENUM(formation_status, {formation_status::awaiting_payment, "awaiting_payment"},
           {formation_status::pending, "pending"}, {formation_status::submitted, "submitted"},
           {formation_status::formation_completed, "formation_completed"},
           {formation_status::failed, "failed"});

// The company behind a user. `record` holds everything a carrier asks for except the EIN, which
// is sealed and kept apart.
struct legal_entity {
  legal_entity_id id;
  organization_id organization;
  user_id user;
  formation_status status = formation_status::pending;
  boost::json::object record;
  std::string sealed_ein;      // empty: none yet
  std::string ein_last_four;   // to show **-***6789 without opening the seal
  timestamp created_at;
  timestamp updated_at;
};

}  // namespace dialplane
