// Names of hosts and of headers, which are compared without case: ASCII letters made small.
#pragma once

#include <string>
#include <string_view>

namespace dialplane {

inline std::string lower_case_name(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace dialplane
