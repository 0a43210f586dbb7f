#include "server/mcp_options.hpp"

#include <string>
#include <utility>
#include <vector>

#include "domain/embedded_tables.hpp"
#include "edge/rest/origin_guard.hpp"

namespace dialplane {

namespace {

using settings = server_settings;
using text = std::string_view;

constexpr std::size_t names_max = 32;
constexpr std::int64_t calls_max = 10'000;

result<void> keep_hosts(settings& s, text given) {
  std::vector<std::string> hosts;
  for (const text each : split_text(given, ',')) {
    std::string host = host_of_authority(each);
    if (host.empty() || host.size() != each.size() || hosts.size() == names_max) {
      return must_be("names without scheme and port, such as numbers.example.com,10.0.0.5");
    }
    hosts.push_back(std::move(host));
  }
  s.mcp.hosts = std::move(hosts);
  return {};
}

// Each with a scheme, and nothing behind the host and port unless `with_path`.
result<std::vector<std::string>> read_urls(text given, bool with_path) {
  std::vector<std::string> urls;
  for (const text each : split_text(given, ',')) {
    const std::size_t authority = each.find("//");
    const bool bare = authority != text::npos &&
                      each.find('/', authority + 2) == text::npos;
    if (host_of_url(each).empty() || (!bare && !with_path) || urls.size() == names_max) {
      return must_be(with_path ? "URLs such as https://login.example.com"
                               : "origins such as https://app.example.com");
    }
    urls.emplace_back(each);
  }
  return urls;
}

constexpr option_row mcp_rows[] = {
    {"mcp.hosts", "NAMES",
     "Names /mcp answers under, beside those of this machine and of public_url, with commas.",
     &keep_hosts},
    {"mcp.origins", "ORIGINS",
     "Origins of web pages that may ask /mcp, beside this machine's, with commas (none).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.mcp.origins, read_urls(t, false));
       return {};
     }},
    {"mcp.calls_at_once", "N", "Messages of one key under way at /mcp (16).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.mcp.calls_at_once, read_whole_number(t, 1, calls_max));
       return {};
     }},
    {"mcp.authorization_servers", "URLS",
     "Issuers that /.well-known/oauth-protected-resource names, with commas (none).",
     [](settings& s, text t) -> result<void> {
       TRY_ASSIGN(s.mcp.authorization_servers, read_urls(t, true));
       return {};
     }},
};

}  // namespace

std::span<const option_row> mcp_option_rows() noexcept { return mcp_rows; }

}  // namespace dialplane
