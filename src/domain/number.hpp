// A phone number we own at a carrier, and the agents connected to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/campaign.hpp"
#include "domain/named_enum.hpp"
#include "domain/plans_and_prices.hpp"

namespace dialplane {

// The two founding wire contracts.
enum class dialect { cartesia, naive };
NAMED_ENUM(dialect, {dialect::cartesia, "cartesia"}, {dialect::naive, "naive"});

enum class number_status { pending, active, suspended, releasing, released };
NAMED_ENUM(number_status, {number_status::pending, "pending"}, {number_status::active, "active"},
           {number_status::suspended, "suspended"}, {number_status::releasing, "releasing"},
           {number_status::released, "released"});

struct number {
  number_id id;
  organization_id organization;
  user_id user;
  number_status status = number_status::pending;
  number_type type = number_type::local;
  dialect bought_through = dialect::naive;
  std::string e164;                        // empty while the purchase is pending
  std::optional<std::string> label;
  std::string area_code_asked;             // empty: no preference was given
  std::optional<agent_id> inbound_agent;   // answers calls; at most one
  std::optional<campaign_id> campaign;
  bool campaign_attached = false;
  std::optional<std::string> attachment_failure;  // why the last try failed; it is tried again
  std::optional<timestamp> attachment_since;      // of the present state of the attachment
  std::string carrier;                     // name of the carrier account it lives at
  std::string mark;                        // what the carrier keeps with it
  bool routing_set = false;
  bool locked = false;                     // release needs the operator
  bool imported = false;                   // was at the carrier before us: given up, not released
  std::string carrier_reference;           // the carrier's id of it, where known
  std::optional<operation_id> release_operation;
  timestamp created_at;
  timestamp updated_at;
  std::optional<timestamp> released_at;

  bool operator==(const number&) const = default;
  std::string area_code() const;     // of the number really bought; empty while pending
  bool area_code_matched() const;    // true when none was asked for
  // Of a number with a campaign.
  attachment_status attachment() const noexcept;
};

// An agent's right to use a number for texts (many per number).
struct assignment {
  organization_id organization;
  number_id number;
  agent_id agent;
  bool send_sms = true;
  bool receive_sms = true;
  timestamp created_at;
};

}  // namespace dialplane
