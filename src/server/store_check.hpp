// check: does everything kept still hold what is promised of it? For operators and for tests.
#pragma once

#include "server/local_commands.hpp"

namespace dialplane {

// The store's own promises, the audit chains, our numbers against what the sandbox carrier has
// sold and our texts against what it took, both ways, leaving out what is under way. The answer:
// {"violations":["…"],"numbers":n,"open_operations":n,…}.
result<boost::json::object> check_store(local_environment& env,
                                        const boost::json::object& options);

}  // namespace dialplane
