#include "net/listen_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace dialplane {

namespace {

bool is_ipv4(const std::string& text) noexcept {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& text) noexcept {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

error bad_address(std::string_view text) {
  return bad_field("listen", "'" + std::string(text.substr(0, 80)) +
                                 "' is not ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080.");
}

}  // namespace

result<listen_address> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address(text);
  const std::string_view digits = text.substr(colon + 1);
  listen_address out;
  const char* const past = digits.data() + digits.size();
  const auto [end, failed] = std::from_chars(digits.data(), past, out.port);
  if (failed != std::errc() || end != past) return bad_address(text);
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    out.host = host.substr(1, host.size() - 2);
    if (!is_ipv6(out.host)) return bad_address(text);
    return out;
  }
  out.host = host == "localhost" ? "127.0.0.1" : host;
  if (!is_ipv4(out.host)) return bad_address(text);
  return out;
}

bool is_loopback(const listen_address& address) noexcept {
  in_addr v4{};
  if (inet_pton(AF_INET, address.host.c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> 24) == 127;
  }
  in6_addr v6{};
  return inet_pton(AF_INET6, address.host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string to_text(const listen_address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace dialplane
