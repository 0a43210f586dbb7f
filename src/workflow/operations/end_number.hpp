// The end of a number: what its last moment does, whoever brought it about (a release, or the
// carrier, which does not have it any more). Inside one transaction.
#pragma once

#include <string_view>

#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// Released from now on: agents let go, slot free, event and audit entry written. Returns how many
// assignments went. `row` is written.
result<std::int64_t> end_number(session& work, workflow_environment& env, number& row,
                                std::string_view request_id);

}  // namespace dialplane
