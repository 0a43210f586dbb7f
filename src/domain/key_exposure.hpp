// What a stolen agent key could spend in one day (UTC), by the rules in force: arithmetic over
// settings, so that an operator can read the worst case before it happens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/money.hpp"
#include "domain/business_rules.hpp"

namespace dialplane {

struct exposure_facts {
  std::int64_t slots = 0;                       // numbers the organization may hold
  std::int64_t users = 1;                       // each registers once, with its first number
  bool purchases_ungated = false;               // some account kit lets agents buy unasked
  std::optional<micro_credits> key_spend_cap;   // of the key in question
};

// A limit and what sets it. Nothing: there is none.
struct exposure_bound {
  std::optional<micro_credits> credits;
  std::string set_by;  // the option or rule: "messaging.caps.agent_credits_per_day"
};

struct key_exposure {
  exposure_bound texts;
  exposure_bound numbers;
  exposure_bound total;
  // What one day of the whole organization may cost in texts.
  std::optional<micro_credits> organization_cap;
  // The claim: all of it is less than one day's cap of the organization.
  bool within_one_day = false;
};

key_exposure exposure_of_agent_key(const business_rules& rules, const exposure_facts& facts);

}  // namespace dialplane
