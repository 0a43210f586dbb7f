// A quote: one exact number and its price, promised for some minutes to who asked. And what a
// number cost at its carrier, as noted when it was bought.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/number_type.hpp"

namespace dialplane {

// A carrier's own price, in millionths of a US dollar; monthly_micro_usd is nothing where the
// carrier did not tell and has no price list.
struct carrier_cost {
  std::optional<std::int64_t> monthly_micro_usd;
  std::int64_t upfront_micro_usd = 0;
  bool is_estimate = false;  // from the price list
  bool operator==(const carrier_cost&) const = default;
};

// Bound to organization, user and key; used at most once.
struct quote {
  quote_id id;
  organization_id organization;
  user_id user;
  api_key_id key;
  std::string e164;
  number_type type = number_type::local;
  std::string carrier;                    // name of the account that has it for sale
  std::string locality;                   // empty where the carrier does not tell
  std::string region;
  bool texts = false;
  bool media = false;
  bool calls = false;
  micro_credits price;                    // all that the purchase takes, registration included
  micro_credits monthly;                  // from the second month on
  carrier_cost cost;
  std::string reservation;                // the carrier's reference, empty: not held for us
  std::optional<operation_id> used_by;    // the purchase it was used for
  timestamp created_at;
  timestamp expires_at;
};

// One per bought number.
struct number_purchase_record {
  number_id number;
  organization_id organization;
  std::string carrier;
  std::string reference;                  // the carrier's id of the number, where it has one
  carrier_cost cost;
  timestamp bought_at;
};

}  // namespace dialplane
