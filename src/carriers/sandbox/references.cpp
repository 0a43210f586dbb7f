#include "carriers/sandbox/references.hpp"

#include <array>

namespace dialplane::sandbox {

std::string make_reference(std::string_view prefix, random_source& random) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::array<std::uint8_t, 13> bytes;
  random.fill(bytes);
  std::string reference(prefix);
  for (const std::uint8_t byte : bytes) reference += alphabet[byte % 32];
  return reference;
}

std::string text_of_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += word + '\n';
  return text;
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    words.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

}  // namespace dialplane::sandbox
