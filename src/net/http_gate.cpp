#include "net/http_gate.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace dialplane {

namespace {

// Methods that change what the rest of the message means; the router judges all others (405).
constexpr std::array<std::string_view, 2> unserved_methods = {"CONNECT", "TRACE"};
constexpr std::size_t method_bytes_max = 32;

bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_control(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// Every comma-separated member of a list header, trimmed; empty members are skipped.
template <typename Visit>
void for_each_member(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view member = list.substr(0, comma);
    while (!member.empty() && (member.front() == ' ' || member.front() == '\t')) {
      member.remove_prefix(1);
    }
    while (!member.empty() && (member.back() == ' ' || member.back() == '\t')) {
      member.remove_suffix(1);
    }
    if (!member.empty()) visit(member);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

// What the headers say about framing and the connection; each pointer is the only such header.
struct seen_headers {
  const std::string* host = nullptr;
  const std::string* content_length = nullptr;
  const std::string* transfer_encoding = nullptr;
  const std::string* content_type = nullptr;
  const std::string* authorization = nullptr;
  const std::string* expect = nullptr;
  bool close = false;
  bool keep_alive = false;
};

// The slot of a header that may appear only once, or null.
const std::string** single_slot(seen_headers& seen, std::string_view name) noexcept {
  switch (name.size()) {
    case 4: return equal_ignoring_case(name, "host") ? &seen.host : nullptr;
    case 6: return equal_ignoring_case(name, "expect") ? &seen.expect : nullptr;
    case 12: return equal_ignoring_case(name, "content-type") ? &seen.content_type : nullptr;
    case 13: return equal_ignoring_case(name, "authorization") ? &seen.authorization : nullptr;
    case 14: return equal_ignoring_case(name, "content-length") ? &seen.content_length : nullptr;
    case 17:
      return equal_ignoring_case(name, "transfer-encoding") ? &seen.transfer_encoding : nullptr;
    default: return nullptr;
  }
}

std::optional<http_refusal> collect(std::span<const http_header> headers, seen_headers& seen) {
  for (const http_header& each : headers) {
    if (std::any_of(each.value.begin(), each.value.end(),
                    [](char c) { return is_control(c) && c != '\t'; })) {
      return malformed_request("A header value contains a control character.");
    }
    if (const std::string** slot = single_slot(seen, each.name)) {
      if (*slot != nullptr) {
        return malformed_request("The header " + each.name + " must not be sent more than once.");
      }
      *slot = &each.value;
    } else if (equal_ignoring_case(each.name, "connection")) {
      for_each_member(each.value, [&seen](std::string_view member) {
        seen.close = seen.close || equal_ignoring_case(member, "close");
        seen.keep_alive = seen.keep_alive || equal_ignoring_case(member, "keep-alive");
      });
    }
  }
  return std::nullopt;
}

// RFC 9112 §6: exactly one way to find the end of the message.
std::optional<http_refusal> judge_framing(const seen_headers& seen, int version,
                                          const http_limits& limits, gated_head& out) {
  if (seen.transfer_encoding != nullptr) {
    if (version < 11) return malformed_request("Transfer-Encoding needs HTTP/1.1.");
    if (seen.content_length != nullptr) {
      return malformed_request("Content-Length and Transfer-Encoding must not be sent together.");
    }
    if (!equal_ignoring_case(*seen.transfer_encoding, "chunked")) {
      return malformed_request("The only known Transfer-Encoding is chunked.");
    }
    out.chunked = true;
    return std::nullopt;
  }
  if (seen.content_length == nullptr) return std::nullopt;
  const std::string& text = *seen.content_length;
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) {
    return malformed_request("Content-Length must be one decimal number.");
  }
  std::uint64_t length = 0;
  for (const char digit : text) {
    length = length * 10 + static_cast<std::uint64_t>(digit - '0');
    if (length > limits.body_bytes) {
      return request_refusal(413, error_code::payload_too_large,
                             "The body is larger than " + std::to_string(limits.body_bytes) +
                                 " bytes.");
    }
  }
  out.content_length = length;
  return std::nullopt;
}

std::optional<http_refusal> judge_host(const seen_headers& seen, int version) {
  if (seen.host == nullptr) {
    if (version < 11) return std::nullopt;
    return malformed_request("An HTTP/1.1 request needs exactly one Host header.");
  }
  if (!is_host(*seen.host)) return malformed_request("The Host header is not a host and port.");
  return std::nullopt;
}

bool percent_encoding_is_sound(std::string_view text) noexcept {
  for (std::size_t i = text.find('%'); i < text.size(); i = text.find('%', i + 3)) {
    if (i + 2 >= text.size()) return false;
    if (hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return false;
    if (text[i + 1] == '0' && text[i + 2] == '0') return false;
  }
  return true;
}

// Cuts "http://authority" off an absolute-form target; what is left is origin-form.
std::optional<http_refusal> cut_authority(std::string_view& target, const std::string* host) {
  const std::size_t scheme = equal_ignoring_case(target.substr(0, 7), "http://")    ? 7
                             : equal_ignoring_case(target.substr(0, 8), "https://") ? 8
                                                                                    : 0;
  if (scheme == 0) return malformed_request("The request target must start with a slash.");
  target.remove_prefix(scheme);
  const std::string_view authority = target.substr(0, target.find_first_of("/?"));
  if (host == nullptr || !equal_ignoring_case(authority, *host)) {
    return malformed_request("The request target names another host than the Host header.");
  }
  target.remove_prefix(authority.size());
  return std::nullopt;
}

std::optional<http_refusal> judge_target(const http_head& head, const seen_headers& seen,
                                         gated_head& out) {
  std::string_view target = head.target;
  if (target == "*" && head.method == "OPTIONS") {
    out.path = "*";
    return std::nullopt;
  }
  for (const char c : target) {
    if (is_control(c) || c == ' ' || c == '#' || static_cast<unsigned char>(c) >= 0x80) {
      return malformed_request(
          "The request target contains a character that must be percent-encoded.");
    }
  }
  const bool absolute = !target.starts_with('/');
  if (absolute) {
    if (auto no = cut_authority(target, seen.host)) return no;
  }
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view raw_path = target.substr(0, mark);
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));
  std::optional<std::string> path = decode_path(absolute && raw_path.empty() ? "/" : raw_path);
  if (!path) return malformed_request("The path is not a clean, correctly encoded UTF-8 path.");
  out.path = *std::move(path);
  out.query = std::string(query);
  return std::nullopt;
}

std::optional<http_refusal> judge(const http_head& head, const http_limits& limits,
                                  gated_head& out) {
  if (head.target.size() > limits.target_bytes) {
    return request_refusal(414, error_code::uri_too_long, "The request target is too long.");
  }
  if (head.headers.size() > limits.header_count) {
    return request_refusal(431, error_code::headers_too_large, "The request has too many headers.");
  }
  seen_headers seen;
  // The path first: it lets every later refusal speak the right dialect.
  std::optional<http_refusal> no = collect(head.headers, seen);
  const std::optional<http_refusal> bad_target = judge_target(head, seen, out);
  if (!no) no = judge_host(seen, head.version);
  if (!no) no = bad_target;
  if (!no) no = judge_framing(seen, head.version, limits, out);
  if (no) return no;
  const bool unserved = std::find(unserved_methods.begin(), unserved_methods.end(),
                                  head.method) != unserved_methods.end();
  if (unserved || head.method.size() > method_bytes_max) {
    return request_refusal(501, error_code::method_not_allowed,
                           "The request method is not supported.");
  }
  if (seen.expect != nullptr && head.version >= 11) {
    if (!equal_ignoring_case(*seen.expect, "100-continue")) {
      return request_refusal(417, error_code::malformed_request,
                             "The only supported expectation is 100-continue.");
    }
    out.expects_continue = out.chunked || out.content_length > 0;
  }
  out.keep_alive = head.version >= 11 ? !seen.close : seen.keep_alive && !seen.close;
  return std::nullopt;
}

}  // namespace

http_refusal request_refusal(int status, error_code code, std::string_view message) {
  return {.status = status, .code = code, .message = std::string(message)};
}

http_refusal malformed_request(std::string_view message) {
  return request_refusal(400, error_code::malformed_request, message);
}

gate_verdict pass_gate(const http_head& head, const http_limits& limits) {
  gated_head out;
  std::optional<http_refusal> no = judge(head, limits, out);
  if (!no) return out;
  no->method = std::string(head.method);
  no->path = !out.path.empty() ? std::move(out.path)
                               : std::string(head.target.substr(0, head.target.find('?')));
  return *std::move(no);
}

std::optional<std::string> decode_path(std::string_view raw) {
  if (!raw.starts_with('/') || !percent_encoding_is_sound(raw)) return std::nullopt;
  std::string path(raw.size(), '\0');
  char* to = path.data();
  bool high = false;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '%') {
      c = static_cast<char>(hex_value(raw[i + 1]) * 16 + hex_value(raw[i + 2]));
      if (c == '/') return std::nullopt;
      i += 2;
    } else if (c == '#' || c == '?') {
      return std::nullopt;
    }
    if (is_control(c)) return std::nullopt;
    high = high || static_cast<unsigned char>(c) >= 0x80;
    *to++ = c;
  }
  path.resize(static_cast<std::size_t>(to - path.data()));
  if (high && !is_valid_utf8(path)) return std::nullopt;
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view segment = std::string_view(path).substr(start, end - start);
    if (segment == "." || segment == ".." || (segment.empty() && end < path.size())) {
      return std::nullopt;
    }
    start = end + 1;
  }
  return path;
}

int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_host(std::string_view text) noexcept {
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    for (const char c : text.substr(1, end - 1)) {
      if (hex_value(c) < 0 && c != ':' && c != '.') return false;
    }
    rest = text.substr(end + 1);
  } else {
    const std::size_t end = std::min(text.find(':'), text.size());
    if (end == 0 || end > 255) return false;
    for (const char c : text.substr(0, end)) {
      if (!is_alpha(c) && !is_digit(c) && c != '.' && c != '-' && c != '_') return false;
    }
    rest = text.substr(end);
  }
  if (rest.empty()) return true;
  if (!rest.starts_with(':') || rest.size() < 2 || rest.size() > 6) return false;
  unsigned port = 0;
  for (const char c : rest.substr(1)) {
    if (!is_digit(c)) return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  return port <= 65535;
}

}  // namespace dialplane
