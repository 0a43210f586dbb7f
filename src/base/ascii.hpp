// Digits in ASCII text, whatever the locale.
#pragma once

#include <string_view>

namespace dialplane {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// By value, as texts made here show them.
inline constexpr std::string_view hex_digits = "0123456789abcdef";

}  // namespace dialplane
