// Calls of the built-in carrier: its small language for voice webhooks, both ways.
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/json_gate.hpp"
#include "carriers/sandbox/sandbox_carrier.hpp"
#include "carriers/sandbox/webhook_members.hpp"

namespace dialplane::sandbox {

namespace {

namespace json = boost::json;

constexpr std::size_t call_party_bytes_max = 256;
constexpr std::int64_t sequence_max = 1'000'000;
constexpr std::int64_t duration_s_max = 7 * 86'400;

result<call_status> status_in(const json::object& from, std::string_view member) {
  TRY_ASSIGN(const std::string word, text_in(from, member, 32));
  const auto known = value_named<call_status>(word);
  if (!known) return unreadable(member);
  return *known;
}

// Nothing where it is absent or null.
result<std::optional<std::int64_t>> count_in(const json::object& from, std::string_view member,
                                             std::int64_t max) {
  const json::value* value = from.if_contains(member);
  if (value == nullptr || value->is_null()) return std::optional<std::int64_t>();
  if (!value->is_int64() || value->get_int64() < 0 || value->get_int64() > max) {
    return unreadable(member);
  }
  return std::optional<std::int64_t>(value->get_int64());
}

}  // namespace

result<carrier_call> read_call_body(std::string_view body) {
  TRY_ASSIGN(const json::object message, parse_json_object(body));
  TRY_ASSIGN(const std::string type, text_in(message, "type", 64));
  const json::value* data = message.if_contains("data");
  if (data == nullptr || !data->is_object()) return unreadable("data");
  const json::object& told = data->get_object();
  carrier_call call;
  if (type != "call.incoming" && type != "call.leg_ended" && type != "call.status") {
    return unreadable("type");
  }
  call.asks_for_plan = type != "call.status";
  TRY_ASSIGN(call.carrier_call_id, text_in(told, "id", id_bytes_max));
  TRY_ASSIGN(call.from, text_in(told, "from", call_party_bytes_max));
  TRY_ASSIGN(call.to, text_in(told, "to", call_party_bytes_max));
  TRY_ASSIGN(call.status, status_in(told, "status"));
  TRY_ASSIGN(call.sequence, count_in(told, "sequence", sequence_max));
  TRY_ASSIGN(call.duration_s, count_in(told, "duration_s", duration_s_max));
  if (told.contains("leg_ended")) {
    TRY_ASSIGN(call.leg_ended, status_in(told, "leg_ended"));
  }
  TRY_ASSIGN(const std::string at, text_in(told, "at", 64));
  TRY_ASSIGN(call.at, parse_rfc3339(at));
  return call;
}

json::object written_plan(const call_plan& plan) {
  const auto with_addresses = [&plan](json::object way) {
    way["next_url"] = plan.next_url;
    way["status_url"] = plan.status_url;
    return way;
  };
  switch (plan.action) {
    case call_action::connect_stream: {
      json::object parameters;
      for (const auto& [name, value] : plan.parameters) parameters[name] = value;
      return {{"connect_stream", with_addresses({{"url", plan.target},
                                                 {"parameters", std::move(parameters)}})}};
    }
    case call_action::dial_sip: {
      json::object way{{"uri", plan.target},
                       {"username", nullptr},
                       {"password", nullptr},
                       {"caller_id", plan.caller_id}};
      if (!plan.sip_username.empty()) way["username"] = plan.sip_username;
      if (!plan.sip_password.empty()) way["password"] = plan.sip_password.reveal();
      return {{"dial_sip", with_addresses(std::move(way))}};
    }
    case call_action::say:
      return {{"say", json::object{{"sentence", plan.sentence}}}};
    case call_action::hang_up:
      break;
  }
  return {{"hang_up", true}};
}

result<carrier_call> sandbox_carrier::read_call(std::string_view body) const {
  return read_call_body(body);
}

webhook_answer sandbox_carrier::call_instructions(const call_plan& plan) const {
  return {"application/json", json::serialize(written_plan(plan))};
}

void sandbox_carrier::call_from_outside(sandbox_call_order order,
                                        carrier_done<sandbox_call> done) {
  if (!accepts_inbound(order.to)) {
    return done(sandbox_call{.id = {}, .status = call_status::failed, .steps = {}});
  }
  const fault_plan reports = faults_.draw(fault_target::report);
  calls_->place(std::move(order), reports.outcome != fault_outcome::lost_before, std::move(done));
}

void sandbox_carrier::set_call_sink(event_loop& on, call_sink sink) {
  calls_->set_sink(on, std::move(sink));
}

}  // namespace dialplane::sandbox
