#include "domain/voice_endpoint.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"

namespace dialplane {

namespace {

constexpr std::size_t address_bytes_max = 255;
constexpr std::size_t user_bytes_max = 64;
constexpr std::size_t label_bytes_max = 63;
constexpr std::size_t name_bytes_max = 253;
constexpr std::string_view scheme = "sip:";

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_user(std::string_view text) {
  return !text.empty() && text.size() <= user_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_alphanumeric(c) || std::string_view("-_.+~").find(c) != std::string_view::npos;
         });
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= label_bytes_max && text.front() != '-' &&
         text.back() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
           return is_alphanumeric(c) || c == '-';
         });
}

// A name whose last label is not a number (an IPv4 address in some unusual form would be one), or
// four decimal numbers.
bool is_sip_host(std::string_view text) {
  if (text.empty() || text.size() > name_bytes_max) return false;
  std::size_t labels = 0;
  std::size_t numbers = 0;
  bool bytes_only = true;
  bool last_is_number = false;
  for (;;) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view label = text.substr(0, end);
    if (!is_label(label)) return false;
    last_is_number = std::all_of(label.begin(), label.end(), is_digit);
    int value = 0;
    if (last_is_number) {
      ++numbers;
      std::from_chars(label.data(), label.data() + label.size(), value);
    }
    const bool is_byte = last_is_number && label.size() <= 3 && value <= 255 &&
                         (label.size() == 1 || label.front() != '0');
    bytes_only = bytes_only && is_byte;
    ++labels;
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  if (last_is_number) return labels == 4 && numbers == 4 && bytes_only;
  return true;
}

bool is_ipv6_shape(std::string_view text) {
  return text.size() >= 2 && text.size() <= 39 &&
         std::count(text.begin(), text.end(), ':') >= 2 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || c == ':' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

std::string lower_host(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

error wrong(std::string_view field, std::string_view what) {
  return bad_field(std::string(field), std::string(field) + " must " + std::string(what) + ".");
}

// "host", "host:5060", "[2001:db8::1]:5060".
result<void> read_host(std::string_view text, std::string_view field, sip_address& into) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || !is_ipv6_shape(text.substr(1, close - 1))) {
      return wrong(field, "name a host or an address");
    }
    into.host = lower_host(text.substr(1, close - 1));
    text.remove_prefix(close + 1);
    if (!text.empty() && !text.starts_with(':')) return wrong(field, "name one host");
    port = text.empty() ? text : text.substr(1);
    if (!text.empty() && port.empty()) return wrong(field, "name a port behind the colon");
  } else {
    const std::size_t colon = text.find(':');
    const std::string_view host = text.substr(0, colon);
    if (!is_sip_host(host)) return wrong(field, "name a host or an address");
    into.host = lower_host(host);
    if (colon == std::string_view::npos) return {};
    port = text.substr(colon + 1);
    if (port.empty()) return wrong(field, "name a port behind the colon");
  }
  if (port.empty()) return {};
  int number = 0;
  const auto [stop, failed] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool whole = failed == std::errc{} && stop == port.data() + port.size();
  if (!whole || !is_digit(port.front()) || number < 1 || number > 65'535 || port.size() > 5) {
    return wrong(field, "have a port from 1 to 65535");
  }
  into.port = number;
  return {};
}

}  // namespace

result<sip_address> parse_sip_address(std::string_view text, std::string_view field) {
  if (text.size() > address_bytes_max) return wrong(field, "have at most 255 characters");
  if (!text.starts_with(scheme)) return wrong(field, "begin with sip:");
  text.remove_prefix(scheme.size());
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return wrong(field, "be of the form sip:user@host");
  sip_address address;
  address.user = text.substr(0, at);
  if (address.user.find(':') != std::string::npos) {
    return wrong(field, "hold no password: username and password have members of their own");
  }
  if (!is_user(address.user)) {
    return wrong(field, "have a user of 1 to 64 letters, digits and -_.+~");
  }
  text.remove_prefix(at + 1);
  if (text.find('?') != std::string_view::npos) return wrong(field, "hold no headers");
  const std::size_t semicolon = text.find(';');
  if (semicolon != std::string_view::npos) {
    const std::string_view parameter = text.substr(semicolon + 1);
    constexpr std::string_view name = "transport=";
    const std::string_view value =
        parameter.starts_with(name) ? parameter.substr(name.size()) : std::string_view();
    if (value != "udp" && value != "tcp" && value != "tls") {
      return wrong(field, "have no parameter but ;transport=udp, tcp or tls");
    }
    address.transport = value;
    text = text.substr(0, semicolon);
  }
  TRY(read_host(text, field, address));
  return address;
}

}  // namespace dialplane
