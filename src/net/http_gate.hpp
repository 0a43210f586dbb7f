// The gate: one strict reading of a request's head, before anything acts on it.
//
// Two programs that read one message differently can be played against each other (request
// smuggling), so whatever is ambiguous is refused instead of guessed. The rules are RFC 9112 and
// RFC 9110 read strictly; the parser in front (net/http_reader) has already checked the grammar of
// lines and header names. Pure: no sockets, no clock, no state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "base/error.hpp"
#include "net/http.hpp"

namespace dialplane {

// A request (or what had arrived of it) that no handler saw.
struct http_refusal {
  int status = 400;
  error_code code = error_code::malformed_request;
  std::string message = {};  // public, one sentence
  std::string method = {};   // empty if not known
  // As far as known: decoded if the target was sound, else as sent. Only for choosing the shape of
  // the answer (the dialect).
  std::string path = {};
};

http_refusal request_refusal(int status, error_code code, std::string_view message);
http_refusal malformed_request(std::string_view message);  // 400

struct http_head {
  std::string_view method;
  std::string_view target;
  int version = 11;  // 10 or 11
  std::span<const http_header> headers;
};

struct gated_head {
  std::string path;   // decoded; "*" for OPTIONS *
  std::string query;  // raw
  bool chunked = false;
  std::uint64_t content_length = 0;  // 0 if chunked
  bool keep_alive = true;
  bool expects_continue = false;
};

using gate_verdict = boost::system::result<gated_head, http_refusal>;

// Lets a head through or says why not: 400 malformed_request, 413 payload_too_large (declared
// length), 414 uri_too_long, 417 malformed_request (an expectation other than 100-continue), 431
// headers_too_large, 501 method_not_allowed. The refusal's method and path are filled in.
gate_verdict pass_gate(const http_head& head, const http_limits& limits);

// The parts, also for others who read such text.

// The path of an origin-form target decoded once; nothing if it has a bad percent-encoding, an
// encoded NUL, '/' or control character, invalid UTF-8, a fragment, a "." or ".." segment or "//".
std::optional<std::string> decode_path(std::string_view raw);
// host[:port]: a name, an IPv4 address or an IPv6 address in brackets.
bool is_host(std::string_view text) noexcept;
int hex_value(char c) noexcept;  // -1 if it is no hexadecimal digit

}  // namespace dialplane
