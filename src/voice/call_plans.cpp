#include "voice/call_plans.hpp"

#include <boost/json/object.hpp>

#include "domain/e164.hpp"

namespace dialplane {

namespace {

constexpr std::string_view nobody_there =
    "Nobody can take your call right now. Please try again later. Goodbye.";
constexpr std::string_view not_reached =
    "The line you have called cannot be reached at the moment. Please try again later. Goodbye.";
constexpr std::string_view not_in_service =
    "The number you have called is not in service. Goodbye.";

call_plan spoken(std::string_view sentence) {
  return {.action = call_action::say, .sentence = std::string(sentence)};
}

// Who the agent's telephone shows as calling: the caller, or our number for one without a number.
std::string caller_id_of(const call& row) {
  return e164::parse(row.from) ? row.from : row.to;
}

// Empty where a call goes on as if nothing had ended.
call_plan plan_of_ended(const call& row) {
  if (row.state != call_state::failed) return {.action = call_action::hang_up};
  return spoken(row.lead == call_lead::nowhere ? nobody_there : not_reached);
}

}  // namespace

result<call_plan> plan_for_call(const call& row, const std::optional<voice_endpoint>& lead,
                                const call_addresses& at, const sealer& seals) {
  if (row.has_ended()) return plan_of_ended(row);
  if (!lead) return spoken(nobody_there);
  call_plan plan;
  plan.target = lead->target;
  plan.next_url = at.next_url;
  plan.status_url = at.status_url;
  for (const auto& member : row.parameters) {
    if (!member.value().is_string()) continue;
    plan.parameters.emplace_back(member.key(), member.value().get_string());
  }
  if (lead->kind == voice_endpoint_kind::websocket) {
    plan.action = call_action::connect_stream;
    return plan;
  }
  plan.action = call_action::dial_sip;
  plan.caller_id = caller_id_of(row);
  plan.sip_username = lead->username;
  if (!lead->sealed_password.empty()) {
    TRY_ASSIGN(std::string password, seals.open(lead->sealed_password, sip_password_purpose));
    plan.sip_password = secret_string::taken_from(password);
  }
  return plan;
}

call_plan plan_after_leg(const call& row) { return plan_of_ended(row); }

call_plan plan_for_stranger() { return spoken(not_in_service); }

call_plan plan_for_trouble() { return spoken(not_reached); }

}  // namespace dialplane
