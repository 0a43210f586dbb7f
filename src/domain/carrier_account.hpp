// An account at a carrier as it is kept here: whose it is, its sealed credentials, and what is
// known about its worth now. Also what an imported number's routing was before us.
//
// The installation's own accounts sell numbers to everybody; one that an organization brought only
// holds numbers it imported. Plain records; nothing here opens or asks an account.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class carrier_account_state {
  active,
  credentials_rejected,  // wrong or revoked: until new ones are given
  out_of_funds,          // until a check finds some
  unusable,              // this program cannot open it
  removed_with_numbers,  // taken away while numbers still lived there
};
NAMED_ENUM(carrier_account_state, {carrier_account_state::active, "active"},
           {carrier_account_state::credentials_rejected, "credentials_rejected"},
           {carrier_account_state::out_of_funds, "out_of_funds"},
           {carrier_account_state::unusable, "unusable"},
           {carrier_account_state::removed_with_numbers, "removed_with_numbers"});

struct carrier_account {
  carrier_account_id id;
  std::string name;                        // unique in the installation; numbers name it
  std::string kind;                        // which carrier
  std::optional<organization_id> organization;  // who brought it; nobody: the installation's
  std::optional<std::string> label;
  std::string sealed_credentials;          // a JSON object of texts
  std::string sealed_webhook_token;        // part of its webhook addresses where nothing is signed
  boost::json::object shown;               // credentials that are no secrets
  boost::json::object options;             // texts
  std::string place;                       // which account it is at the carrier; empty: not known
  std::int64_t preference = 0;             // lower buys first
  carrier_account_state state = carrier_account_state::active;
  std::string state_detail;                // what the carrier said, or how many numbers
  timestamp state_since;
  timestamp created_at;
  timestamp updated_at;
};

// The kind of a SIP trunk that an organization brought: kept and shown, operated by nothing yet.
// Its `options` hold `inbound` and `outbound`, its credentials their passwords.
inline constexpr std::string_view trunk_kind = "sip_trunk";

inline constexpr std::string_view credentials_purpose = "carrier_credentials";
inline constexpr std::string_view webhook_token_purpose = "carrier_webhook_token";
inline constexpr std::string_view old_routing_purpose = "imported_number_routing";

// One sentence for the operator: what the state means and what leads out of it.
std::string sentence_of(const carrier_account& account);

// 1 to 40 of a-z, 0-9 and hyphens, a letter first: it is part of addresses.
bool is_account_name(std::string_view name) noexcept;

// The routing a number had when it was imported; put back when it is given up.
struct imported_number {
  organization_id organization;
  number_id number;
  std::string sealed_routing;              // a JSON object in the carrier's words
  timestamp taken_at;
  // While it moves to another account: the operation that moves it, and the routing it had there,
  // which is the old one from the end of the move on; empty: it keeps what it has.
  std::optional<operation_id> moved_by = {};
  std::string sealed_next = {};
};

}  // namespace dialplane
