// Runs one command of the client from its words to its exit code: parse, connect, ask, print.
#pragma once

#include <span>
#include <string>

#include "edge/cli/all_commands.hpp"

namespace dialplane::cli {

// `words` after the command's own. Exit codes (naive dialect §11): 0 done or waiting for a human,
// 1 refused, 2 not understood, 3 key, 4 no connection, 5 outcome unknown.
int run_client(const client_command& command, std::span<const std::string> words,
               const std::string& program);

// Is somebody logged in, or did they say which server? Then commands that both the client and the
// data directory know go to the server.
bool server_is_chosen(const parsed_arguments& given);

}  // namespace dialplane::cli
