// What an agent's message endpoint answered to a text: `{"body": "…"}` is sent back to the person
// who wrote, under the same rules as any other text.
#pragma once

#include <functional>
#include <string>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "store/session.hpp"

namespace dialplane {

struct agent_reply {
  organization_id organization;
  agent_id agent;
  message_id answered;  // the inbound text
  std::string body;
};

// Runs in the transaction that records the delivery, so that an answer is taken exactly once. An
// answer that the rules refuse is recorded (event sms.reply_refused), not an error.
using agent_reply_taker = std::function<result<void>(session&, const agent_reply&)>;

}  // namespace dialplane
