// Delivers events to a developer's own server as webhooks would be delivered: the same body, the
// same headers, signed with a secret of this run (docs/webhooks.md).
//
// It goes to the one address that was asked for, wherever that is: its user named it. Redirects are
// answers like any other. Blocking, for the command line.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "edge/cli/event_follower.hpp"

namespace dialplane::cli {

struct local_attempts {
  int tries = 0;
  std::optional<int> status;   // of the last try; none: no answer
  std::string error;           // without an answer: why, one word
  std::chrono::milliseconds took{0};  // the last try
  std::string json_answer;     // the body, where it is JSON
  bool delivered() const { return status && *status >= 200 && *status < 300; }
};

class local_delivery {
 public:
  // invalid_input (forward): no http or https URL.
  static result<std::unique_ptr<local_delivery>> open(const std::string& url, secret_string secret);
  virtual ~local_delivery() = default;

  // Posts the event; again, a few times, where nobody answers or the server says it is busy.
  // Between the tries it says so on standard error. Ends early when interrupted.
  virtual local_attempts deliver(const followed_event& news) = 0;
};

}  // namespace dialplane::cli
