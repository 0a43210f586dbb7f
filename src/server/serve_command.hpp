// dialplane serve: from settings to a running server, until a signal ends it.
#pragma once

#include "server/arguments.hpp"
#include "server/settings.hpp"

namespace dialplane {

// The exit code: 0 after an orderly stop, 2 for bad options, 1 where the server cannot start.
int run_serve(const parsed_arguments& given, const named_texts& variables);

}  // namespace dialplane
