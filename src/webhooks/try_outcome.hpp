// What became of one try: judged from the answer alone. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "domain/webhook.hpp"
#include "net/http_client.hpp"
#include "webhooks/agent_reply.hpp"

namespace dialplane {

struct try_outcome {
  timestamp started_at;
  std::chrono::milliseconds took{0};
  bool delivered = false;                // a 2xx answer
  bool gone = false;                     // 410: never again
  std::optional<std::int64_t> status;
  std::string error;                     // "timed_out", "answered 500"; empty: delivered
  std::string answer;                    // its first bytes, as text
  std::optional<std::chrono::milliseconds> retry_after;
  std::optional<agent_reply> reply;      // what the agent answers
};

// `now` is when the answer came.
try_outcome judge_try(const exchange_result& answered, timestamp started_at, timestamp now);

// The reply in a 2xx answer of an agent's message endpoint to a text: JSON with a `body` that is
// not empty. None for keywords (STOP and the like), for other content types, for malformed JSON.
std::optional<agent_reply> reply_in(const http_answer& answer, const delivery& row,
                                    const event& news);

}  // namespace dialplane
