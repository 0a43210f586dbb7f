// Help texts of the client's commands, from their rows.
#pragma once

#include <string>

#include "edge/cli/command.hpp"

namespace dialplane::cli {

std::string usage_of(const client_command& command, const std::string& program);
std::string help_of(const client_command& command, const std::string& program);
// One line per command whose name begins with `prefix` ("phone "; empty: every command).
std::string command_lines(std::string_view prefix, const std::string& program);

}  // namespace dialplane::cli
