// An address to listen on or to connect to, as configuration writes it: "127.0.0.1:8080".
//
// Only numbers; nothing here looks names up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

struct listen_address {
  std::string host;        // an IPv4 or IPv6 address without brackets
  std::uint16_t port = 0;  // 0: the system picks a free one
};

// "127.0.0.1:8080", "[::1]:0", "localhost:8080" (127.0.0.1). Names are not looked up.
result<listen_address> parse_listen_address(std::string_view text);
bool is_loopback(const listen_address& address) noexcept;
std::string to_text(const listen_address& address);  // with brackets for IPv6

}  // namespace dialplane
