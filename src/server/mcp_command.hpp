// `dialplane mcp`, the MCP server on standard input and output, and `dialplane mcp install`, which
// tells other programs of it.
#pragma once

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "edge/cli/arguments.hpp"

namespace dialplane {

// Runs until the input ends. The exit code; refused (invalid_input) before anything was read.
result<int> run_mcp(const parsed_arguments& given);

// Prints a client's configuration and answers with nothing in it, or writes it into the client's
// file and says which. Refused: invalid_input, what was given; conflict, the file is not to be had.
result<boost::json::object> install_mcp(const parsed_arguments& given);

}  // namespace dialplane
