// Waiting, shown: a spinner with the operation's steps while one request runs, and --watch, which
// asks again and shows an answer whenever it has changed.
#pragma once

#include "edge/cli/client_call.hpp"

namespace dialplane::cli {

// Shows on standard error, on a terminal only, that something is under way.
class waiting_spinner {
 public:
  waiting_spinner(const client_call& call, const api_request& request);
  void end() const;
};

// Until Ctrl-C: exit code 0.
int watch(client_call& call, const api_request& request);

}  // namespace dialplane::cli
