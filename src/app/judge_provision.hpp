// May this purchase happen, and at what price? Reads, never writes. Inside a unit.
#pragma once

#include <optional>
#include <string>

#include "app/environment.hpp"
#include "app/provision_number.hpp"
#include "domain/agent.hpp"
#include "domain/campaign.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"
#include "workflow/registration/joining.hpp"

namespace dialplane {

error quote_is_over(std::string sentence);

struct judged_provision {
  organization tenant;
  user subject;
  account_kit kit;
  std::optional<agent> connected;
  std::optional<legal_entity> entity;    // naive dialect only
  registration_choice registration;      // naive dialect only: what the number joins
  registration_tier tier = registration_tier::standard;
  number_type type = number_type::local; // asked, or the quote's
  std::string account;                   // the carrier account to begin with
  std::optional<dialplane::quote> quoted;  // the quote it is bought under, good and unused
  number_quote quote;                    // what each part costs
  bool registers_brand = false;          // this is the user's first number
  bool store_ein = false;                // the entity has none yet
  std::string area_code;                 // asked, or the kit's default; empty: no preference
  micro_credits price;                   // what will be held and charged
  bool needs_approval = false;           // the kit gates agents
};

result<judged_provision> judge_provision(session& work, const app_environment& env,
                                         const provision_number_request& request);

// Slots, credits and caps only: judged again when an approval is executed.
std::int64_t slots_of(const business_rules& rules, const organization& tenant);

}  // namespace dialplane
