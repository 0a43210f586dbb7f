// The address of an HTTP request we are asked to make, read so strictly that no two programs can
// understand it differently. Pure; names are not looked up and addresses not judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "net/ip_address.hpp"

namespace dialplane {

struct http_url {
  bool tls = true;
  std::string host;                   // a name in lower case, or an address without brackets
  std::optional<ip_address> address;  // where the host is one
  std::uint16_t port = 443;
  std::string target;                 // path and query, as given; at least "/"

  std::string authority() const;      // for the Host header
};

// Refused (invalid_input; the message is a sentence that begins with "must"): schemes other than
// http and https, user names, fragments, white space and other characters that belong
// percent-encoded, IPv4 addresses in any form but four decimal numbers, IPv6 zones, empty labels
// (a trailing dot too), ports that address_guard::allows_port refuses, more than 2,048 characters.
result<http_url> parse_http_url(std::string_view text);

}  // namespace dialplane
