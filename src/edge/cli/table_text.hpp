// Answers as text for people: aligned tables, one line per member, colours where they are allowed.
//
// What comes from outside (texts, names) never reaches the terminal as a control sequence: control
// characters are shown as \xNN. Pure.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "edge/cli/command.hpp"

namespace dialplane::cli {

struct text_style {
  bool colours = false;
  std::size_t width = 0;  // columns of the terminal; 0: no limit
  // Of a time on the wire (2026-03-01T00:00:00.000Z) what people read; none: as it is.
  std::string (*time_text)(std::string_view) = nullptr;
};

// The value at a dotted path ("capabilities.sms_outbound"); null where there is none.
const boost::json::value& value_at(const boost::json::value& from, std::string_view path);
// The text at such a path; empty where there is none.
std::string text_at(const boost::json::value& from, std::string_view path);
// One value on one line; "-" for null.
std::string plain_text(const boost::json::value& value);
// The same, with times as people read them.
std::string cell_text(const boost::json::value& value, const text_style& style);
// Control characters as \xNN, invalid UTF-8 too, and characters that are not seen but change what
// is (direction marks and the like) as \u{NNNN}; about `max` bytes at most, in whole characters.
std::string harmless(std::string_view text, std::size_t max = 4096);

// A word with the colour of what it says (active, failed); a title.
std::string coloured(std::string text, const text_style& style);
std::string heading(std::string text, const text_style& style);

std::string text_of_answer(const boost::json::value& answer, const command_view& view,
                           const text_style& style);

}  // namespace dialplane::cli
