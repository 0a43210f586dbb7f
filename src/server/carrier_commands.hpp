// carriers list, describe, add, check, rotate, remove: accounts at carriers.
#pragma once

#include "server/local_commands.hpp"

namespace dialplane {

// All accounts, those of organizations too, and how they are.
result<boost::json::object> list_carriers(local_environment& env,
                                          const boost::json::object& options);
// One kind; else all, shortly. Needs no data.
result<boost::json::object> describe_carriers(std::string_view kind);
// Options: id (a kind), name, organization, label, preference, option, credentials.
result<boost::json::object> add_carrier(local_environment& env,
                                        const boost::json::object& options);
// Options: id (a name), buy-and-release, yes, save-transcript. "works" is the verdict.
result<boost::json::object> check_carrier(local_environment& env,
                                          const boost::json::object& options);
// Options: id (a name), option, credentials.
result<boost::json::object> rotate_carrier(local_environment& env,
                                           const boost::json::object& options);
// Options: id (a name), force.
result<boost::json::object> remove_carrier(local_environment& env,
                                           const boost::json::object& options);

}  // namespace dialplane
