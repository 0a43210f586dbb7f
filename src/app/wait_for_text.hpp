// Waiting for a text to come in: the next one that fits, or the first one since a given point.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app/environment.hpp"
#include "domain/message.hpp"
#include "domain/organization.hpp"
#include "domain/text_pattern.hpp"

namespace dialplane {

struct wait_for_text_request {
  actor who;
  std::optional<user_id> user;
  number_id number;
  std::chrono::milliseconds wait{30'000};
  std::optional<std::string> from;
  std::optional<text_pattern> pattern;
  // Texts with an id above this count too, those already here first; nothing: from now on.
  std::optional<uuid_bytes> after;
  unique_function<bool()> is_wanted;  // false once the client has gone
};

// `done` runs once, on the calling loop. Nothing: none came in time. rate_limited: too many wait.
void wait_for_text(app_environment& env, wait_for_text_request request,
                   unique_function<void(result<std::optional<message>>)> done);

}  // namespace dialplane
