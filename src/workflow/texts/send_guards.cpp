#include "workflow/texts/send_guards.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "base/utf8.hpp"
#include "domain/credit_packs.hpp"
#include "domain/credits_json.hpp"
#include "domain/destinations.hpp"
#include "domain/rule_tables.hpp"
#include "domain/sms_segments.hpp"
#include "store/contact_queries.hpp"
#include "workflow/send_readiness_of.hpp"
#include "workflow/texts/cap_counters.hpp"
#include "workflow/texts/recipient_rules.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t body_characters_max = 1'600;

bool is_ours(const text_request& wanted) { return wanted.origin == text_origin::confirmation; }

result<text_permit> measure(const workflow_environment& env, const text_request& wanted) {
  const messaging_rules& rules = env.rules.messaging;
  if (wanted.body.empty() && wanted.media_urls.empty()) {
    return bad_field("body", "body must not be empty.");
  }
  const sms_size size = measure_sms(wanted.body);
  if (count_code_points(wanted.body) > body_characters_max || size.parts > rules.segments_max) {
    return bad_field("body", "body must have at most 1600 characters and fit " +
                                 std::to_string(rules.segments_max) + " segments; it needs " +
                                 std::to_string(size.parts) + ".");
  }
  text_permit permit;
  permit.rules_version = rules.tables->version;
  permit.unicode = size.unicode;
  permit.segments = billed_segments(wanted.body, rules.segments);
  if (!is_ours(wanted)) {
    permit.price = {env.rules.prices.outbound_sms_segment.value * permit.segments};
  }
  return permit;
}

error not_ready(const send_blocker& first, const std::vector<send_blocker>& all) {
  if (first.what == send_obstacle::number) {
    return conflicting(error_code::conflict, first.reason);
  }
  error refusal = refused(first.what == send_obstacle::rental ? error_code::rental_unpaid
                                                              : error_code::compliance_pending,
                          first.reason);
  refusal.hint = first.next_step;
  json::array blockers;
  for (const send_blocker& each : all) {
    blockers.push_back(json::object{
        {"what", name_of_value(each.what)},
        {"reason", each.reason},
        {"since", each.since ? json::value(to_rfc3339(*each.since)) : json::value()},
        {"next_step", each.next_step}});
  }
  refusal.details["blockers"] = std::move(blockers);
  return refusal;
}

// Whether carriers let the number text at all. Credit is judged by the price, further down.
result<void> judge_clearance(session& work, const workflow_environment& env,
                             const number& sender) {
  TRY_ASSIGN(const send_readiness ready, send_readiness_of(work, env, sender));
  for (const send_blocker& each : ready.blockers) {
    if (each.what != send_obstacle::credit) return not_ready(each, ready.blockers);
  }
  return {};
}

error may_not_send() {
  error refusal =
      refused(error_code::missing_permission, "The agent may not send texts from this number.");
  refusal.hint = "An operator connects it with send_sms: POST /v1/phone/{id}/assign.";
  refusal.details["permission"] = "send_sms";
  return refusal;
}

result<void> judge_agent(session& work, const number& sender,
                         const std::optional<agent_id>& agent) {
  if (!agent) return {};
  TRY_ASSIGN(const auto links, work.numbers().assignments_of(sender.organization, sender.id));
  const bool may = std::any_of(links.begin(), links.end(), [&](const assignment& each) {
    return each.agent == *agent && each.send_sms;
  });
  if (!may) return may_not_send();
  return {};
}

// The user's account kit, or a refusal by it.
result<std::optional<account_kit>> judge_user(session& work, const number& sender) {
  TRY_ASSIGN(const auto owner, work.users().find(sender.organization, sender.user));
  if (!owner) return std::optional<account_kit>();
  if (owner->status == user_status::suspended) {
    return refused(error_code::user_suspended, "This user is suspended.");
  }
  TRY_ASSIGN(auto kit, work.users().find_kit(sender.organization, owner->kit));
  if (kit && !kit->phone_enabled()) {
    error refusal =
        refused(error_code::primitive_disabled_by_kit,
                "Not allowed by AccountKit \"" + kit->name + "\": primitive_disabled_by_kit");
    refusal.details = json::object{{"primitive", "phone"}};
    return refusal;
  }
  return kit;
}

result<void> judge_where(const workflow_environment& env, const text_request& wanted) {
  const messaging_rules& rules = env.rules.messaging;
  // Exchange 555 belongs to the built-in carrier on both ends.
  const result<e164> sender = e164::parse(wanted.sender.e164);
  const bool fictitious = sender && sender->exchange() == "555";
  auto wrong = judge_destination(wanted.recipient, rules.countries, rules.tables->refused_prefixes,
                                 fictitious);
  if (!wrong) return {};
  error refusal = destination_refused(*wrong);
  refusal.details["rules_version"] = rules.tables->version;
  return refusal;
}

error consent_missing(const messaging_rules& rules, bool marketing) {
  error refusal = refused(error_code::consent_required,
                          marketing ? "A marketing text needs the recipient's consent on record."
                                    : "A first text needs the recipient's consent on record.");
  refusal.field = "to";
  refusal.hint =
      "Record it with PUT /v1/contacts/{e164}/consent, or attest it in the request's consent.";
  refusal.details["rules_version"] = rules.tables->version;
  return refusal;
}

result<void> judge_consent(session& work, const workflow_environment& env,
                           const text_request& wanted, const recipient_state& to,
                           const std::optional<campaign>& under, message_purpose purpose) {
  const consent_rule rule = env.rules.messaging.consent;
  if (rule == consent_rule::off || is_ours(wanted) || to.in_conversation) return {};
  const bool marketing = purpose == message_purpose::marketing;
  const bool first_text_counts =
      rule == consent_rule::all || (under && under->use_case == "marketing");
  if (!marketing && !(first_text_counts && to.is_new)) return {};
  if (wanted.consent) return {};
  constexpr std::size_t looked_at = 100;
  TRY_ASSIGN(const auto records,
             work.contacts().consents_of(wanted.sender.organization, wanted.sender.user,
                                         wanted.recipient.text(), looked_at));
  const bool given = std::any_of(records.begin(), records.end(), [&](const consent& each) {
    return !each.campaign || each.campaign == wanted.sender.campaign;
  });
  if (!given) return consent_missing(env.rules.messaging, marketing);
  return {};
}

// Marketing outside the recipient's day: refused, or put off where that was asked for.
result<void> judge_hours(const workflow_environment& env, const text_request& wanted,
                         const recipient_state& to, message_purpose purpose,
                         const std::optional<account_kit>& kit, text_permit& permit) {
  if (purpose != message_purpose::marketing || to.in_conversation) return {};
  const auto opens = wait_for_day(env, wanted.recipient.text(),
                                  kit ? kit->phone_text_hours() : std::nullopt);
  if (!opens) return {};
  if (wanted.queue_in_quiet_hours) {
    permit.not_before = *opens;
    return {};
  }
  error refusal = refused(error_code::quiet_hours,
                          "It is too early or too late for marketing where the recipient is.");
  refusal.hint = "Send it then, or set queue to true to have it wait.";
  refusal.details["next_allowed_at"] = to_rfc3339(*opens);
  refusal.details["rules_version"] = env.rules.messaging.tables->version;
  return refusal;
}

result<void> judge_credit(session& work, const number& sender, micro_credits price) {
  if (price.value == 0) return {};
  TRY_ASSIGN(const ledger_balances balances, work.ledger().balances(sender.organization));
  if (balances.available >= price) return {};
  error refusal = refused(error_code::insufficient_credits,
                          "This needs " + to_decimal(price) + " credits, " +
                              to_decimal(balances.available) + " are available.");
  refusal.hint = "Top up with POST /v1/billing/topup.";
  refusal.details = json::object{{"required", credits_json(price)},
                                 {"balance", credits_json(balances.available)},
                                 {"packs", credit_packs_json()}};
  return refusal;
}

// What an attestation says is kept, once per wording.
result<void> keep_attested_consent(session& work, const workflow_environment& env,
                                   const text_request& wanted) {
  const number& sender = wanted.sender;
  TRY_ASSIGN(const auto last, work.contacts().consents_of(sender.organization, sender.user,
                                                          wanted.recipient.text(), 1));
  constexpr std::string_view method = "attested";
  if (!last.empty() && last.front().method == method && last.front().wording == *wanted.consent &&
      last.front().campaign == sender.campaign) {
    return {};
  }
  consent row;
  row.id = env.ids.next();
  row.organization = sender.organization;
  row.user = sender.user;
  row.e164 = wanted.recipient.str();
  row.method = method;
  row.wording = *wanted.consent;
  row.identifier = wanted.request_id;
  row.campaign = sender.campaign;
  row.recorded_by = wanted.key;
  row.at = row.recorded_at = env.time.now();
  return work.contacts().add_consent(row);
}

}  // namespace

result<text_permit> judge_text(session& work, const workflow_environment& env,
                               const text_request& wanted) {
  TRY_ASSIGN(text_permit permit, measure(env, wanted));
  TRY(judge_clearance(work, env, wanted.sender));
  std::optional<account_kit> kit;
  if (!is_ours(wanted)) {
    TRY_ASSIGN(kit, judge_user(work, wanted.sender));
    if (!wanted.by_operator) TRY(judge_agent(work, wanted.sender, wanted.agent));
  }
  TRY(judge_where(env, wanted));
  TRY_ASSIGN(const recipient_state to,
             read_recipient(work, env, wanted.sender, wanted.recipient.text()));
  // The one confirmation of an opt-out goes to somebody who has just opted out.
  if (to.block && !is_ours(wanted)) return opted_out_refusal(*to.block, env.rules.messaging);
  permit.new_recipient = to.is_new;
  TRY_ASSIGN(const auto under, campaign_of(work, wanted.sender));
  const message_purpose purpose = judged_purpose(wanted.purpose, under, to.in_conversation);
  TRY(judge_consent(work, env, wanted, to, under, purpose));
  if (!is_ours(wanted)) TRY(judge_hours(env, wanted, to, purpose, kit, permit));
  TRY(judge_caps(work, env, wanted, permit.price, permit.new_recipient));
  TRY(judge_spending(work, env, wanted, kit, permit.price));
  TRY(judge_credit(work, wanted.sender, permit.price));
  return permit;
}

result<void> count_text(session& work, const workflow_environment& env,
                        const text_request& wanted, const text_permit& permit) {
  const number& sender = wanted.sender;
  const timestamp now = env.time.now();
  if (wanted.consent) TRY(keep_attested_consent(work, env, wanted));
  TRY_ASSIGN(auto known,
             work.contacts().find(sender.organization, sender.user, wanted.recipient.text()));
  if (!known || !known->first_sent_at) {
    contact row = known.value_or(contact{});
    if (!known) {
      row.id = env.ids.make<contact_id>();
      row.organization = sender.organization;
      row.user = sender.user;
      row.e164 = wanted.recipient.str();
      row.created_at = now;
    }
    row.first_sent_at = row.updated_at = now;
    TRY(work.contacts().put(row));
  }
  return count_towards_caps(work, env, wanted, permit.price, permit.new_recipient);
}

}  // namespace dialplane
