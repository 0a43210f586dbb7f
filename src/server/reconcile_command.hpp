// dialplane reconcile: compares carrier accounts with the books, in the running server.
#pragma once

#include "server/local_commands.hpp"

namespace dialplane {

// Options: carrier (all), apply. Waits for the end. The answer's "agrees" is false while findings
// are open, an account could not be compared, or numbers name an account that is not there.
// not_configured: no server runs, which alone knows the accounts.
result<boost::json::object> reconcile_accounts(local_environment& env,
                                               const boost::json::object& options);

}  // namespace dialplane
