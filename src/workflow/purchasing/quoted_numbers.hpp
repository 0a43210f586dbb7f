// Numbers that a living quote promises to somebody: hidden from everyone else, also where the
// carrier does not reserve. One look into an index per number, at most as many as a search gives.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/unique_function.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// Those of `numbers` that are promised to anyone but `but_to` (nobody: to anyone). Inside a unit.
result<std::set<std::string>> quoted_among(session& work, const std::vector<std::string>& numbers,
                                           timestamp now, std::optional<user_id> but_to);

// The same from a loop. Where the store gives no answer nothing is hidden: a quote that somebody
// overtakes ends like one whose number a stranger bought.
void find_quoted(workflow_environment& env, std::vector<std::string> numbers,
                 std::optional<user_id> but_to,
                 unique_function<void(std::set<std::string>)> done);

}  // namespace dialplane
