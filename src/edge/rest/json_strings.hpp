// Writes JSON text straight into a string, for the answers that are asked for most.
//
// The caller is responsible for names and structure; texts are escaped here. Texts must be valid
// UTF-8, which everything that came through the JSON gate is.
#pragma once

#include <string>
#include <string_view>

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

}  // namespace dialplane
