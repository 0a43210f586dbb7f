// The first line as a pattern, the rest as the text: refused, or an answer in bounded time; a
// pattern that is only literal text is found exactly where the text holds it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "domain/text_pattern.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(all.find('\n'), all.size());
  const std::string_view pattern = all.substr(0, line);
  const std::string_view text = all.substr(std::min(line + 1, all.size()));
  const auto parsed = text_pattern::parse(pattern);
  if (!parsed) return 0;
  const bool found = parsed->is_in(text);
  const bool literal = std::all_of(pattern.begin(), pattern.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ';
  });
  if (literal) {
    const std::string_view seen = text.substr(0, text_pattern::max_text_bytes);
    CHECK(found == (seen.find(pattern) != std::string_view::npos));
  }
  return 0;
}
