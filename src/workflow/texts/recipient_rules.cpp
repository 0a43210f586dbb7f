#include "workflow/texts/recipient_rules.hpp"

#include <algorithm>

#include "domain/rule_tables.hpp"
#include "store/contact_queries.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::hours conversation{72};

}  // namespace

bool reaches(const opt_out& told, const number& sender, opt_out_scope scope) noexcept {
  if (told.number == number_id{}) return true;  // every number
  switch (scope) {
    case opt_out_scope::user: return true;
    case opt_out_scope::campaign:
      return told.number == sender.id || (told.campaign && told.campaign == sender.campaign);
    case opt_out_scope::number: break;
  }
  return told.number == sender.id;
}

result<recipient_state> read_recipient(session& work, const workflow_environment& env,
                                       const number& sender, std::string_view recipient) {
  recipient_state state;
  TRY_ASSIGN(state.known, work.contacts().find(sender.organization, sender.user, recipient));
  if (!state.known) return state;
  state.is_new = !state.known->first_sent_at && !state.known->last_inbound_at;
  state.in_conversation = state.known->last_inbound_at &&
                          env.time.now() - *state.known->last_inbound_at <= conversation;
  if (!state.known->opted_out_at) return state;
  TRY_ASSIGN(const auto blocks,
             work.contacts().opt_outs_of(sender.organization, sender.user, recipient));
  const auto found = std::find_if(blocks.begin(), blocks.end(), [&](const opt_out& each) {
    return reaches(each, sender, env.rules.messaging.opt_outs);
  });
  if (found != blocks.end()) state.block = *found;
  return state;
}

result<std::optional<campaign>> campaign_of(session& work, const number& sender) {
  if (!sender.campaign) return std::optional<campaign>();
  return work.campaigns().find(sender.organization, *sender.campaign);
}

message_purpose judged_purpose(message_purpose said, const std::optional<campaign>& under,
                               bool in_conversation) noexcept {
  const bool markets = under && under->use_case == "marketing";
  if (said == message_purpose::conversational && markets && !in_conversation) {
    return message_purpose::marketing;
  }
  return said;
}

error opted_out_refusal(const opt_out& block, const messaging_rules& rules) {
  error refusal = bad_field(
      "to",
      block.source == opt_out_source::free_text
          ? "The recipient seems to have taken back their consent to texts."
          : "The recipient has opted out of texts.",
      error_code::recipient_opted_out);
  refusal.hint = block.source == opt_out_source::free_text
                     ? "An operator may look at what they wrote and lift the block."
                     : "They can text START to get texts again.";
  refusal.details["opted_out_at"] = to_rfc3339(block.at);
  refusal.details["source"] = name_of_value(block.source);
  refusal.details["rules_version"] = rules.tables->version;
  return refusal;
}

std::optional<timestamp> wait_for_day(const workflow_environment& env, std::string_view recipient,
                                      const std::optional<std::pair<int, int>>& kit_hours) {
  if (!env.rules.messaging.quiet_hours) return std::nullopt;
  const result<e164> number = e164::parse(recipient);
  if (!number) return std::nullopt;
  std::optional<hour_window> narrower;
  if (kit_hours) narrower = hour_window{kit_hours->first, kit_hours->second};
  const rule_tables& tables = *env.rules.messaging.tables;
  return next_allowed_time(tables.quiet_hours, tables.time_zones, *number, env.time.now(),
                           narrower);
}

}  // namespace dialplane
