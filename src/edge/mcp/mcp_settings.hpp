// What an operator can set about the Model Context Protocol. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dialplane {

struct mcp_settings {
  std::vector<std::string> hosts;    // further names of this server, without ports
  std::vector<std::string> origins;  // of web pages that may ask, such as https://app.example.com
  std::int64_t calls_at_once = 16;   // per key
  // Issuers whose tokens lead to keys of this server, as the resource metadata names them.
  std::vector<std::string> authorization_servers;
};

}  // namespace dialplane
