#include "net/event_stream_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/utf8.hpp"

namespace dialplane {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::chrono::milliseconds longest_wait{24 * 60 * 60 * 1000};

// Digits only, or nothing; what is longer than a day is cut to a day.
std::optional<std::chrono::milliseconds> parse_wait(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::ranges::all_of(text, digit)) return std::nullopt;
  long long ms = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (failure != std::errc()) return longest_wait;
  return std::min(std::chrono::milliseconds(ms), longest_wait);
}

}  // namespace

void event_stream_reader::begin_again() {
  line_.clear();
  type_.clear();
  data_.clear();
  named_id_ = last_event_id_;
  complaint_.clear();
  has_data_ = false;
  after_cr_ = false;
  first_line_ = true;
}

std::vector<server_sent_event> event_stream_reader::consume(std::string_view bytes) {
  std::vector<server_sent_event> out;
  while (!bytes.empty() && !refused()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::size_t now = std::min(end, bytes.size());
    if (now > limits_.line_bytes - line_.size()) {
      complaint_ = "a line is too long";
      break;
    }
    line_ += bytes.substr(0, now);
    if (end == std::string_view::npos) break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    end_of_line(out);
  }
  return out;
}

void event_stream_reader::end_of_line(std::vector<server_sent_event>& out) {
  const std::string whole = std::exchange(line_, {});
  std::string_view line = whole;
  if (std::exchange(first_line_, false) && line.starts_with(byte_order_mark)) {
    line.remove_prefix(byte_order_mark.size());
  }
  if (line.empty()) {
    last_event_id_ = named_id_;
    std::string type = std::exchange(type_, {});
    std::string data = std::exchange(data_, {});
    if (!std::exchange(has_data_, false)) return;
    out.push_back({last_event_id_, type.empty() ? "message" : std::move(type), std::move(data)});
    return;
  }
  if (!is_valid_utf8(line)) {
    complaint_ = "a line is not UTF-8";
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == 0) return;  // a comment
  if (colon == std::string_view::npos) return take_field(line, "");
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void event_stream_reader::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    take_data(value);
  } else if (name == "event") {
    type_ = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) named_id_ = value;
  } else if (name == "retry") {
    if (const auto wait = parse_wait(value)) retry_after_ = *wait;
  }
}

void event_stream_reader::take_data(std::string_view value) {
  const std::size_t more = value.size() + (has_data_ ? 1 : 0);
  if (more > limits_.event_bytes - data_.size()) {
    complaint_ = "an event is too large";
    return;
  }
  if (std::exchange(has_data_, true)) data_ += '\n';
  data_ += value;
}

}  // namespace dialplane
