// The caps a text is held to and the counters it adds to. Inside a unit.
#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "domain/user.hpp"
#include "store/send_counter_queries.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"
#include "workflow/texts/text_request.hpp"

namespace dialplane {

// The scopes of that text whose caps are not all off.
std::vector<counter_key> counters_of(const text_request& wanted, const send_caps& caps);

// send_cap: the first scope, from the organization on, whose cap one more text would pass.
result<void> judge_caps(session& work, const workflow_environment& env,
                        const text_request& wanted, micro_credits price, bool new_recipient);
// spend_cap_reached: the key's cap per day, or the account kit's per month.
result<void> judge_spending(session& work, const workflow_environment& env,
                            const text_request& wanted, const std::optional<account_kit>& kit,
                            micro_credits price);
result<void> count_towards_caps(session& work, const workflow_environment& env,
                                const text_request& wanted, micro_credits price,
                                bool new_recipient);

}  // namespace dialplane
