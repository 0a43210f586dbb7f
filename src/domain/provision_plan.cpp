#include "domain/provision_plan.hpp"

#include <boost/json.hpp>

#include "domain/stored_error.hpp"

namespace dialplane {

namespace json = boost::json;

namespace {

// Left out where nothing was told.
void put_cost(json::object& into, std::string_view name, const carrier_cost& cost) {
  if (!cost.monthly_micro_usd) return;
  into[name] = json::object{{"monthly", *cost.monthly_micro_usd},
                            {"upfront", cost.upfront_micro_usd},
                            {"estimate", cost.is_estimate}};
}

}  // namespace

std::string to_json(const provision_plan& plan) {
  json::object text{{"type", name_of(plan.type)},
                    {"area_code", plan.area_code},
                    {"policy", name_of(plan.policy)},
                    {"with_campaign", plan.with_campaign},
                    {"registers_brand", plan.registers_brand},
                    {"price_micro", plan.price.value},
                    {"brand_fee_micro", plan.brand_fee.value},
                    {"campaign_fee_micro", plan.campaign_fee.value}};
  if (plan.label) text["label"] = *plan.label;
  if (plan.agent) text["agent"] = plan.agent->uuid();
  if (!plan.exact.empty()) text["exact"] = plan.exact;
  if (plan.quote) text["quote"] = plan.quote->uuid();
  if (!plan.only_at.empty()) text["only_at"] = plan.only_at;
  if (!plan.reservation.empty()) text["reservation"] = plan.reservation;
  put_cost(text, "quoted", plan.quoted);
  put_cost(text, "offered", plan.offered);
  if (plan.answer_lost) text["answer_lost"] = true;
  if (plan.last_word) text["last_word"] = error_to_json(*plan.last_word);
  if (plan.asked_after_restore.unix_ms != 0) {
    text["asked_after_restore"] = plan.asked_after_restore.unix_ms;
  }
  return json::serialize(text);
}

namespace {

std::string text_member(const json::object& from, std::string_view name) {
  const json::value* member = from.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : "";
}

micro_credits amount_member(const json::object& from, std::string_view name) {
  const json::value* member = from.if_contains(name);
  return {member != nullptr && member->is_int64() ? member->get_int64() : 0};
}

bool flag_member(const json::object& from, std::string_view name) {
  const json::value* member = from.if_contains(name);
  return member != nullptr && member->is_bool() && member->get_bool();
}

carrier_cost cost_member(const json::object& from, std::string_view name) {
  carrier_cost cost;
  const json::value* member = from.if_contains(name);
  const json::object* parts = member != nullptr ? member->if_object() : nullptr;
  if (parts == nullptr) return cost;
  cost.monthly_micro_usd = amount_member(*parts, "monthly").value;
  cost.upfront_micro_usd = amount_member(*parts, "upfront").value;
  cost.is_estimate = flag_member(*parts, "estimate");
  return cost;
}

}  // namespace

result<provision_plan> parse_provision_plan(const std::string& text) {
  boost::system::error_code failure;
  const json::value parsed = json::parse(text, failure);
  if (failure || !parsed.is_object()) return internal_fault("stored provision plan is not JSON");
  const json::object& from = parsed.get_object();
  const auto type = parse_number_type(text_member(from, "type"));
  const auto policy = parse_area_code_policy(text_member(from, "policy"));
  const json::value* price = from.if_contains("price_micro");
  if (!type || !policy || price == nullptr || !price->is_int64()) {
    return internal_fault("stored provision plan lacks a member");
  }
  provision_plan plan;
  plan.type = *type;
  plan.policy = *policy;
  plan.area_code = text_member(from, "area_code");
  plan.with_campaign = flag_member(from, "with_campaign");
  plan.registers_brand = flag_member(from, "registers_brand");
  plan.price = micro_credits{price->get_int64()};
  plan.brand_fee = amount_member(from, "brand_fee_micro");
  plan.campaign_fee = amount_member(from, "campaign_fee_micro");
  plan.exact = text_member(from, "exact");
  plan.only_at = text_member(from, "only_at");
  plan.reservation = text_member(from, "reservation");
  plan.quoted = cost_member(from, "quoted");
  plan.offered = cost_member(from, "offered");
  plan.answer_lost = flag_member(from, "answer_lost");
  const json::value* word = from.if_contains("last_word");
  if (word != nullptr && word->is_object()) plan.last_word = error_from_json(word->get_object());
  plan.asked_after_restore.unix_ms = amount_member(from, "asked_after_restore").value;
  if (from.contains("quote")) plan.quote = quote_id::parse(text_member(from, "quote"));
  if (from.contains("label")) plan.label = text_member(from, "label");
  if (from.contains("agent")) plan.agent = agent_id::parse(text_member(from, "agent"));
  return plan;
}

namespace {

json::value agent_json(const std::optional<agent>& who) {
  if (!who) return nullptr;
  return json::object{{"id", who->id.uuid()}, {"name", who->name}};
}

json::object number_json(const number& bought, const std::optional<agent>& connected) {
  json::object text{{"id", bought.id.uuid()},
                    {"e164", bought.e164},
                    {"type", name_of(bought.type)},
                    {"label", nullptr},
                    {"area_code_asked", bought.area_code_asked},
                    {"agent", agent_json(connected)},
                    {"inbound_agent", nullptr},
                    {"created_at", to_rfc3339(bought.created_at)},
                    {"updated_at", to_rfc3339(bought.updated_at)}};
  if (bought.label) text["label"] = *bought.label;
  if (bought.inbound_agent) text["inbound_agent"] = agent_json(connected);
  return text;
}

json::value campaign_json(const std::optional<campaign>& filed) {
  if (!filed) return nullptr;
  json::object text{{"id", filed->id.uuid()},
                    {"status", name_of_value(filed->status)},
                    {"kind", name_of_value(filed->kind)},
                    {"eta", nullptr}};
  if (const auto eta = review_eta(*filed)) text["eta"] = *eta;
  return text;
}

json::value verification_json(const std::optional<brand>& company) {
  if (!awaits_owner(company)) return nullptr;
  return "pending_otp";
}

}  // namespace

std::string provision_outcome_json(const number& bought, const std::optional<agent>& connected,
                                   const std::optional<campaign>& filed,
                                   const std::optional<brand>& company, micro_credits used,
                                   micro_credits remaining) {
  return json::serialize(json::object{{"number", number_json(bought, connected)},
                                      {"campaign", campaign_json(filed)},
                                      {"brand_verification", verification_json(company)},
                                      {"credits_used_micro", used.value},
                                      {"credits_remaining_micro", remaining.value}});
}

std::string failure_outcome_json(const error& failure) {
  return json::serialize(json::object{{"error", error_to_json(failure)}});
}

}  // namespace dialplane
