// dialplane plan and apply: the difference between a file and a server, and making it go away by
// creating, renaming and assigning. Never by releasing: what the file does not mention stays, and
// the line about it says which command would remove it.
#pragma once

#include "edge/cli/command.hpp"

namespace dialplane::cli {

// Exit code 0: nothing differs; 1 is for refusals, so a difference is told by the result.
int run_plan(client_call& call);
// Asks first on a terminal where it spends. Stops at the first refusal and says what was done.
int run_apply(client_call& call);

}  // namespace dialplane::cli
