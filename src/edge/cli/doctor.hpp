// dialplane doctor: what keeps numbers from working, and what to do about it.
#pragma once

#include "edge/cli/command.hpp"

namespace dialplane::cli {

// Exit code 1 where something has failed.
int run_doctor(client_call& call);

}  // namespace dialplane::cli
