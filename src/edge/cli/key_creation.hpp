// `keys create` at a server: the words of the local command of that name, as one request.
#pragma once

#include "edge/cli/client_call.hpp"

namespace dialplane::cli {

// --expires takes a time or a duration (30d, 12h, 45m, 90s); --user binds the key. The exit code.
int create_key(client_call& call);

}  // namespace dialplane::cli
