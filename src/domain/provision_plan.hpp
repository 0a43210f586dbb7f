// What an accepted provision still has to know: the judged request, without secrets, as it is
// kept in its operation. And how any failure is kept.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "domain/agent.hpp"
#include "domain/area_code_policy.hpp"
#include "domain/campaign.hpp"
#include "domain/number.hpp"
#include "domain/plans_and_prices.hpp"
#include "domain/quote.hpp"

namespace dialplane {

struct provision_plan {
  number_type type = number_type::local;
  std::string area_code;                 // empty: no preference
  area_code_policy policy = default_area_code_policy;
  std::optional<std::string> label;
  std::optional<agent_id> agent;
  bool with_campaign = false;            // the naive dialect registers one
  bool registers_brand = false;          // the user's first number
  micro_credits price;                   // all that is held; 0 where the dialect does not charge
  micro_credits brand_fee;               // the part of it held for the brand's filing
  micro_credits campaign_fee;            // and for the campaign's or verification's
  std::string exact;                     // E.164: that number or none; empty: chosen by search
  std::optional<quote_id> quote;         // the quote it is bought under
  std::string only_at;                   // the quote's account; empty: any
  std::string reservation;               // the quote's, at its carrier
  carrier_cost quoted;                   // what the quote promised; its monthly price may be unset
  carrier_cost offered;                  // what the chosen number's offer said
  // An attempt at this account left no answer: whatever it says of a later one, it is asked first
  // whether the lost one has bought something.
  bool answer_lost = false;
  std::optional<error> last_word;        // what it said of the last attempt since, to be acted on
  timestamp asked_after_restore;         // the restore after which every account was asked
  bool routing_failed = false;           // bought, but the carrier would not route it; not stored
};

std::string to_json(const provision_plan& plan);
result<provision_plan> parse_provision_plan(const std::string& json);

// {"error":{"class","code","message","field","hint","details"}}
std::string failure_outcome_json(const error& failure);

}  // namespace dialplane
