// What the carrier posts to us: whose it is, which event, and what it says of texts.
#include "base/crypto.hpp"
#include "base/json_gate.hpp"
#include "carriers/twilio/answers.hpp"
#include "carriers/twilio/signature.hpp"
#include "carriers/twilio/text_words.hpp"
#include "carriers/twilio/twilio_carrier.hpp"
#include "carriers/twilio/webhook_form.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::size_t media_max = 10;
constexpr std::size_t url_bytes_max = 2'048;

carrier_news news_of(const webhook_form& form, const std::string& sid, timestamp at) {
  carrier_news news;
  news.carrier_message_id = sid;
  news.at = at;
  news.from = form.text("From");
  news.to = form.text("To");
  return news;
}

result<std::vector<carrier_news>> received_text(const webhook_form& form, carrier_news news) {
  news.kind = carrier_news_kind::text_received;
  TRY_ASSIGN(news.body, form.optional("Body", text_body_bytes_max));
  TRY_ASSIGN(const std::int64_t media, form.whole("NumMedia"));
  for (std::int64_t i = 0; i < std::min<std::int64_t>(media, media_max); ++i) {
    TRY_ASSIGN(std::string url, form.optional("MediaUrl" + std::to_string(i), url_bytes_max));
    if (!url.empty()) news.media_urls.push_back(std::move(url));
  }
  if (news.from.empty() || news.to.empty()) return form.unreadable("From");
  std::vector<carrier_news> all;
  const std::string_view opt = form.text("OptOutType");
  if (opt == "STOP" || opt == "START") {
    carrier_news choice = news;
    choice.kind = opt == "STOP" ? carrier_news_kind::recipient_opted_out
                                : carrier_news_kind::recipient_opted_in;
    all.push_back(std::move(choice));
  }
  all.push_back(std::move(news));
  return all;
}

result<std::vector<carrier_news>> text_status(const webhook_form& form, std::string_view word,
                                              carrier_news news) {
  news.kind = carrier_news_kind::text_status;
  const auto status = status_named(word);
  const bool tells = status == message_status::sent || status == message_status::delivered ||
                     status == message_status::failed;
  if (!tells) return std::vector<carrier_news>();
  news.status = *status;
  TRY_ASSIGN(const std::int64_t code, form.whole("ErrorCode"));
  std::vector<carrier_news> all;
  if (news.status == message_status::failed) {
    note_failure(news, code);
    if (code == code::recipient_stopped) {
      // Who stopped is the recipient; told as texts of theirs are.
      carrier_news stopped = news;
      stopped.kind = carrier_news_kind::recipient_opted_out;
      std::swap(stopped.from, stopped.to);
      all.push_back(std::move(stopped));
    }
  }
  all.push_back(std::move(news));
  return all;
}

// What tells one event from every other, in the order it is looked for.
std::string event_key_of(const webhook_form& form, std::string_view body) {
  const auto joined = [&form](std::string key, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
      if (!form.text(name).empty()) key.append(":").append(form.text(name));
    }
    return key;
  };
  if (!form.text("StreamEvent").empty()) {
    return joined("stream", {"StreamSid", "StreamEvent"});
  }
  if (!form.text("CallSid").empty()) {
    return joined("call", {"CallSid", "CallStatus", "SequenceNumber", "DialCallSid",
                           "DialCallStatus", "StreamSid"});
  }
  std::string_view sid = form.text("MessageSid");
  if (sid.empty()) sid = form.text("SmsSid");
  if (!sid.empty()) {
    return "text:" + std::string(sid) + joined("", {form.text("MessageStatus").empty()
                                                         ? "SmsStatus"
                                                         : "MessageStatus"});
  }
  return "body:" + hex(sha256(body));
}

}  // namespace

result<verified_webhook> twilio_carrier::verify_webhook(const carrier_webhook& received) const {
  if (api_->settings().auth_token.empty()) {
    return refused(error_code::not_configured,
                   "This account has no auth token to verify a signature with.");
  }
  TRY(judge_signature(received, api_->settings().auth_token.reveal()));
  const auto form = webhook_form::read(received.body);
  if (!form) return verified_webhook{"body:" + hex(sha256(received.body))};
  return verified_webhook{event_key_of(*form, received.body)};
}

result<std::vector<carrier_news>> read_text_webhook(std::string_view body, timestamp now) {
  if (body.starts_with('{')) {
    // Event streams and the like: ours, and none of our concern.
    TRY(parse_json_object(body));
    return std::vector<carrier_news>();
  }
  TRY_ASSIGN(const webhook_form form, webhook_form::read(body));
  TRY_ASSIGN(std::string sid, form.optional("MessageSid", 64));
  if (sid.empty()) {
    TRY_ASSIGN(sid, form.optional("SmsSid", 64));
  }
  if (sid.empty()) return std::vector<carrier_news>();
  if (!is_sid(sid, "SM") && !is_sid(sid, "MM")) return form.unreadable("MessageSid");
  TRY(form.optional("From", 64));
  TRY(form.optional("To", 64));
  std::string_view status = form.text("MessageStatus");
  if (status.empty()) status = form.text("SmsStatus");
  carrier_news news = news_of(form, sid, now);
  const bool is_inbound = status.empty() || status_named(status) == message_status::received;
  return is_inbound ? received_text(form, std::move(news))
                    : text_status(form, status, std::move(news));
}

result<std::vector<carrier_news>> twilio_carrier::read_webhook(std::string_view body) const {
  return read_text_webhook(body, clock_.now());
}

webhook_answer twilio_carrier::acknowledgement() const { return {"text/xml", "<Response/>"}; }

}  // namespace dialplane::twilio
