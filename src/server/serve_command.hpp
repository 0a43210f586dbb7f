// dialplane serve: from settings to a running server, until a signal ends it.
#pragma once

#include "edge/cli/arguments.hpp"
#include "server/settings.hpp"

namespace dialplane {

// Returns the exit code 2 for bad options. Otherwise it ends the process: with 0 after an orderly
// stop, with 1 where the server cannot start.
int run_serve(const parsed_arguments& given, const named_texts& variables);

}  // namespace dialplane
