// What a number to be bought is registered under: an existing brand and campaign of its user, or
// new ones. Chosen and paid for with the purchase, begun when the number is there, given back when
// it never came.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "domain/campaign.hpp"
#include "domain/number.hpp"
#include "domain/operation.hpp"
#include "domain/plans_and_prices.hpp"
#include "domain/provision_plan.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

struct registration_choice {
  std::optional<brand> company;    // as stored
  std::optional<campaign> joins;   // as stored; nothing: a new one is made
  filings_due due;                 // what is not paid for yet
};

// Reads, never writes.
result<registration_choice> choose_registration(session& work, user_id subject,
                                                const legal_entity& entity, number_type type,
                                                std::string_view carrier);

// In the accepting unit, after the choice: brand and campaign rows, the number's campaign, and the
// fees held apart from the number's price.
result<void> join_registration(session& work, workflow_environment& env,
                               const registration_choice& choice, const legal_entity& entity,
                               registration_tier tier, const number_quote& quote,
                               number& pending);

// What came of it, for the answer.
struct begun_registration {
  std::optional<campaign> joined;
  std::optional<brand> company;
  micro_credits returned;          // fees given back, because our own check stopped the filing
};

// When the number is there, in the transaction that says so: checks what would be filed, and
// starts whatever is not yet begun. Sets the number's campaign where an older accepting unit left
// it out; the caller writes the number.
result<begun_registration> begin_registration(session& work, workflow_environment& env,
                                              const operation& provision, number& bought);

// When the number never came: what only it needed is given back.
result<void> give_back_registration(session& work, workflow_environment& env,
                                    const operation& provision, const number& never_bought);

}  // namespace dialplane
