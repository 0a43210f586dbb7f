// Waiting, shown: a spinner while one request runs, the steps of a purchase that goes on, and
// --watch, which asks again and shows an answer whenever it has changed.
//
// All three need an interrupt_notice. The spinner and the steps are on standard error, on a
// terminal only, and are gone when the wait is over.
#pragma once

#include <chrono>
#include <string>

#include "edge/cli/client_call.hpp"

namespace dialplane::cli {

// Spins from the first tenth of a second on, for as long as it lives.
class waiting_spinner {
 public:
  explicit waiting_spinner(client_call& call);
  ~waiting_spinner();
  waiting_spinner(const waiting_spinner&) = delete;
  waiting_spinner& operator=(const waiting_spinner&) = delete;

  void say(std::string step);  // what is under way
  void end();                  // erases it; may be said twice

 private:
  void draw();

  client_call& call_;
  const std::chrono::steady_clock::time_point began_;
  std::string step_;
  std::size_t turns_ = 0;
  bool visible_;
};

// The answer to show in the end: on a terminal, a purchase that goes on is followed until it ends,
// for ten minutes at most; Ctrl-C or trouble on the way leave `first`, which is true too. What ends
// it is the same request under the same key.
api_result followed(client_call& call, const api_request& request, api_answer first,
                    waiting_spinner& spinner);

// Until Ctrl-C: exit code 0.
int watch(client_call& call, const api_request& request);
// The same for a command that always watches.
int watch_always(client_call& call);

}  // namespace dialplane::cli
