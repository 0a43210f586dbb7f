// Patterns for LIKE ... ESCAPE '\' from what people type into a search field.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dialplane::sqlite {

// Matches `part` anywhere. Nothing for an empty part: all match.
std::optional<std::string> pattern_containing(std::string_view part);

// For text that is written like a telephone number, "(415) 555-0132": matches its digits anywhere,
// and after "+" those digits as a number's start. Nothing for other text.
std::optional<std::string> pattern_of_digits(std::string_view part);

}  // namespace dialplane::sqlite
