#include "base/utf8.hpp"

namespace dialplane {

namespace {

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (byte_at(text, at) & 0xc0) == 0x80;
}

// Bytes of the character at `at`, 0 where it is not well formed (RFC 3629 §4).
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const unsigned char first = byte_at(text, at);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4 || !continues(text, at + 1)) return 0;
  const unsigned char second = byte_at(text, at + 1);
  if (first < 0xe0) return 2;
  if (first == 0xe0 && second < 0xa0) return 0;  // overlong
  if (first == 0xed && second > 0x9f) return 0;  // surrogate
  if (!continues(text, at + 2)) return 0;
  if (first < 0xf0) return 3;
  if (first == 0xf0 && second < 0x90) return 0;  // overlong
  if (first == 0xf4 && second > 0x8f) return 0;  // above U+10FFFF
  return continues(text, at + 3) ? 4 : 0;
}

}  // namespace

bool is_valid_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = character_bytes(text, at);
    if (bytes == 0) return false;
    at += bytes;
  }
  return true;
}

std::size_t count_code_points(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && continues(text, end)) --end;
  return text.substr(0, end);
}

bool has_control_characters(std::string_view text, bool allow_line_breaks) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned char c = byte_at(text, at);
    const bool line_break = c == '\t' || c == '\n' || c == '\r';
    if ((c < 0x20 || c == 0x7f) && !(allow_line_breaks && line_break)) return true;
    // C1 controls, U+0080 to U+009F.
    if (c == 0xc2 && at + 1 < text.size() && byte_at(text, at + 1) < 0xa0) return true;
  }
  return false;
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view white = " \t\n\v\f\r";
  const std::size_t first = text.find_first_not_of(white);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

}  // namespace dialplane
