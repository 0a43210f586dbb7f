// check: does everything kept still hold what is promised of it? For operators and for tests.
#pragma once

#include "server/local_commands.hpp"

namespace dialplane {

// Options: sandbox (switch): also compares our numbers with what the sandbox carrier has sold,
// both ways. The answer: {"violations":["…"],"numbers":n,"open_operations":n,…}. Numbers that are
// just being bought or released may show as violations of the comparison.
result<boost::json::object> check_store(local_environment& env,
                                        const boost::json::object& options);

}  // namespace dialplane
