// What a command asks a person before it spends, releases or removes. Only on a terminal, and not
// with --yes: scripts are never asked.
#pragma once

#include <optional>

#include "edge/cli/client_call.hpp"

namespace dialplane::cli {

// Nothing: go on. Else the exit code: the person said no, or the server already refused.
std::optional<int> ask_before(client_call& call, const api_request& request);

}  // namespace dialplane::cli
