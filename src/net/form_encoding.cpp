#include "net/form_encoding.hpp"

#include <optional>

#include "base/utf8.hpp"
#include "net/http_gate.hpp"

namespace dialplane {

namespace {

bool is_unreserved(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_escaped(std::string& to, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  to.push_back('%');
  to.push_back(digits[byte >> 4U]);
  to.push_back(digits[byte & 15U]);
}

std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+') {
      plain.push_back(' ');
    } else if (text[at] != '%') {
      plain.push_back(text[at]);
    } else {
      if (at + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[at + 1]);
      const int low = hex_value(text[at + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      plain.push_back(static_cast<char>(high * 16 + low));
      at += 2;
    }
  }
  if (plain.find('\0') != std::string::npos || !is_valid_utf8(plain)) return std::nullopt;
  return plain;
}

}  // namespace

const std::string* form_fields::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : fields) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string_view form_fields::text(std::string_view name) const noexcept {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

result<form_fields> parse_form(std::string_view body, const form_limits& limits) {
  if (body.size() > limits.max_bytes) {
    return refused(error_code::payload_too_large, "The form is too large.");
  }
  form_fields form;
  while (!body.empty()) {
    const std::size_t end = body.find('&');
    const std::string_view pair = body.substr(0, end);
    body = end == std::string_view::npos ? std::string_view() : body.substr(end + 1);
    if (pair.empty()) continue;
    if (form.fields.size() == limits.max_fields) {
      return refused(error_code::payload_too_large, "The form has too many fields.");
    }
    const std::size_t split = pair.find('=');
    auto name = decoded(pair.substr(0, split));
    auto value = split == std::string_view::npos ? std::optional<std::string>(std::string())
                                                 : decoded(pair.substr(split + 1));
    if (!name || !value) {
      return refused(error_code::invalid_input, "The form is not encoded as it must be.");
    }
    form.add(*std::move(name), *std::move(value));
  }
  return form;
}

std::string form_text(const form_fields& form) {
  std::string text;
  const auto append = [&text](std::string_view part) {
    for (const char c : part) {
      if (c == ' ') {
        text.push_back('+');
      } else if (is_unreserved(c) && c != '~') {
        text.push_back(c);
      } else {
        append_escaped(text, c);
      }
    }
  };
  for (const auto& [name, value] : form.fields) {
    if (!text.empty()) text.push_back('&');
    append(name);
    text.push_back('=');
    append(value);
  }
  return text;
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded.push_back(c);
    } else {
      append_escaped(encoded, c);
    }
  }
  return encoded;
}

}  // namespace dialplane
