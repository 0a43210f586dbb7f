// An HTTP answer of the server's MCP route, turned into the lines that a client on standard input
// and output expects.
//
// Pure. The server's JSON is passed on as it is, but for line ends between its tokens; what is no
// answer to this request (a proxy's page, another id) becomes a JSON-RPC error with a sentence.
#pragma once

#include <string>
#include <vector>

#include "edge/mcp_bridge/bridge_message.hpp"
#include "net/http_answer_reader.hpp"

namespace dialplane {

struct bridge_answer {
  std::vector<std::string> lines;  // without their ends
  // A gateway's or a stopping server's word: nobody knows what became of the request.
  bool unsure = false;
  std::string agreed;   // of initialize: the version
  std::string session;  // of initialize: the header Mcp-Session-Id
};

// For a request exactly one of the lines answers it. For notifications there are none.
bridge_answer read_answer(const bridge_message& message, const http_answer& answer,
                          const bridge_limits& limits = {});

}  // namespace dialplane
