// application/x-www-form-urlencoded (the WHATWG URL standard, §5), both ways, and percent-encoding.
//
// Carriers post forms to us and take forms from us. Reading is strict and bounded; what is read is
// bytes from outside. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace dialplane {

struct form_limits {
  std::size_t max_bytes = 64 * 1024;
  std::size_t max_fields = 256;
};

// In the order of the text; names may repeat.
struct form_fields {
  std::vector<std::pair<std::string, std::string>> fields;

  // The first of that name, exactly as written, or null. Valid as long as the form.
  const std::string* find(std::string_view name) const noexcept;
  // The first of that name, or "".
  std::string_view text(std::string_view name) const noexcept;
  void add(std::string name, std::string value) {
    fields.emplace_back(std::move(name), std::move(value));
  }
};

// Refused: payload_too_large beyond the limits; invalid_input for a bad percent escape, or bytes
// that are not UTF-8 once decoded, or U+0000.
result<form_fields> parse_form(std::string_view body, const form_limits& limits = {});

// name=value pairs joined with '&'; a space becomes '+'.
std::string form_text(const form_fields& form);

// Everything but A-Z a-z 0-9 - . _ ~ as %XX (RFC 3986 §2.3): for one segment or one query value.
std::string percent_encoded(std::string_view text);

}  // namespace dialplane
