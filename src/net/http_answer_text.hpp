// Writes an answer as the bytes that go on the wire: head and body in one buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "net/http.hpp"

namespace dialplane {

// The date header's text, made once per second.
class http_date {
 public:
  explicit http_date(const clock& time) : time_(time) {}
  std::string_view text();  // "Sun, 06 Nov 1994 08:49:37 GMT"

 private:
  const clock& time_;
  std::int64_t second_ = -1;
  std::string text_;
};

std::string imf_fixdate(timestamp at);  // RFC 9110 §5.6.7
std::string_view reason_phrase(int status) noexcept;

struct answer_form {
  bool head_only = false;  // the answer to HEAD: the length, but no body
  bool close = false;      // adds "Connection: close"
  bool keep_alive_said = false;  // adds "Connection: keep-alive", which HTTP/1.0 clients need
};

// Replaces `out`. A line break inside a header's value becomes a space: no answer can be split.
void write_answer(const http_response& response, const answer_form& form, std::string_view date,
                  std::string& out);
// "\r\nName: value" of each, with the same care.
void append_headers(const std::vector<http_header>& headers, std::string& out);
// The head of an answer that goes on in pieces: in chunks, or up to the end of the connection.
void write_stream_head(const http_response& response, const answer_form& form, bool chunked,
                       std::string_view date, std::string& out);
// Appends one chunk; an empty piece is the last one.
void append_chunk(std::string_view piece, std::string& out);

}  // namespace dialplane
