// `dialplane exposure`: what a stolen agent key could spend in a day under the present settings.
#pragma once

#include "server/local_commands.hpp"

namespace dialplane {

result<boost::json::object> show_exposure(local_environment& env,
                                          const boost::json::object& options);

}  // namespace dialplane
