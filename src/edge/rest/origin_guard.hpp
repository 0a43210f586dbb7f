// Who may ask under which name: the Host and Origin headers of a request, judged against names that
// are ours. A web page can make a browser reach a server on this machine under a name of its own
// (DNS rebinding); such a request says the page's name in both headers, and ends here.
//
// Pure. The names of this machine (localhost, 127.0.0.1, [::1]) are always ours, with any port.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "net/http.hpp"

namespace dialplane {

struct origin_rules {
  std::vector<std::string> hosts;    // names without ports, lower case; for Host and Origin
  std::vector<std::string> origins;  // whole ones, such as https://app.example.com; for Origin
};

// forbidden: Host is not one of our names, or Origin is there and no name of ours.
result<void> judge_origin(const http_request& request, const origin_rules& rules);

// The host of "name:port" or "[::1]:port", in lower case; empty where it is none.
std::string host_of_authority(std::string_view authority);
// The host of an absolute http or https URL, in lower case; empty where it is none.
std::string host_of_url(std::string_view url);

}  // namespace dialplane
