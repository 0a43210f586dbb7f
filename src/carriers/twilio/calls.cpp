// Calls: what the voice address is told, and what it answers.
#include <array>

#include "carriers/twilio/answers.hpp"
#include "carriers/twilio/twilio_carrier.hpp"
#include "carriers/twilio/webhook_form.hpp"
#include "carriers/voice_markup.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t party_bytes_max = 256;

std::optional<call_status> call_status_named(std::string_view word) noexcept {
  using enum call_status;
  constexpr std::array<std::pair<std::string_view, call_status>, 10> words{{
      {"queued", ringing},
      {"initiated", ringing},
      {"ringing", ringing},
      {"in-progress", in_progress},
      {"answered", in_progress},
      {"completed", completed},
      {"busy", busy},
      {"failed", failed},
      {"no-answer", no_answer},
      {"canceled", canceled},
  }};
  for (const auto& [known, status] : words) {
    if (known == word) return status;
  }
  return std::nullopt;
}

bool is_over(call_status status) noexcept {
  return status != call_status::ringing && status != call_status::in_progress;
}

// How an audio stream goes: the call itself is still there.
result<carrier_call> read_stream_report(const webhook_form& form, carrier_call call) {
  call.status = call_status::in_progress;
  const std::string_view event = form.text("StreamEvent");
  if (event == "stream-stopped") call.leg_ended = call_status::completed;
  if (event == "stream-error") call.leg_ended = call_status::failed;
  return call;
}

// How a leg that we had dialled goes, told of the call it belongs to. Its caller is talked to only
// once the leg is answered ("in-progress"): until then, and by a word nobody knows, the call rings.
result<carrier_call> read_leg_report(const webhook_form& form, carrier_call call,
                                     std::optional<call_status> told) {
  TRY_ASSIGN(call.carrier_call_id, form.optional("ParentCallSid", id_bytes_max));
  call.from.clear();
  call.to.clear();
  const call_status leg = told.value_or(call_status::ringing);
  call.status = leg == call_status::ringing ? call_status::ringing : call_status::in_progress;
  call.sequence.reset();
  if (is_over(leg)) call.leg_ended = leg;
  return call;
}

}  // namespace

result<carrier_call> read_call_webhook(std::string_view body) {
  TRY_ASSIGN(const webhook_form form, webhook_form::read(body));
  carrier_call call;
  TRY_ASSIGN(call.carrier_call_id, form.optional("CallSid", id_bytes_max));
  if (call.carrier_call_id.empty()) return form.unreadable("CallSid");
  TRY_ASSIGN(call.from, form.optional("From", party_bytes_max));
  TRY_ASSIGN(call.to, form.optional("To", party_bytes_max));
  const std::string_view direction = form.text("Direction");
  call.inbound = direction.empty() || direction == "inbound";
  TRY_ASSIGN(const std::string when, form.optional("Timestamp", 64));
  if (!when.empty()) {
    // Stream reports write RFC 3339, call reports RFC 2822. A time that is neither says nothing.
    if (const auto at = parse_time(when)) call.at = *at;
  }
  if (!form.text("StreamEvent").empty()) return read_stream_report(form, std::move(call));

  const std::string_view word = form.text("CallStatus");
  if (word.empty()) return form.unreadable("CallStatus");
  // A word nobody knows yet: the call goes on, and asks nothing.
  const auto known = call_status_named(word);
  const call_status status = known.value_or(call_status::in_progress);
  call.status = status;
  if (!form.text("SequenceNumber").empty()) {
    TRY_ASSIGN(call.sequence, form.whole("SequenceNumber"));
  }
  if (!form.text("ParentCallSid").empty() && direction == "outbound-dial") {
    return read_leg_report(form, std::move(call), known);
  }
  if (!form.text("CallDuration").empty()) {
    TRY_ASSIGN(call.duration_s, form.whole("CallDuration"));
  }
  // Reports name themselves; what is left asks what to do next.
  const bool reports =
      !known || !form.text("CallbackSource").empty() || call.sequence.has_value();
  const std::string_view dialled = form.text("DialCallStatus");
  if (!dialled.empty()) {
    call.leg_ended = call_status_named(dialled).value_or(call_status::failed);
  } else if (!reports && status == call_status::in_progress) {
    call.leg_ended = call_status::completed;  // a stream's end: the call was answered for it
  }
  call.asks_for_plan = !reports && (!is_over(status) || !dialled.empty());
  return call;
}

result<carrier_call> twilio_carrier::read_call(std::string_view body) const {
  return read_call_webhook(body);
}

webhook_answer twilio_carrier::call_instructions(const call_plan& plan) const {
  return {"text/xml", voice_markup(plan)};
}

}  // namespace dialplane::twilio
