#include "edge/rest/origin_guard.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "edge/rest/lower_case_name.hpp"

namespace dialplane {

namespace {

constexpr std::array<std::string_view, 3> own_names = {"localhost", "127.0.0.1", "[::1]"};

template <typename List>
bool lists_name(const List& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_ours(const std::string& host, const origin_rules& rules) {
  return !host.empty() && (lists_name(own_names, host) || lists_name(rules.hosts, host));
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string host_of_authority(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const std::size_t colon = authority.find(':', bracket);
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) return {};
  const std::string_view host = authority.substr(0, colon);
  const auto stops = [](char c) {
    return c <= ' ' || c == '/' || c == '@' || c == '?' || c == '#';
  };
  if (std::any_of(host.begin(), host.end(), stops)) return {};
  if (bracket > 0 && host.size() != bracket + 1) return {};
  return lower_case_name(host);
}

std::string host_of_url(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    return host_of_authority(url.substr(0, url.find('/')));
  }
  return {};
}

result<void> judge_origin(const http_request& request, const origin_rules& rules) {
  const std::string* host = request.header("host");
  if (host == nullptr || !is_ours(host_of_authority(*host), rules)) {
    return refused(error_code::forbidden,
                   "This server does not answer under that Host; see the option mcp.hosts.");
  }
  const std::string* origin = request.header("origin");
  if (origin == nullptr) return {};
  const bool fits = lists_name(rules.origins, *origin) || is_ours(host_of_url(*origin), rules);
  if (request.count_of("origin") > 1 || !fits) {
    return refused(error_code::forbidden,
                   "This server does not answer that Origin; see the option mcp.origins.");
  }
  return {};
}

}  // namespace dialplane
