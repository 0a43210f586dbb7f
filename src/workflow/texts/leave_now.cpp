// leave_now() of send_guards.hpp: the last look at a text before it goes to the carrier, and its
// share of the campaign's minute and the brand's day.
#include <algorithm>
#include <utility>

#include "domain/rule_tables.hpp"
#include "domain/sms_segments.hpp"
#include "store/send_counter_queries.hpp"
#include "workflow/send_readiness_of.hpp"
#include "workflow/texts/recipient_rules.hpp"
#include "workflow/texts/send_guards.hpp"

namespace dialplane {

namespace {

using wait_until = std::optional<timestamp>;

// Written by no agent and asked for by no key: our confirmation of a STOP, START or HELP.
bool is_ours(const message& waiting) { return !waiting.agent && !waiting.key; }

result<void> judge_again(session& work, const workflow_environment& env, const message& waiting,
                         const number& sender, const recipient_state& to) {
  TRY_ASSIGN(const send_readiness ready, send_readiness_of(work, env, sender));
  for (const send_blocker& each : ready.blockers) {
    // Its credits are held already.
    if (each.what != send_obstacle::credit) {
      return refused(error_code::compliance_pending, each.reason);
    }
  }
  if (is_ours(waiting)) return {};
  if (to.block) return opted_out_refusal(*to.block, env.rules.messaging);
  if (!waiting.agent) return {};
  TRY_ASSIGN(const auto links, work.numbers().assignments_of(sender.organization, sender.id));
  const bool may = std::any_of(links.begin(), links.end(), [&](const assignment& each) {
    return each.agent == *waiting.agent && each.send_sms;
  });
  if (may) return {};
  return refused(error_code::missing_permission,
                 "The agent may no longer send texts from this number.");
}

result<wait_until> wait_for_hours(session& work, const workflow_environment& env,
                                  const message& waiting, const number& sender,
                                  const recipient_state& to,
                                  const std::optional<campaign>& under) {
  const auto purpose = judged_purpose(waiting.purpose, under, to.in_conversation);
  if (is_ours(waiting) || purpose != message_purpose::marketing || to.in_conversation) {
    return wait_until();
  }
  std::optional<std::pair<int, int>> kit_hours;
  TRY_ASSIGN(const auto owner, work.users().find(sender.organization, sender.user));
  if (owner) {
    TRY_ASSIGN(const auto kit, work.users().find_kit(sender.organization, owner->kit));
    if (kit) kit_hours = kit->phone_text_hours();
  }
  return wait_for_day(env, waiting.to, kit_hours);
}

// Takes the text's parts of the brand's day, then of the campaign's minute; both or none.
result<wait_until> take_share(session& work, const workflow_environment& env,
                              const message& waiting, const number& sender,
                              const std::optional<campaign>& under) {
  const messaging_rules& rules = env.rules.messaging;
  const throughput_class* limits = rules.tables->throughput.find(rules.throughput);
  if (limits == nullptr) return internal_fault("the throughput class is not in the table");
  if (limits->parts_per_minute == 0 && limits->parts_per_day == 0) return wait_until();
  const timestamp now = env.time.now();
  const std::int64_t parts = measure_sms(waiting.body).parts;
  auto& counters = work.send_counters();
  const uuid_bytes& campaign_row = under ? under->id.bytes : sender.id.bytes;
  // A brand is its user's, so a campaign without one is counted by the user.
  const uuid_bytes& brand_row = under && under->brand ? under->brand->bytes : sender.user.bytes;
  const bool has_day = under && under->kind == campaign_kind::ten_dlc;
  pace_state day;
  if (has_day) {
    TRY_ASSIGN(day, counters.pace_of(sender.organization, brand_row));
    if (const auto later = take_of_day(day, *limits, parts, now)) return wait_until(later);
  }
  TRY_ASSIGN(pace_state pace, counters.pace_of(sender.organization, campaign_row));
  const auto later =
      take_of_minute(pace, *limits, parts, waiting.queued_until.has_value(), now);
  TRY(counters.put_pace(sender.organization, campaign_row, pace));
  if (later) return wait_until(later);
  if (has_day) TRY(counters.put_pace(sender.organization, brand_row, day));
  return wait_until();
}

}  // namespace

result<std::optional<timestamp>> leave_now(session& work, const workflow_environment& env,
                                           const message& waiting) {
  TRY_ASSIGN(const auto sender, work.numbers().find(waiting.organization, waiting.number));
  if (!sender || sender->status != number_status::active) {
    return refused(error_code::conflict, "The number is not active any more.");
  }
  TRY_ASSIGN(const recipient_state to, read_recipient(work, env, *sender, waiting.to));
  TRY(judge_again(work, env, waiting, *sender, to));
  TRY_ASSIGN(const auto under, campaign_of(work, *sender));
  TRY_ASSIGN(const wait_until day, wait_for_hours(work, env, waiting, *sender, to, under));
  if (day) return day;
  return take_share(work, env, waiting, *sender, under);
}

}  // namespace dialplane
