// A frozen request that waits for a human.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/named_enum.hpp"
#include "domain/number.hpp"

namespace dialplane {

// `executing` is between approve and the operation's end.
enum class approval_status { pending, executing, executed, failed, denied, expired };
NAMED_ENUM(approval_status, {approval_status::pending, "pending"},
           {approval_status::executing, "executing"}, {approval_status::executed, "executed"},
           {approval_status::failed, "failed"}, {approval_status::denied, "denied"},
           {approval_status::expired, "expired"});

struct approval {
  approval_id id;
  organization_id organization;
  user_id user;
  std::string action_type = "phone.provision";
  std::string title;
  approval_status status = approval_status::pending;
  std::string sealed_request;        // the frozen request, EIN included
  std::string shown_request;         // JSON for people, EIN masked
  std::array<std::uint8_t, 16> request_hash{};  // key, user and canonical body
  micro_credits quoted_price;
  dialect asked_through = dialect::naive;
  api_key_id requested_by_key;
  std::string requested_by_type;     // "agent"
  std::string requested_by_id;       // agent id where the key is bound to one, else the key's
  std::optional<operation_id> operation;
  std::string result;                // JSON of the dialect's answer once executed
  std::string failure;               // JSON {code, message} once failed
  std::string resolved_by_type;
  std::string resolved_by_id;
  std::optional<std::string> reason;
  bool replayed = false;             // its number was handed to an equal request without a key
  timestamp created_at;
  timestamp expires_at;
  std::optional<timestamp> resolved_at;
};

}  // namespace dialplane
