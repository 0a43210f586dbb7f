// Whether a text has another within it.
#pragma once

#include <string_view>

namespace dialplane::test {

inline bool contains_text(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace dialplane::test
