// What to do after an answer: hints and commands to go on with, for people and for programs.
// Pure.
#pragma once

#include "edge/cli/client_call.hpp"

namespace dialplane::cli {

advice advice_after(const client_call& call, const api_answer& answer);
advice advice_after(const client_call& call, const command_error& why);

}  // namespace dialplane::cli
