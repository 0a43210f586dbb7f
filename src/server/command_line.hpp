// The program's commands: which there are, what they take, and running them.
#pragma once

#include <span>
#include <string>

namespace dialplane {

// `words` without the program's name, which is `program` as it was called: "dialplane" or "naive".
// The exit code: 0 done, 1 refused or not well, 2 not understood, 3 key, 4 no connection,
// 5 outcome unknown.
int run_command_line(std::span<const std::string> words, const std::string& program);

}  // namespace dialplane
