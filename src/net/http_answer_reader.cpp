#include "net/http_answer_reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "base/check.hpp"
#include "base/utf8.hpp"

namespace dialplane {

namespace {

bool is_token_character(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_value_character(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

std::size_t count_of(const http_answer& answer, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      answer.headers,
      [name](const http_header& each) { return equal_ignoring_case(each.name, name); }));
}

bool lists_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (equal_ignoring_case(trim(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (failed != std::errc() || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return length;
}

}  // namespace

const std::string* http_answer::header(std::string_view name) const noexcept {
  for (const http_header& each : headers) {
    if (equal_ignoring_case(each.name, name)) return &each.value;
  }
  return nullptr;
}

http_answer_reader::http_answer_reader(const http_answer_limits& limits, bodies as)
    : limits_(limits),
      body_bytes_(as == bodies::kept ? limits.body_bytes
                                     : std::numeric_limits<std::size_t>::max()) {}

http_answer_reader::progress http_answer_reader::refuse(std::string_view why) {
  complaint_ = why;
  reusable_ = false;
  return progress::refused;
}

http_answer_reader::progress http_answer_reader::consume(std::string_view bytes) {
  if (!bytes.empty()) started_ = true;
  while (!bytes.empty()) {
    if (part_ != part::head) return take_body(bytes);
    const std::size_t end = bytes.find('\n');
    const std::size_t taken = end == std::string_view::npos ? bytes.size() : end + 1;
    head_bytes_ += taken;
    if (head_bytes_ > limits_.head_bytes) return refuse("the head of the answer is too large");
    line_ += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    if (end == std::string_view::npos) return progress::need_more;
    if (!line_.ends_with("\r\n")) return refuse("a line of the answer's head ends in a bare LF");
    const std::string line = std::exchange(line_, {});
    const bool last = line.size() == 2;
    const progress after = last ? end_of_head()
                                : read_head_line(std::string_view(line).substr(0, line.size() - 2));
    if (after == progress::refused) return after;
    if (after == progress::complete) return finish(bytes);
  }
  return progress::need_more;
}

http_answer_reader::progress http_answer_reader::read_head_line(std::string_view line) {
  return answer_.status == 0 ? read_status_line(line) : read_header_line(line);
}

// HTTP/1.1 200 OK
http_answer_reader::progress http_answer_reader::read_status_line(std::string_view line) {
  const bool one_one = line.starts_with("HTTP/1.1 ");
  if (!one_one && !line.starts_with("HTTP/1.0 ")) return refuse("the answer is not HTTP/1");
  http_1_0_ = !one_one;
  line.remove_prefix(9);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, digit) ||
      (line.size() > 3 && line[3] != ' ') ||
      !std::ranges::all_of(line.substr(3), is_value_character)) {
    return refuse("the status line is malformed");
  }
  answer_.status = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (answer_.status < 100) return refuse("the status line is malformed");
  return progress::need_more;
}

http_answer_reader::progress http_answer_reader::read_header_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return refuse("a header has no name");
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = line.substr(colon + 1);
  if (!std::ranges::all_of(name, is_token_character)) return refuse("a header's name is malformed");
  if (!std::ranges::all_of(value, is_value_character)) {
    return refuse("a header's value has control characters");
  }
  if (answer_.headers.size() == limits_.header_count) return refuse("too many headers");
  answer_.headers.push_back({std::string(name), std::string(trim(value))});
  return progress::need_more;
}

http_answer_reader::progress http_answer_reader::end_of_head() {
  if (answer_.status == 0) return refuse("the answer has no status line");
  if (answer_.status == 101) return refuse("the answer changes the protocol");
  if (answer_.status < 200) {
    if (++interims_ > limits_.interim_answers) return refuse("too many interim answers");
    answer_ = {};
    return progress::need_more;
  }
  return choose_framing();
}

// RFC 9112 §6.3, without its leniences.
http_answer_reader::progress http_answer_reader::choose_framing() {
  const std::string* coding = answer_.header("transfer-encoding");
  const std::string* length = answer_.header("content-length");
  const std::string* connection = answer_.header("connection");
  const bool close = connection != nullptr && lists_token(*connection, "close");
  const bool keep = connection != nullptr && lists_token(*connection, "keep-alive");
  reusable_ = http_1_0_ ? keep && !close : !close;
  if (coding != nullptr) {
    if (length != nullptr) return refuse("the answer has a length and chunks");
    if (http_1_0_ || count_of(answer_, "transfer-encoding") > 1 ||
        !equal_ignoring_case(*coding, "chunked")) {
      return refuse("the answer's transfer coding is not plain chunked");
    }
  }
  if (count_of(answer_, "content-length") > 1) return refuse("the answer has two lengths");
  std::optional<std::uint64_t> bytes;
  if (length != nullptr) {
    bytes = parse_length(*length);
    if (!bytes) return refuse("the answer's length is malformed");
  }
  head_is_complete_ = true;
  if (answer_.status == 204 || answer_.status == 304) return progress::complete;
  if (coding != nullptr) {
    part_ = part::chunked_body;
    chunks_.emplace(body_bytes_, limits_.head_bytes);
    return progress::need_more;
  }
  if (!bytes) {
    part_ = part::endless_body;
    reusable_ = false;
    return progress::need_more;
  }
  part_ = part::sized_body;
  length_left_ = *bytes;
  return length_left_ == 0 ? progress::complete : progress::need_more;
}

http_answer_reader::progress http_answer_reader::take_body(std::string_view bytes) {
  if (part_ == part::chunked_body) {
    std::size_t used = 0;
    switch (chunks_->consume(bytes, used, answer_.body)) {
      case chunk_decoder::progress::need_more: return progress::need_more;
      case chunk_decoder::progress::complete: return finish(bytes.substr(used));
      case chunk_decoder::progress::malformed: return refuse("a chunk of the answer is malformed");
      case chunk_decoder::progress::too_large: return cut();
    }
  }
  const bool sized = part_ == part::sized_body;
  const std::size_t now =
      sized ? static_cast<std::size_t>(std::min<std::uint64_t>(length_left_, bytes.size()))
            : bytes.size();
  const std::size_t room = body_bytes_ - answer_.body.size();
  answer_.body += bytes.substr(0, std::min(now, room));
  if (now > room) return cut();
  if (!sized) return progress::need_more;
  length_left_ -= now;
  return length_left_ == 0 ? finish(bytes.substr(now)) : progress::need_more;
}

http_answer_reader::progress http_answer_reader::cut() {
  answer_.cut = true;
  reusable_ = false;
  return progress::complete;
}

http_answer_reader::progress http_answer_reader::finish(std::string_view rest) {
  if (!rest.empty()) reusable_ = false;
  return progress::complete;
}

http_answer_reader::progress http_answer_reader::end_of_input() {
  if (part_ == part::endless_body) return progress::complete;
  return refuse(started_ ? "the answer broke off" : "there was no answer");
}

std::string http_answer_reader::take_piece() { return std::exchange(answer_.body, {}); }

http_answer http_answer_reader::take() { return std::move(answer_); }

}  // namespace dialplane
