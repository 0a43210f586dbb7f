// What is known about whoever a text is for, as far as guards need it: the contact, an opt-out that
// reaches the sender, and whether the two are in a conversation. Inside a unit; changes nothing.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/campaign.hpp"
#include "domain/contact.hpp"
#include "domain/message.hpp"
#include "domain/messaging_rules.hpp"
#include "domain/number.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

struct recipient_state {
  std::optional<contact> known;
  std::optional<opt_out> block;   // in the scope in force
  bool in_conversation = false;   // wrote within the last 72 hours
  bool is_new = true;             // neither texted before nor heard from
};

result<recipient_state> read_recipient(session& work, const workflow_environment& env,
                                       const number& sender, std::string_view recipient);

// Does that opt-out reach texts from `sender`?
bool reaches(const opt_out& told, const number& sender, opt_out_scope scope) noexcept;

// The campaign a number texts under, if any.
result<std::optional<campaign>> campaign_of(session& work, const number& sender);

// What a text counts as: under a marketing campaign everything is marketing but answers in a
// conversation and one-time codes, whatever the sender calls it.
message_purpose judged_purpose(message_purpose said, const std::optional<campaign>& under,
                               bool in_conversation) noexcept;

// recipient_opted_out, with when and how.
error opted_out_refusal(const opt_out& block, const messaging_rules& rules);

// Marketing has hours: nothing if it may leave now, else when. `kit_hours`: the account kit's.
std::optional<timestamp> wait_for_day(const workflow_environment& env, std::string_view recipient,
                                      const std::optional<std::pair<int, int>>& kit_hours);

}  // namespace dialplane
