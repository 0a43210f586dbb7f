// A call at one of our numbers as its carrier tells it, and what the carrier is to do with it.
//
// Carriers with programmable voice ask our webhook when a call comes in; the answer is a plan,
// written by the carrier's adapter in that carrier's language. Later webhooks tell how the call
// goes. Plain records; nothing here knows HTTP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class call_status {
  ringing,
  in_progress,
  completed,
  busy,
  failed,
  no_answer,
  canceled,
};
NAMED_ENUM(call_status, {call_status::ringing, "ringing"},
           {call_status::in_progress, "in_progress"}, {call_status::completed, "completed"},
           {call_status::busy, "busy"}, {call_status::failed, "failed"},
           {call_status::no_answer, "no_answer"}, {call_status::canceled, "canceled"});

struct carrier_call {
  std::string carrier_call_id;
  std::string from;                          // as told: E.164, "anonymous", a SIP address
  std::string to;                            // our number, E.164
  bool inbound = true;
  call_status status = call_status::ringing;
  std::optional<std::int64_t> duration_s;    // of an ended call
  std::optional<std::int64_t> sequence;      // rises with each report of a call, where told
  std::optional<timestamp> at;               // by the carrier
  // Set where this webhook asks what to do next; else it only reports.
  bool asks_for_plan = false;
  // Set where it asks after a dialled leg or a stream ended: how that ended.
  std::optional<call_status> leg_ended;
};

enum class call_action {
  connect_stream,  // two-way audio over a WebSocket
  dial_sip,
  say,             // speak a sentence, then hang up
  hang_up,
};

struct call_plan {
  call_action action = call_action::hang_up;
  std::string target;                        // wss:// address, or sip: address
  std::vector<std::pair<std::string, std::string>> parameters;  // for the stream's start
  std::string sip_username;
  secret_string sip_password;
  std::string caller_id;                     // E.164; dial_sip
  std::string sentence;                      // say
  std::string next_url;                      // asked when the stream or the leg has ended
  std::string status_url;                    // told how the stream or the leg goes
};

// An answer to a carrier's webhook.
struct webhook_answer {
  std::string content_type;
  std::string body;
};

}  // namespace dialplane
