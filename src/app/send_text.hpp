// Sending a text: everything between a read request and an accepted, durable text whose credits
// are held. What happens next is workflow/texts/send_queue.hpp. Rules: naive dialect §4.5.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/environment.hpp"
#include "app/request_identity.hpp"
#include "base/money.hpp"
#include "domain/e164.hpp"
#include "domain/message.hpp"
#include "domain/organization.hpp"
#include "workflow/texts/send_guards.hpp"

namespace dialplane {

struct send_text_request {
  actor who;
  std::optional<user_id> user;           // the path's or header's
  number_id from;
  e164 to;
  std::string body;
  std::vector<std::string> media_urls;
  message_purpose purpose = message_purpose::conversational;
  std::optional<std::string> consent;    // attested: how it was given
  bool queue = false;                    // wait for the end of quiet hours
  request_identity identity;
};

// As it was answered first; a repeat gets the same.
struct sent_text_answer {
  message_id id;
  std::string from;
  std::string to;
  std::int64_t segments = 1;
  bool unicode = false;
  micro_credits used;
  micro_credits remaining;
  bool replayed = false;
};

// Ends with the commit that accepts the text; it leaves afterwards. A repeat marked as one
// (Idempotency-Key, retry count) is told of the first; without a mark, two are two.
void send_text(app_environment& env, send_text_request request,
               unique_function<void(result<sent_text_answer>)> done);

// What would become of it, from the present state; nothing is written. Inside a unit.
struct text_forecast {
  std::int64_t segments = 1;
  bool unicode = false;
  micro_credits price;
  std::optional<timestamp> not_before;
  std::optional<error> refusal;
};
result<text_forecast> forecast_text(session& work, const app_environment& env,
                                    const send_text_request& request);

}  // namespace dialplane
