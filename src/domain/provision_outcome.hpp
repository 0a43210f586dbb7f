// How a provision ended: the snapshot that is kept as JSON in the operation or the approval
// (failures are written by failure_outcome_json, provision_plan.hpp). Answers are rendered from
// nothing else, so a repeated request gets the same bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/agent.hpp"
#include "domain/campaign.hpp"
#include "domain/number.hpp"
#include "domain/operation.hpp"

namespace dialplane {

struct named_agent {
  agent_id id;
  std::string name;
};

struct provision_outcome {
  struct number_part {
    number_id id;
    std::string e164;
    number_type type = number_type::local;
    std::optional<std::string> label;
    std::string area_code_asked;
    std::optional<named_agent> agent;
    std::optional<named_agent> inbound_agent;
    timestamp created_at;
    timestamp updated_at;
  };
  struct campaign_part {
    campaign_id id;
    campaign_status status = campaign_status::created;
    campaign_kind kind = campaign_kind::ten_dlc;
    std::optional<std::string> eta;
  };

  number_part number;
  std::optional<campaign_part> campaign;
  std::optional<std::string> brand_verification;  // "pending_otp", of a sole proprietor
  micro_credits used;
  micro_credits remaining;  // at the moment it ended
};

// What was true when it ended; what text it became says the same when it is read again.
provision_outcome outcome_of_provision(const number& bought, const std::optional<agent>& connected,
                                       const std::optional<campaign>& filed,
                                       const std::optional<brand>& company, micro_credits used,
                                       micro_credits remaining);
// {"number":…,"campaign":…|null,"brand_verification":"pending_otp"|null,"credits_used_micro":…,
// "credits_remaining_micro":…}
std::string to_json(const provision_outcome& outcome);
// The error it ended with, if it failed; internal_fault for a text that is neither.
result<provision_outcome> parse_provision_outcome(std::string_view json);

// The same of an operation that ended, not parsed where it is at hand.
result<std::shared_ptr<const provision_outcome>> outcome_of(const operation& ended);

// How a release ended: {"released_at","assignments_removed","campaign_to_end"}.
struct release_outcome {
  timestamp released_at;
  std::int64_t assignments_removed = 0;
  std::optional<campaign_id> campaign_to_end;  // this was its last number
};
result<release_outcome> parse_release_outcome(std::string_view json);

// The error in a failure outcome. Nothing in a success.
std::optional<error> failure_in(std::string_view json);

}  // namespace dialplane
