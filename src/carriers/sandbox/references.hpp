// Names the sandbox gives to what is filed with it, and lists of words as its file keeps them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace dialplane::sandbox {

// `prefix` and 13 characters of 5 bits each; 65 bits do not meet twice.
std::string make_reference(std::string_view prefix, random_source& random);

// One word per line.
std::string text_of_words(const std::vector<std::string>& words);
std::vector<std::string> words_in(std::string_view text);

}  // namespace dialplane::sandbox
