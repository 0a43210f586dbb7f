#include "edge/rest/naive_rendering.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "domain/credits_json.hpp"
#include "edge/rest/json_or_null.hpp"
#include "edge/rest/kept_object.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

json::object capabilities(bool sms_outbound) {
  return {{"voice", false}, {"sms_inbound", true}, {"sms_outbound", sms_outbound}, {"mms", false}};
}

json::array permissions_of(const assignment& link) {
  json::array words;
  if (link.send_sms) words.push_back("send_sms");
  if (link.receive_sms) words.push_back("receive_sms");
  return words;
}

json::value campaign_brief(const std::optional<campaign>& shown) {
  if (!shown) return nullptr;
  return json::object{{"id", shown->id.uuid()},
                      {"status", wire_status(shown->status)},
                      {"eta", text_or_null(review_eta(*shown))}};
}

json::value cartesia_agent(const std::optional<named_agent>& who) {
  if (!who) return nullptr;
  return json::object{{"id", who->id.prefixed()}, {"name", who->name}};
}

// What the request would have been answered, in the dialect it was asked in.
json::value result_of(const approval& row) {
  if (row.status != approval_status::executed) return nullptr;
  const auto outcome = parse_provision_outcome(row.result);
  if (!outcome) return nullptr;
  if (row.asked_through == dialect::naive) return render_provisioned(*outcome);
  const auto& bought = outcome->number;
  return json::object{{"id", bought.id.prefixed()},
                      {"label", text_or_null(bought.label)},
                      {"number", bought.e164},
                      {"agent", cartesia_agent(bought.inbound_agent)},
                      {"created_at", to_rfc3339(bought.created_at)},
                      {"updated_at", to_rfc3339(bought.updated_at)}};
}

json::value failure_of(const approval& row) {
  if (row.status != approval_status::failed) return nullptr;
  const auto failure = failure_in(row.failure);
  if (!failure) return json::object{{"code", "internal_error"}, {"message", "It failed."}};
  return json::object{{"code", name_of(failure->code)}, {"message", failure->message}};
}

json::value resolver_of(const approval& row) {
  if (row.resolved_by_type.empty()) return nullptr;
  return json::object{{"actor_type", row.resolved_by_type},
                      {"actor_id", text_or_null(row.resolved_by_id)}};
}

json::value verification_of(const brand& company) {
  if (!awaits_owner(company)) return nullptr;
  return "pending_otp";
}

// What keeps the company from being verified, by field where one is named.
json::array account_errors(const brand& company) {
  json::array errors;
  for (const finding& each : parse_findings(company.findings)) {
    if (each.severity == finding_severity::warning) continue;
    errors.push_back(json::object{{"field", each.field},
                                  {"message", each.message},
                                  {"type", each.rule.empty() ? "carrier" : "check"}});
  }
  const bool failed = company.stage == brand_stage::failed;
  if (errors.empty() && failed) {
    errors.push_back(json::object{{"field", nullptr},
                                  {"message", company.failure_reason.value_or("")},
                                  {"type", "carrier"}});
  }
  return errors;
}

json::object end_offer(campaign_id id) {
  return {{"campaign_id", id.uuid()}, {"command", "DELETE /v1/campaigns/" + id.uuid()}};
}

json::object readiness_of(const send_readiness& verdict) {
  json::array blockers;
  for (const send_blocker& each : verdict.blockers) {
    blockers.push_back(json::object{{"what", name_of_value(each.what)},
                                    {"reason", each.reason},
                                    {"since", time_or_null(each.since)},
                                    {"next_step", each.next_step}});
  }
  return {{"may_send", verdict.may_send}, {"blockers", std::move(blockers)}};
}

}  // namespace

json::object render_provisioned(const provision_outcome& outcome) {
  const auto& filed = outcome.campaign;
  const bool may_send = false;  // a number just bought is not yet attached to its campaign
  json::value campaign = nullptr;
  if (filed) {
    campaign = json::object{{"id", filed->id.uuid()},
                            {"status", wire_status(filed->status)},
                            {"eta", text_or_null(filed->eta)}};
  }
  json::object shown{
          {"phone", json::object{{"id", outcome.number.id.uuid()},
                                 {"e164", outcome.number.e164},
                                 {"type", name_of(outcome.number.type)},
                                 {"capabilities", capabilities(may_send)},
                                 {"status", "active"}}},
          {"campaign", std::move(campaign)},
          {"credits_used", credits_json(outcome.used)},
          {"credits_remaining", credits_json(outcome.remaining)}};
  // Of a sole proprietor only: the founding answer has exactly the four members above.
  if (outcome.brand_verification) shown["brand_verification"] = *outcome.brand_verification;
  return shown;
}

json::object render_provision_pending(const pending_provision& pending) {
  json::value id = nullptr;
  if (pending.work.number) id = json::value(pending.work.number->uuid());
  return {{"phone", json::object{{"id", std::move(id)},
                                 {"e164", nullptr},
                                 {"type", name_of(pending.type)},
                                 {"capabilities", capabilities(false)},
                                 {"status", "pending"},
                                 {"operation_id", pending.work.id.uuid()}}},
          {"campaign", campaign_brief(pending.filed)},
          {"credits_used", 0},
          {"credits_remaining", credits_json(pending.remaining)}};
}

json::object render_gated(const approval& waiting) {
  return {
      {"status", "pending_approval"},  {"approval_id", waiting.id.uuid()},
      {"action", waiting.action_type}, {"primitive", "phone"},
      {"title", waiting.title},        {"message", "A human must approve this before it runs."}};
}

json::object render_phone_row(const phone_view& phone) {
  const number& row = phone.row;
  json::value matched = nullptr;
  if (!row.e164.empty()) matched = row.area_code_matched();
  json::value campaign = nullptr;
  if (row.campaign) campaign = json::value(row.campaign->uuid());
  json::array agents;
  for (const assignment& link : phone.agents) {
    agents.push_back(
        json::object{{"agent_id", link.agent.uuid()}, {"permissions", permissions_of(link)}});
  }
  json::object shown{
          {"id", row.id.uuid()},
          {"e164", text_or_null(row.e164)},
          {"type", name_of(row.type)},
          {"label", text_or_null(row.label)},
          {"status", name_of_value(row.status)},
          {"capabilities", capabilities(can_send_texts(row, phone.campaign))},
          {"country", "US"},
          {"area_code", text_or_null(row.area_code())},
          {"area_code_matched", std::move(matched)},
          {"campaign_id", std::move(campaign)},
          {"agents", std::move(agents)},
          {"tenant_user_id", row.user.uuid()},
          {"created_at", to_rfc3339(row.created_at)},
          {"updated_at", to_rfc3339(row.updated_at)},
          {"released_at", time_or_null(row.released_at)}};
  if (phone.readiness) shown["send_readiness"] = readiness_of(*phone.readiness);
  if (phone.bought) {
    shown["carrier"] = phone.bought->carrier;
    shown["carrier_price"] = render_carrier_cost(phone.bought->cost);
  }
  return shown;
}

json::value render_carrier_cost(const carrier_cost& cost) {
  if (!cost.monthly_micro_usd) return nullptr;
  return json::object{{"monthly_micro_usd", std::to_string(*cost.monthly_micro_usd)},
                      {"upfront_micro_usd", std::to_string(cost.upfront_micro_usd)},
                      {"estimate", cost.is_estimate}};
}

json::object render_campaign(const campaign& shown, std::int64_t numbers) {
  json::array fields;
  json::array findings;
  for (const finding& each : parse_findings(shown.findings)) {
    fields.push_back(json::value(each.field));
    if (!each.rule.empty()) findings.push_back(render_finding(each));
  }
  json::value offer = nullptr;
  if (numbers == 0 && shown.status != campaign_status::expired) offer = end_offer(shown.id);
  return {{"id", shown.id.uuid()},
          {"status", wire_status(shown.status)},
          {"eta", text_or_null(review_eta(shown))},
          {"kind", name_of_value(shown.kind)},
          {"status_detail", text_or_null(shown.status_detail)},
          {"use_cases", json::array{json::value(shown.use_case)}},
          {"submitted_at", time_or_null(shown.submitted_at)},
          {"approved_at", time_or_null(shown.approved_at)},
          {"rejected_at", time_or_null(shown.rejected_at)},
          {"rejection_reason", text_or_null(shown.rejection_reason)},
          {"fields", std::move(fields)},
          {"findings", std::move(findings)},
          {"numbers", numbers},
          {"tenant_user_id", shown.user.uuid()},
          {"operation_id", shown.operation ? json::value(shown.operation->uuid()) : nullptr},
          {"end_campaign_offer", std::move(offer)},
          {"created_at", to_rfc3339(shown.created_at)},
          {"updated_at", to_rfc3339(shown.updated_at)}};
}

json::object render_campaign_of(const campaign& shown, std::int64_t numbers, const number& of) {
  json::object body = render_campaign(shown, numbers);
  json::value attachment = nullptr;
  json::value reason = nullptr;
  if (shown.kind == campaign_kind::ten_dlc) {
    switch (of.attachment()) {
      case attachment_status::pending: attachment = "attachment_pending"; break;
      case attachment_status::attached: attachment = "attached"; break;
      case attachment_status::failed:
        attachment = "attachment_failed";
        reason = text_or_null(of.attachment_failure);
        break;
    }
    if (of.status == number_status::released) attachment = "detached";
  }
  body["attachment_status"] = std::move(attachment);
  body["attachment_reason"] = std::move(reason);
  return body;
}

json::object render_finding(const finding& found) {
  return {{"rule", found.rule},       {"field", found.field},
          {"severity", name_of_value(found.severity)},
          {"message", found.message}, {"fix", found.fix},
          {"source", found.source}};
}

json::object render_phone_status(const phone_status_view& view) {
  json::value account = nullptr;
  if (view.account) {
    json::array needed;
    for (const std::string& path : view.fields_needed) needed.push_back(json::value(path));
    account = json::object{{"id", view.account->id.uuid()},
                           {"status", name_of_value(account_status_of(view))},
                           {"tier", name_of_value(view.account->tier)},
                           {"brand_status", name_of_value(status_of(view.account->stage))},
                           {"brand_verification", verification_of(*view.account)},
                           {"fields_needed", std::move(needed)},
                           {"errors", account_errors(*view.account)}};
  }
  json::array numbers;
  for (const phone_view& phone : view.numbers) {
    const number& row = phone.row;
    json::object shown{{"id", row.id.uuid()},
                       {"e164", text_or_null(row.e164)},
                       {"type", name_of(row.type)},
                       {"status", name_of_value(row.status)},
                       {"capabilities", capabilities(can_send_texts(row, phone.campaign))}};
    if (phone.readiness) shown["send_readiness"] = readiness_of(*phone.readiness);
    numbers.push_back(std::move(shown));
  }
  return {{"account", std::move(account)},
          {"campaign", campaign_brief(view.campaign)},
          {"numbers", std::move(numbers)},
          {"next_step", name_of_value(next_step_of(view))}};
}

json::object render_assignment(const assignment& link) {
  return {{"phone_id", link.number.uuid()},
          {"agent_id", link.agent.uuid()},
          {"permissions", permissions_of(link)},
          {"created_at", to_rfc3339(link.created_at)}};
}

json::object render_releasing(const release_number_answer& answer) {
  return {{"id", answer.row.id.uuid()},
          {"e164", text_or_null(answer.row.e164)},
          {"status", "releasing"},
          {"released_at", nullptr},
          {"assignments_removed", 0},  // links stay until the carrier has confirmed
          {"end_campaign_offer", nullptr}};
}

json::object render_released(const release_number_answer& answer, const release_outcome& outcome) {
  return {{"id", answer.row.id.uuid()},
          {"e164", text_or_null(answer.row.e164)},
          {"status", "released"},
          {"released_at", to_rfc3339(outcome.released_at)},
          {"assignments_removed", outcome.assignments_removed},
          {"end_campaign_offer",
           outcome.campaign_to_end ? json::value(end_offer(*outcome.campaign_to_end)) : nullptr}};
}

json::object render_approval(const approval& row) {
  const bool open =
      row.status == approval_status::pending || row.status == approval_status::executing;
  json::value resolved_at = nullptr;
  if (!open) resolved_at = time_or_null(row.resolved_at);
  return {{"id", row.id.uuid()},
          {"tenant_user_id", row.user.uuid()},
          {"primitive", "phone"},
          {"action_type", row.action_type},
          {"title", row.title},
          {"status", name_of_value(row.status)},
          {"payload", kept_object(row.shown_request)},
          {"credits_estimate", credits_json(row.quoted_price)},
          {"result", result_of(row)},
          {"error", failure_of(row)},
          {"requested_by_actor_type", row.requested_by_type},
          {"requested_by_actor_id", row.requested_by_id},
          {"resolved_by", resolver_of(row)},
          {"reason", text_or_null(row.reason)},
          {"created_at", to_rfc3339(row.created_at)},
          {"expires_at", to_rfc3339(row.expires_at)},
          {"resolved_at", std::move(resolved_at)}};
}

}  // namespace dialplane
