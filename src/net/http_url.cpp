#include "net/http_url.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"
#include "net/address_guard.hpp"
#include "net/http.hpp"
#include "net/http_gate.hpp"

namespace dialplane {

namespace {

constexpr std::size_t longest_url = 2'048;
constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;

error must(std::string_view what) {
  return refused(error_code::invalid_input, "must " + std::string(what));
}

bool is_name_character(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

// RFC 3986: everything else is percent-encoded in a path or query.
bool is_target_character(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-._~!$&'()*+,;=:@/?%").find(c) != std::string_view::npos;
}

bool percents_are_sound(std::string_view text) noexcept {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || hex_value(text[at + 1]) < 0 || hex_value(text[at + 2]) < 0) {
      return false;
    }
  }
  return true;
}

// Would some program read this name as an IPv4 address? (WHATWG URL, "ends in a number".)
bool ends_in_number(std::string_view name) noexcept {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return std::ranges::all_of(last, is_digit) || last.starts_with("0x");
}

bool is_name(std::string_view name) noexcept {
  if (name.size() > longest_name) return false;
  while (true) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    if (label.empty() || label.size() > longest_label || label.front() == '-' ||
        label.back() == '-' || !std::ranges::all_of(label, is_name_character)) {
      return false;
    }
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

result<void> read_host(std::string_view text, http_url& into) {
  if (text.starts_with('[') && text.ends_with(']') && text.size() > 2) {
    const std::string_view inner = text.substr(1, text.size() - 2);
    into.address = parse_ip_address(inner);
    if (!into.address || inner.find(':') == std::string_view::npos) {
      return must("have a plain IPv6 address between its brackets");
    }
    into.host = to_text(*into.address);
    return {};
  }
  std::string name(text);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (name.empty()) return must("name a host");
  if (!is_name(name)) return must("name a host in plain ASCII letters, digits, dots and hyphens");
  if (ends_in_number(name)) {
    into.address = parse_ip_address(name);
    if (!into.address) return must("write an IPv4 address as four decimal numbers");
  }
  into.host = std::move(name);
  return {};
}

result<void> read_port(std::string_view text, http_url& into) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), into.port);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size() ||
      text.front() == '0') {
    return must("have a port from 1 to 65535 after the colon");
  }
  return {};
}

result<void> read_authority(std::string_view text, http_url& into) {
  if (text.find('@') != std::string_view::npos) return must("not contain a user name or password");
  const std::size_t after_bracket = text.starts_with('[') ? text.find(']') : 0;
  if (after_bracket == std::string_view::npos) return must("close its bracket");
  const std::size_t colon = text.find(':', after_bracket);
  TRY(read_host(text.substr(0, colon), into));
  if (colon != std::string_view::npos) TRY(read_port(text.substr(colon + 1), into));
  if (!address_guard::allows_port(into.port)) return must("not use that port");
  return {};
}

}  // namespace

std::string http_url::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string text = v6 ? "[" + host + "]" : host;
  if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
  return text;
}

result<http_url> parse_http_url(std::string_view text) {
  if (text.size() > longest_url) return must("be at most 2048 characters long");
  http_url url;
  const std::size_t colon = text.find("://");
  const std::string_view scheme = text.substr(0, colon);
  url.tls = equal_ignoring_case(scheme, "https");
  if (colon == std::string_view::npos || (!url.tls && !equal_ignoring_case(scheme, "http"))) {
    return must("begin with https:// or http://");
  }
  url.port = url.tls ? 443 : 80;
  text.remove_prefix(colon + 3);
  if (text.find('#') != std::string_view::npos) return must("not have a fragment (#)");
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  TRY(read_authority(text.substr(0, end), url));
  const std::string_view rest = text.substr(end);
  if (!std::ranges::all_of(rest, is_target_character) || !percents_are_sound(rest)) {
    return must("have a percent-encoded path and query");
  }
  url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  return url;
}

}  // namespace dialplane
