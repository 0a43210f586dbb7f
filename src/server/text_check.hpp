// Part of check: our texts against what the sandbox carrier took.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "server/local_commands.hpp"

namespace dialplane {

// Rows that a check reads at a time.
inline constexpr std::size_t checked_at_once = 1'000;

// One sentence per text that was taken twice, or that only one side knows of, leaving out what is
// under way.
result<std::set<std::string>> text_differences(local_environment& env);

}  // namespace dialplane
