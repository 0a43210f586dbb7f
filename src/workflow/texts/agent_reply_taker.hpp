// Makes the taker of agents' answers (webhooks/agent_reply.hpp): the answer to an inbound text goes
// back to whoever wrote it, under the same rules as any other text.
#pragma once

#include "webhooks/agent_reply.hpp"
#include "workflow/environment.hpp"
#include "workflow/texts/send_queue.hpp"

namespace dialplane {

// Both must outlive what it makes. What is accepted leaves right after the caller's commit.
agent_reply_taker make_agent_reply_taker(workflow_environment& env, send_queue& texts);

}  // namespace dialplane
