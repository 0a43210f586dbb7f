#include "store/sqlite/like_pattern.hpp"

namespace dialplane::sqlite {

std::optional<std::string> pattern_containing(std::string_view part) {
  if (part.empty()) return std::nullopt;
  std::string pattern = "%";
  for (const char c : part) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

std::optional<std::string> pattern_of_digits(std::string_view part) {
  std::string digits;
  for (const char c : part) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (std::string_view("+-.() ").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (digits.empty()) return std::nullopt;
  return (part.find('+') == std::string_view::npos ? "%" : "+") + digits + '%';
}

}  // namespace dialplane::sqlite
