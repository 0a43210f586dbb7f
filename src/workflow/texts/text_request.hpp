// One text that somebody wants to send, whichever way it came in: REST, MCP, CLI, an agent's
// reply, or our own confirmation of an opt-out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "domain/e164.hpp"
#include "domain/message.hpp"
#include "domain/number.hpp"

namespace dialplane {

enum class text_origin {
  request,       // an API call
  agent_reply,   // the JSON answer of an agent's message endpoint
  confirmation,  // ours: after STOP, START or HELP; no price to an agent, no consent needed
};

struct text_request {
  text_origin origin = text_origin::request;
  number sender;                            // ours, read in the same unit
  e164 recipient;
  std::string body;
  std::vector<std::string> media_urls;
  message_purpose purpose = message_purpose::conversational;
  std::optional<agent_id> agent;            // acts for this agent: needs its send_sms
  std::optional<api_key_id> key;
  bool by_operator = false;                 // not bound by agents' permissions; by all the rest
  std::optional<std::string> consent;       // attested with the request: how it was given
  bool queue_in_quiet_hours = false;        // wait for the next allowed time instead of refusing
  std::optional<message_id> in_reply_to;
  std::string request_id;
};

}  // namespace dialplane
