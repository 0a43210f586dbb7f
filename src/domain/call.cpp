#include "domain/call.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <string_view>

namespace dialplane {

namespace {

namespace json = boost::json;

json::value time_or_null(const std::optional<timestamp>& at) {
  return at ? json::value(to_rfc3339(*at)) : json::value(nullptr);
}

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

// True where it changed something.
bool move_back(std::optional<timestamp>& at, timestamp to) {
  if (at && *at <= to) return false;
  at = to;
  return true;
}

template <typename T>
bool fill(std::optional<T>& present, const std::optional<T>& told) {
  if (present || !told) return false;
  present = told;
  return true;
}

bool is_end(call_state state) {
  return state != call_state::ringing && state != call_state::in_progress;
}

void end_call(call& row, const call_news& news, timestamp now) {
  row.state = news.state;
  row.end_reason = news.reason;
  row.error_message = news.error_message;
  row.ended_at = std::max(news.at.value_or(now), row.started_at);
}

// The carrier's word comes with its last report, which is often later than the end itself.
json::value duration_of(const call& row) {
  if (row.duration_s) return *row.duration_s;
  if (!row.answered_at || !row.ended_at || *row.ended_at < *row.answered_at) return nullptr;
  return std::chrono::round<std::chrono::seconds>(*row.ended_at - *row.answered_at).count();
}

std::string_view text_in(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

json::value copied(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  return value != nullptr ? *value : json::value(nullptr);
}

std::string_view status_word(call_state state, bool before_2026_08_14) {
  switch (state) {
    case call_state::ringing:
      return before_2026_08_14 ? "active" : "created";
    case call_state::in_progress:
      return before_2026_08_14 ? "active" : "started";
    case call_state::completed:
      return "completed";
    case call_state::failed:
      return "failed";
    case call_state::canceled:
      return before_2026_08_14 ? "cancelled" : "failed";
  }
  return "failed";
}

json::object telephony_of(const json::object& told) {
  json::object telephony{{"to", text_in(told, "to")},
                         {"from", text_in(told, "from")},
                         {"call_sid", text_in(told, "carrier_call_id")},
                         {"direction", text_in(told, "direction")},
                         {"parameters", copied(told, "parameters")},
                         {"headers", json::object()},
                         {"connection_type", "phone"}};
  if (!telephony["parameters"].is_object()) telephony["parameters"] = json::object();
  return telephony;
}

}  // namespace

call_change apply_call_news(call& row, const call_news& news, timestamp now) {
  call_change change;
  const bool had_answer = row.was_answered();
  const bool had_ended = row.has_ended();
  if (news.sequence && (!row.sequence || *row.sequence < *news.sequence)) {
    row.sequence = news.sequence;
    change.anything = true;
  }
  if (news.state == call_state::in_progress) {
    const timestamp answered = std::max(news.at.value_or(now), row.started_at);
    // Repeats without a time of the carrier's own come later and say nothing new.
    if (news.at || !row.answered_at) change.anything |= move_back(row.answered_at, answered);
    if (row.state == call_state::ringing) row.state = call_state::in_progress;
  } else if (is_end(news.state)) {
    if (!had_ended) {
      end_call(row, news, now);
      change.anything = true;
      change.ended = true;
    }
    change.anything |= fill(row.duration_s, news.duration_s);
  }
  change.answered = !had_answer && !had_ended && row.was_answered();
  change.anything |= change.answered;
  if (change.anything) row.updated_at = now;
  return change;
}

json::object call_event_data(const call& row, const std::optional<std::string>& agent_name) {
  json::object told;
  told["call_id"] = row.id.prefixed();
  told["phone_id"] = row.number.uuid();
  told["agent_id"] = row.agent ? json::value(row.agent->uuid()) : json::value(nullptr);
  told["agent_name"] = agent_name ? json::value(*agent_name) : json::value(nullptr);
  told["direction"] = name_of_value(row.direction);
  told["from"] = row.from;
  told["to"] = row.to;
  told["status"] = name_of_value(row.state);
  told["end_reason"] = nullptr;
  if (row.end_reason != call_end_reason::none) told["end_reason"] = name_of_value(row.end_reason);
  told["error_message"] = text_or_null(row.error_message);
  told["started_at"] = to_rfc3339(row.started_at);
  told["answered_at"] = time_or_null(row.answered_at);
  told["ended_at"] = time_or_null(row.ended_at);
  told["duration_s"] = duration_of(row);
  told["carrier_call_id"] = row.carrier_call_id;
  told["account_type"] = row.account_type;
  told["parameters"] = row.parameters;
  return told;
}

json::object cartesia_call(const json::object& told, bool before_2026_08_14,
                           bool with_transcript) {
  const auto state =
      value_named<call_state>(text_in(told, "status")).value_or(call_state::failed);
  const auto agent = agent_id::parse(text_in(told, "agent_id"));
  json::object out;
  out["id"] = text_in(told, "call_id");
  out["agent_id"] = agent ? json::value(agent->prefixed()) : json::value(nullptr);
  out["status"] = status_word(state, before_2026_08_14);
  out["start_time"] = copied(told, "started_at");
  out["end_time"] = copied(told, "ended_at");
  out["summary"] = nullptr;
  out["error_message"] = copied(told, "error_message");
  out["telephony_params"] = telephony_of(told);
  if (with_transcript) out["transcript"] = json::array();
  if (before_2026_08_14) {
    out["deployment_id"] = nullptr;
    return out;
  }
  out["agent_name"] = copied(told, "agent_name");
  out["redacted_at"] = nullptr;
  out["telephony_account_type"] = copied(told, "account_type");
  out["end_reason"] = copied(told, "end_reason");
  out["metadata"] = json::object();
  return out;
}

}  // namespace dialplane
