// The bridge on this process's standard input and output: reads messages line by line on a thread
// of its own, writes answers on the calling thread, and nothing else ever on standard output.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "edge/mcp_bridge/bridge_message.hpp"

namespace dialplane {

struct mcp_stdio_options {
  std::string server;     // "http://127.0.0.1:8080"; its /mcp is asked
  secret_string key;      // empty: without
  int input = 0;
  int output = 1;
  std::size_t messages_at_once = 64;  // read and not answered yet; then reading waits
  bridge_limits limits;
};

// Refused (invalid_input): no address of an HTTP server.
result<void> check_mcp_server(std::string_view server);

// Until the input ends and what was asked is answered, or nobody reads the output any more. The
// exit code: 0, or 1 for the latter. Refused (invalid_input): the server's address.
result<int> run_mcp_stdio(mcp_stdio_options options);

}  // namespace dialplane
