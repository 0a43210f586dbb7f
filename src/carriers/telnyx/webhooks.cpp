#include "carriers/telnyx/webhooks.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/crypto.hpp"
#include "base/json_gate.hpp"
#include "carriers/standard_webhooks.hpp"
#include "carriers/telnyx/answer_reader.hpp"
#include "carriers/telnyx/errors.hpp"
#include "carriers/telnyx/message_news.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

constexpr std::int64_t tolerance_s = 300;
constexpr std::size_t event_id_bytes_max = 128;
constexpr json_limits webhook_limits{.max_bytes = 256 * 1024};

error not_the_carriers(std::string_view why) {
  error refusal = refused(error_code::unauthorized, "The signature of this webhook is not valid.");
  refusal.internal = "telnyx: " + std::string(why);
  return refusal;
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc{} || stop != end || number < 0) return std::nullopt;
  return number;
}

bool is_recent(std::string_view seconds, timestamp now) {
  const auto at = parse_count(seconds);
  if (!at || *at > 100'000'000'000) return false;
  // Whole seconds on both sides, as Telnyx's own client counts.
  const std::int64_t apart_s = now.unix_ms / 1'000 - *at;
  return apart_s <= tolerance_s && apart_s >= -tolerance_s;
}

std::string key_of_event(std::string_view body) {
  if (!body.empty() && body.front() == '{') {
    if (const auto parsed = parse_json_object(body, webhook_limits)) {
      answer_reader outer(*parsed);
      answer_reader data(outer.object("data"));
      std::string id = data.text("id", event_id_bytes_max);
      if (data.finish() && !id.empty()) return id;
    }
  }
  return "body:" + hex(sha256(body));
}

carrier_news about_registration(std::string reference, timestamp at) {
  carrier_news news;
  news.kind = carrier_news_kind::registration_changed;
  news.reference = std::move(reference);
  news.at = at;
  return news;
}

result<std::vector<carrier_news>> read_registration(const json::object& members, timestamp at) {
  answer_reader read(members);
  const std::string campaign = read.text("campaignId", 64);
  const std::string brand = read.text("brandId", 64);
  TRY(read.finish());
  std::vector<carrier_news> news;
  if (!campaign.empty()) news.push_back(about_registration(campaign, at));
  else if (!brand.empty()) news.push_back(about_registration(brand, at));
  return news;
}

result<std::vector<carrier_news>> read_order(const json::object& payload, timestamp at) {
  answer_reader read(payload);
  carrier_news news;
  news.kind = carrier_news_kind::order_changed;
  news.reference = read.text("id", 64);
  news.mark = read.text("customer_reference");
  news.at = at;
  const json::array& numbers = read.list("phone_numbers");
  TRY(read.finish());
  if (!numbers.empty()) {
    TRY_ASSIGN(const json::object* first, object_in(numbers.front()));
    answer_reader number(*first);
    news.to = number.text("phone_number", 32);
    TRY(number.finish());
  }
  std::vector<carrier_news> all;
  if (!news.mark.empty() || !news.to.empty()) all.push_back(std::move(news));
  return all;
}

// A report, and what it lets know besides: that the recipient has opted out.
result<std::vector<carrier_news>> read_text_event(const json::object& payload, timestamp at) {
  TRY_ASSIGN(carrier_news news, read_message(payload, at));
  std::vector<carrier_news> all;
  const bool is_report = news.kind == carrier_news_kind::text_status;
  if (is_report && news.failure_code == opted_out_code) {
    carrier_news opted_out;
    opted_out.kind = carrier_news_kind::recipient_opted_out;
    opted_out.from = news.to;
    opted_out.to = news.from;
    opted_out.at = news.at;
    all.push_back(std::move(opted_out));
  }
  // Of a word we do not know, and of what has not left yet, there is nothing to tell.
  if (is_report && news.status == message_status::queued) return all;
  all.push_back(std::move(news));
  return all;
}

// ---- calls ------------------------------------------------------------------------------------

constexpr auto call_words = std::to_array<std::pair<std::string_view, call_status>>({
    {"queued", call_status::ringing},
    {"initiated", call_status::ringing},
    {"ringing", call_status::ringing},
    {"in-progress", call_status::in_progress},
    {"answered", call_status::in_progress},
    {"completed", call_status::completed},
    {"busy", call_status::busy},
    {"failed", call_status::failed},
    {"no-answer", call_status::no_answer},
    {"canceled", call_status::canceled},
});

std::optional<call_status> call_status_of(std::string_view word) {
  for (const auto& [theirs, ours] : call_words) {
    if (theirs == word) return ours;
  }
  return std::nullopt;
}

bool is_over(call_status status) {
  return status != call_status::ringing && status != call_status::in_progress;
}

}  // namespace

result<verified_webhook> verify_signed(const carrier_webhook& received,
                                       const ed25519_public_key& key, timestamp now) {
  const std::string* signature = only_header(received, "telnyx-signature-ed25519");
  const std::string* seconds = only_header(received, "telnyx-timestamp");
  if (signature == nullptr || seconds == nullptr) {
    return not_the_carriers("a telnyx-* header is missing or there twice");
  }
  if (!is_recent(*seconds, now)) return not_the_carriers("telnyx-timestamp is too far from now");
  const auto parsed = parse_ed25519_signature(*signature);
  if (!parsed) return not_the_carriers("the signature is not 64 bytes of base64");
  if (!ed25519_verify(key, *seconds + "|" + received.body, *parsed)) {
    return not_the_carriers("the signature does not fit");
  }
  return verified_webhook{key_of_event(received.body)};
}

result<std::vector<carrier_news>> read_events(std::string_view body) {
  TRY_ASSIGN(const json::object event, parse_json_object(body, webhook_limits));
  answer_reader outer(event);
  if (!event.contains("data")) return read_registration(event, timestamp{});
  const json::object& data = outer.object("data");
  TRY(outer.finish());
  answer_reader read(data);
  const std::string type = read.text("event_type", 128);
  const timestamp at = read.time("occurred_at").value_or(timestamp{});
  const json::object& payload = read.object("payload");
  TRY(read.finish());
  if (type == "message.received" || type == "message.sent" || type == "message.finalized") {
    return read_text_event(payload, at);
  }
  if (type == "number_order.complete") return read_order(payload, at);
  if (type.starts_with("10dlc.")) return read_registration(payload, at);
  return std::vector<carrier_news>{};
}

result<carrier_call> read_call_form(std::string_view body) {
  TRY_ASSIGN(const form_fields form, parse_form(body));
  carrier_call call;
  call.carrier_call_id = form.text("CallSid");
  call.from = form.text("From");
  call.to = form.text("To");
  if (call.carrier_call_id.empty() || call.carrier_call_id.size() > 256 || call.to.empty() ||
      call.to.size() > 256 || call.from.size() > 256) {
    return bad_field("CallSid", "A call needs CallSid and To.");
  }
  const auto status = call_status_of(form.text("CallStatus"));
  call.status = status.value_or(call_status::ringing);
  call.inbound = form.text("Direction").empty() || form.text("Direction") == "inbound";
  call.sequence = parse_count(form.text("SequenceNumber"));
  if (is_over(call.status)) call.duration_s = parse_count(form.text("CallDuration"));
  if (const auto at = parse_rfc3339(form.text("Timestamp"))) call.at = *at;
  const std::string_view leg = form.text("DialCallStatus");
  const bool is_report = !form.text("CallbackSource").empty() ||
                         form.find("StreamEvent") != nullptr || is_over(call.status);
  call.asks_for_plan = !is_report;
  if (!leg.empty() && !is_report) call.leg_ended = call_status_of(leg);
  return call;
}

}  // namespace dialplane::telnyx
