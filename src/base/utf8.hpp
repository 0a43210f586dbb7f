// UTF-8: is it valid, how many characters, and the checks on text that people typed.
//
// A character here is a Unicode code point. Lengths in the wire contract count code points.
#pragma once

#include <cstddef>
#include <string_view>

namespace dialplane {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text) noexcept;

// Code points in valid UTF-8.
std::size_t count_code_points(std::string_view text) noexcept;

// The longest beginning of valid UTF-8 with at most `max_bytes` that cuts no character in two.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) noexcept;

// Any C0 or C1 control character or DEL? With `allow_line_breaks`, TAB, LF and CR pass.
bool has_control_characters(std::string_view text, bool allow_line_breaks) noexcept;

// Without ASCII white space (space, TAB, LF, VT, FF, CR) at both ends.
std::string_view trim(std::string_view text) noexcept;

}  // namespace dialplane
