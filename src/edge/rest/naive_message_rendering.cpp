#include "edge/rest/naive_message_rendering.hpp"

#include <boost/json/array.hpp>

#include "domain/credits_json.hpp"
#include "edge/rest/error_table.hpp"
#include "edge/rest/json_or_null.hpp"
#include "edge/rest/kept_object.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t preview_characters = 100;

std::string_view encoding_name(bool unicode) { return unicode ? "UCS-2" : "GSM-7"; }

// The first characters, none cut in two.
std::string preview_of(const std::string& body) {
  std::size_t characters = 0;
  std::size_t at = 0;
  for (; at < body.size(); ++at) {
    const bool begins_character = (static_cast<unsigned char>(body[at]) & 0xc0) != 0x80;
    if (begins_character && ++characters > preview_characters) break;
  }
  return body.substr(0, at);
}

json::array media_of(const message& row) {
  json::array urls;
  for (const std::string& url : row.media_urls) urls.push_back(json::value(url));
  return urls;
}

void add_sending(json::object& shown, const message& row) {
  shown["status"] = name_of_value(row.status);
  shown["segments"] = row.segments;
  shown["credits_used"] = credits_json(row.price);
  shown["carrier_message_id"] = text_or_null(row.carrier_message_id);
  shown["failure_code"] = text_or_null(row.failure_code);
  shown["failure_reason"] = text_or_null(row.failure_reason);
  shown["queued_until"] = time_or_null(row.queued_until);
  shown["created_at"] = to_rfc3339(row.created_at);
  shown["sent_at"] = time_or_null(row.sent_at);
  shown["delivered_at"] = time_or_null(row.delivered_at);
  shown["failed_at"] = time_or_null(row.failed_at);
  shown["in_reply_to"] = nullptr;
  if (row.in_reply_to) shown["in_reply_to"] = row.in_reply_to->prefixed();
}

}  // namespace

// The vendor shows its carrier's id under the carrier's name; ours is the same id on every carrier.
json::object render_sent_text(const sent_text_answer& answer) {
  return {{"id", answer.id.prefixed()},
          {"to", answer.to},
          {"from", answer.from},
          {"status", "queued"},
          {"surge_message_id", answer.id.prefixed()},
          {"segments", answer.segments},
          {"credits_used", credits_json(answer.used)},
          {"credits_remaining", credits_json(answer.remaining)},
          {"carrier_message_id", nullptr},
          {"encoding", encoding_name(answer.unicode)}};
}

json::object render_forecast(const text_forecast& forecast) {
  json::object shown{{"dry_run", true},
                     {"allowed", !forecast.refusal.has_value()},
                     {"segments", forecast.segments},
                     {"encoding", encoding_name(forecast.unicode)},
                     {"credits", credits_json(forecast.price)},
                     {"queued_until", time_or_null(forecast.not_before)},
                     {"refusal", nullptr}};
  if (forecast.refusal) {
    const error_row& known = row_of(forecast.refusal->code);
    json::object refusal{{"code", known.naive_code},
                         {"reason", nullptr},
                         {"message", forecast.refusal->message}};
    if (!known.naive_reason.empty()) refusal["reason"] = known.naive_reason;
    shown["refusal"] = std::move(refusal);
  }
  return shown;
}

json::object render_message_row(const message& row, bool with_direction) {
  const bool inbound = row.direction == message_direction::inbound;
  json::object shown{{"id", row.id.prefixed()},
                     {"from", row.from},
                     {"to", row.to},
                     {"body_preview", preview_of(row.body)},
                     {"num_media", row.media_urls.size()},
                     {"received_at", nullptr}};
  if (inbound) shown["received_at"] = to_rfc3339(row.created_at);
  if (!with_direction) return shown;
  shown["direction"] = name_of_value(row.direction);
  shown["status"] = name_of_value(row.status);
  shown["failure_reason"] = text_or_null(row.failure_reason);
  shown["created_at"] = to_rfc3339(row.created_at);
  return shown;
}

json::object render_message(const message& row) {
  const bool inbound = row.direction == message_direction::inbound;
  json::object shown{{"id", row.id.prefixed()},
                     {"phone_id", row.number.uuid()},
                     {"from", row.from},
                     {"to", row.to},
                     {"body", row.body},
                     {"num_media", row.media_urls.size()},
                     {"media_urls", media_of(row)},
                     {"received_at", nullptr},
                     {"metadata", kept_object(row.metadata)},
                     {"direction", name_of_value(row.direction)}};
  if (inbound) {
    shown["received_at"] = to_rfc3339(row.created_at);
  } else {
    add_sending(shown, row);
  }
  return shown;
}

json::object render_inbox_entry(const inbox_entry& entry) {
  json::object shown{{"id", entry.id.uuid()},
                     {"carrier", entry.carrier},
                     {"event_key", entry.event_key},
                     {"status", name_of_value(entry.state)},
                     {"attempts", entry.attempts},
                     {"last_error", text_or_null(entry.last_error)},
                     {"received_at", to_rfc3339(entry.received_at)},
                     {"updated_at", to_rfc3339(entry.updated_at)}};
  return shown;
}

}  // namespace dialplane
