// `dialplane mcp`, the MCP server on standard input and output, and `dialplane mcp install`, which
// tells other programs of it.
#pragma once

#include "edge/cli/arguments.hpp"

namespace dialplane {

// Runs until the input ends. The exit code.
int run_mcp(const parsed_arguments& given);

// Prints a client's configuration, or writes it into its file. The exit code.
int run_mcp_install(const parsed_arguments& given, bool as_json);

}  // namespace dialplane
