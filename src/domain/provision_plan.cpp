#include "domain/provision_plan.hpp"

#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "domain/stored_error.hpp"

namespace dialplane {

namespace json = boost::json;

namespace {

// Left out where nothing was told.
void put_cost(json_text& into, std::string_view name, const carrier_cost& cost) {
  if (!cost.monthly_micro_usd) return;
  into.begin(name);
  into.put_integer("monthly", *cost.monthly_micro_usd);
  into.put_integer("upfront", cost.upfront_micro_usd);
  into.put_flag("estimate", cost.is_estimate);
  into.end();
}

void put_unless_empty(json_text& into, std::string_view name, std::string_view text) {
  if (!text.empty()) into.put_text(name, text);
}

}  // namespace

std::string to_json(const provision_plan& plan) {
  json_text text(320);
  text.put_text("type", name_of(plan.type));
  text.put_text("area_code", plan.area_code);
  text.put_text("policy", name_of(plan.policy));
  text.put_flag("with_campaign", plan.with_campaign);
  text.put_flag("registers_brand", plan.registers_brand);
  text.put_integer("price_micro", plan.price.value);
  text.put_integer("brand_fee_micro", plan.brand_fee.value);
  text.put_integer("campaign_fee_micro", plan.campaign_fee.value);
  if (plan.label) text.put_text("label", *plan.label);
  if (plan.agent) text.put_text("agent", plan.agent->uuid());
  put_unless_empty(text, "exact", plan.exact);
  if (plan.quote) text.put_text("quote", plan.quote->uuid());
  put_unless_empty(text, "only_at", plan.only_at);
  put_unless_empty(text, "reservation", plan.reservation);
  put_cost(text, "quoted", plan.quoted);
  put_cost(text, "offered", plan.offered);
  if (plan.answer_lost) text.put_flag("answer_lost", true);
  if (plan.last_word) text.put_json("last_word", json::serialize(error_to_json(*plan.last_word)));
  if (plan.asked_after_restore.unix_ms != 0) {
    text.put_integer("asked_after_restore", plan.asked_after_restore.unix_ms);
  }
  return text.take();
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

std::string failure_outcome_json(const error& failure) {
  return json::serialize(json::object{{"error", error_to_json(failure)}});
}

}  // namespace dialplane
