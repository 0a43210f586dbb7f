// A text message, either way. It is a row before anything leaves or is told: an outbound one is
// accepted with its credits held, an inbound one is stored before its keywords are looked at.
//
// Status only moves forward (a late "sent" never undoes "delivered"): a2p-10dlc rules of the
// documents, §9.6.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class message_direction { inbound, outbound };
NAMED_ENUM(message_direction, {message_direction::inbound, "inbound"},
           {message_direction::outbound, "outbound"});

enum class message_status { queued, sent, delivered, failed, received };
NAMED_ENUM(message_status, {message_status::queued, "queued"}, {message_status::sent, "sent"},
           {message_status::delivered, "delivered"}, {message_status::failed, "failed"},
           {message_status::received, "received"});

// Where an outbound text is on its way to the carrier.
enum class send_step {
  accepted,         // stored, credits held; nothing has left
  intent_written,   // may leave at any time from now on
  outcome_unknown,  // an answer was lost: only a look-up may lead on
  ended,            // the carrier has it, or it will never leave; credits settled
};
NAMED_ENUM(send_step, {send_step::accepted, "accepted"},
           {send_step::intent_written, "intent_written"},
           {send_step::outcome_unknown, "outcome_unknown"}, {send_step::ended, "ended"});

// What a text is for; decides which rules of time and consent hold.
enum class message_purpose { conversational, marketing, one_time_code };
NAMED_ENUM(message_purpose, {message_purpose::conversational, "conversational"},
           {message_purpose::marketing, "marketing"},
           {message_purpose::one_time_code, "one_time_code"});

struct message {
  message_id id;
  organization_id organization;
  user_id user;
  number_id number;                        // ours
  std::optional<agent_id> agent;           // who wrote it, outbound by an agent
  std::optional<api_key_id> key;           // who asked, outbound
  message_direction direction = message_direction::outbound;
  message_status status = message_status::queued;
  send_step step = send_step::accepted;
  message_purpose purpose = message_purpose::conversational;
  std::string from;                        // E.164, or a short code or name on inbound ones
  std::string to;
  std::string body;
  std::vector<std::string> media_urls;
  std::int64_t segments = 1;
  micro_credits price;                     // held while it is under way, then what was charged
  std::string carrier;
  std::string carrier_message_id;          // empty until known
  std::string failure_code;                // our word: "unreachable", "carrier_refused"
  std::string failure_reason;              // plain words for whoever asks
  std::string metadata = "{}";             // JSON object
  std::optional<message_id> in_reply_to;   // an agent's answer to an inbound text
  std::string request_id;
  std::int64_t attempts = 0;
  std::optional<timestamp> queued_until;   // paced, or waiting for a daily limit to end
  std::optional<timestamp> intent_at;
  std::optional<timestamp> sent_at;
  std::optional<timestamp> delivered_at;
  std::optional<timestamp> failed_at;
  timestamp created_at;                    // inbound: received_at
  timestamp updated_at;
};

}  // namespace dialplane
