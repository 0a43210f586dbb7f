// What a command asks a person before it spends, releases or removes. Only on a terminal, and not
// with --yes: scripts are never asked.
#pragma once

#include <optional>

#include "edge/cli/client_call.hpp"

namespace dialplane::cli {

// Nothing: go on. Else the exit code: the person did not say yes, or the server already refused.
// A purchase whose price was shown goes on under the quote that promised it: `request` then names
// the quote in place of the wish. Needs an interrupt_notice.
std::optional<int> ask_before(client_call& call, api_request& request);

}  // namespace dialplane::cli
