// Writes JSON text straight into a string, for what is written most: answers, and what every
// purchase leaves in the books.
//
// The caller is responsible for names and structure: names are plain letters, every begin has its
// end. Texts are escaped here; they must be valid UTF-8, which everything that came through the
// JSON gate is. Reads nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dialplane {

// The text as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

// A JSON string, or null for nothing.
template <typename OptionalText>
void append_json_or_null(std::string& out, const OptionalText& text) {
  if (text) {
    append_json_string(out, *text);
  } else {
    out += "null";
  }
}

// One JSON object, member by member in the order of the calls.
class json_text {
 public:
  explicit json_text(std::size_t expected_bytes) {
    text_.reserve(expected_bytes);
    text_ += '{';
  }

  void put_text(std::string_view name, std::string_view value) {
    put_name(name);
    append_json_string(text_, value);
  }
  void put_text_or_null(std::string_view name, const std::optional<std::string>& value) {
    put_name(name);
    append_json_or_null(text_, value);
  }
  void put_integer(std::string_view name, std::int64_t value) {
    put_name(name);
    text_ += std::to_string(value);
  }
  void put_flag(std::string_view name, bool value) {
    put_name(name);
    text_ += value ? "true" : "false";
  }
  void put_null(std::string_view name) {
    put_name(name);
    text_ += "null";
  }
  // JSON that is text already.
  void put_json(std::string_view name, std::string_view json) {
    put_name(name);
    text_ += json;
  }
  // An object within: its members follow until end().
  void begin(std::string_view name) {
    put_name(name);
    text_ += '{';
  }
  void end() { text_ += '}'; }

  // The whole object; nothing may be put after it.
  std::string take() {
    text_ += '}';
    return std::move(text_);
  }

 private:
  void put_name(std::string_view name) {
    if (text_.back() != '{') text_ += ',';
    text_.append("\"").append(name).append("\":");
  }

  std::string text_;
};

}  // namespace dialplane
