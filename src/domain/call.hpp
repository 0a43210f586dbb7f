// A telephone call at one of our numbers, and how what its carrier tells of it is put together.
//
// Carriers tell of a call in pieces that repeat and cross: whatever their order, the row ends the
// same. A call only moves forward, its end is its end, and later news of an ended call only fill in
// what was not known. Pure; no clock.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class call_direction { inbound, outbound };
NAMED_ENUM(call_direction, {call_direction::inbound, "inbound"},
           {call_direction::outbound, "outbound"});

// canceled: the caller gave up before anybody answered.
enum class call_state { ringing, in_progress, completed, failed, canceled };
NAMED_ENUM(call_state, {call_state::ringing, "ringing"}, {call_state::in_progress, "in_progress"},
           {call_state::completed, "completed"}, {call_state::failed, "failed"},
           {call_state::canceled, "canceled"});

// What the call was led to.
enum class call_lead { nowhere, stream, sip };
NAMED_ENUM(call_lead, {call_lead::nowhere, "nowhere"}, {call_lead::stream, "stream"},
           {call_lead::sip, "sip"});

// Why it ended, in the words of the cartesia dialect ("Calls").
enum class call_end_reason {
  none,  // goes on
  agent_hangup,
  client_hangup,
  client_disconnected,
  dial_busy,
  dial_failed,
  dial_no_answer,
  error,
};
NAMED_ENUM(call_end_reason, {call_end_reason::none, "none"},
           {call_end_reason::agent_hangup, "agent_hangup"},
           {call_end_reason::client_hangup, "client_hangup"},
           {call_end_reason::client_disconnected, "client_disconnected"},
           {call_end_reason::dial_busy, "dial_busy"}, {call_end_reason::dial_failed, "dial_failed"},
           {call_end_reason::dial_no_answer, "dial_no_answer"}, {call_end_reason::error, "error"});

struct call {
  call_id id;
  organization_id organization;
  user_id user;
  number_id number;                     // ours
  std::optional<agent_id> agent;        // who answered the number when the call came in
  std::string carrier;
  std::string carrier_call_id;          // unique per carrier
  call_direction direction = call_direction::inbound;
  call_state state = call_state::ringing;
  call_lead lead = call_lead::nowhere;
  std::string from;                     // as told: E.164, "anonymous", a SIP address
  std::string to;                       // E.164
  std::string account_type;             // the cartesia dialect's word for the number's provider
  boost::json::object parameters;       // what the agent's stream was started with
  call_end_reason end_reason = call_end_reason::none;
  std::string error_message;            // plain words, of a failed call
  std::optional<std::int64_t> sequence;    // the highest the carrier has told
  std::optional<std::int64_t> duration_s;  // by the carrier
  timestamp started_at;                 // when we heard of it first; the time in its id
  std::optional<timestamp> answered_at;
  std::optional<timestamp> ended_at;
  timestamp updated_at;

  bool has_ended() const noexcept {
    return state != call_state::ringing && state != call_state::in_progress;
  }
  // Somebody was connected to the caller.
  bool was_answered() const noexcept {
    return answered_at.has_value() || state == call_state::in_progress ||
           state == call_state::completed;
  }
};

// One piece of news.
struct call_news {
  call_state state = call_state::ringing;
  call_end_reason reason = call_end_reason::none;  // of an end
  std::string error_message = {};
  std::optional<timestamp> at = {};                // by the carrier, where told
  std::optional<std::int64_t> sequence = {};
  std::optional<std::int64_t> duration_s = {};
};

// What a piece of news changed; each of the first two is true once in a call's life.
struct call_change {
  bool answered = false;
  bool ended = false;
  bool anything = false;
};

// Brings the row up to the news. Any order and any repeats of the same pieces end in the same row,
// as long as the carrier tells one kind of end per call.
call_change apply_call_news(call& row, const call_news& news, timestamp now);

// The call as events tell of it. `agent_name`: of its agent, where it still exists.
boost::json::object call_event_data(const call& row,
                                    const std::optional<std::string>& agent_name);

// The wire generations of the cartesia dialect that show calls differently: versions are dates.
//   before 2026-08-14   active, completed, failed, cancelled; deployment_id
//   from then on        created, started, completed, failed; agent_name, end_reason, ...
// `told` is what call_event_data gave. The transcript is empty: we carry no words.
boost::json::object cartesia_call(const boost::json::object& told, bool before_2026_08_14,
                                  bool with_transcript);

}  // namespace dialplane
