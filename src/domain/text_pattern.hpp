// A pattern that the text of a message may hold, such as "code is (\d{4,8})": the small part of
// regular expressions that can be matched in one pass, whatever pattern and text say.
//
//   literal characters   themselves; \ before any sign takes it literally
//   .                    any character but a line break
//   \d \w \s             a digit; a letter, digit or _; a space, tab or line break (ASCII)
//   [a-z0-9_] [^…]       one of them, or none of them; \d, \w and \s may stand inside
//   ? * + {n} {n,} {n,m} repeats of what stands before, up to 64 times
//   (…) a|b              a group; one or the other
//   ^ $                  the beginning and the end of the text
//   (?i)                 at the very beginning: letters of either case are the same (ASCII)
//
// Every state the pattern can be in is followed at once, so the time is at most states times
// characters; there are at most 512 states. A match anywhere in the text counts.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace dialplane {

class text_pattern {
 public:
  static constexpr std::size_t max_bytes = 256;
  static constexpr std::size_t max_states = 512;
  // Only the beginning of a longer text is looked at.
  static constexpr std::size_t max_text_bytes = 4'096;

  // invalid_input, naming the field, for what is not in the list above.
  static result<text_pattern> parse(std::string_view pattern, std::string_view field = "pattern");

  bool is_in(std::string_view text) const;

 private:
  friend class text_pattern_parser;

  // Bytes; a character beyond ASCII is one that has bytes above 127, matched byte by byte.
  using byte_set = std::bitset<256>;
  enum class kind : std::uint8_t { bytes, split, begin, end, match };
  struct state {
    kind what = kind::match;
    std::uint16_t set = 0;    // bytes: which of sets_
    std::uint16_t next = 0;
    std::uint16_t other = 0;  // split: the second way
  };
  struct run;

  std::vector<state> states_;
  std::vector<byte_set> sets_;
  std::uint16_t start_ = 0;
};

}  // namespace dialplane
