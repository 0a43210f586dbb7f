#include "edge/cli/table_text.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <vector>

#include "base/utf8.hpp"
#include "edge/cli/section_text.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t column_gap = 2;
constexpr std::size_t cell_columns_max = 60;
constexpr std::string_view bold = "\x1b[1m", plain = "\x1b[0m";

struct coloured_word {
  std::string_view word, colour;
};
constexpr std::string_view green = "\x1b[32m", yellow = "\x1b[33m", red = "\x1b[31m";
constexpr coloured_word coloured_words[] = {
    {"active", green},   {"executed", green},  {"delivered", green}, {"ok", green},
    {"ready", green},    {"succeeded", green}, {"completed", green}, {"pending", yellow},
    {"created", yellow}, {"in_review", yellow}, {"queued", yellow},  {"open", yellow},
    {"releasing", yellow}, {"suspended", red}, {"failed", red},      {"rejected", red},
    {"denied", red},     {"expired", red},     {"credentials_rejected", red},
    {"out_of_funds", red}, {"unusable", red},   {"not yet", yellow},
    {"executing", yellow}, {"approved", green}, {"compensated", red}};

std::string_view colour_of(std::string_view word) {
  for (const coloured_word& one : coloured_words) {
    if (one.word == word) return one.colour;
  }
  return {};
}

std::string shortened(std::string text, std::size_t columns) {
  if (count_code_points(text) <= columns) return text;
  std::size_t at = 0;
  for (std::size_t points = 0; at < text.size() && points + 1 < columns; ++points) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return text.substr(0, at) + "…";
}

using cells = std::vector<std::string>;

// Written by to_rfc3339.
bool is_time(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00.000Z";
  if (text.size() != form.size()) return false;
  for (std::size_t at = 0; at < form.size(); ++at) {
    const bool digit = text[at] >= '0' && text[at] <= '9';
    if (form[at] == '0' ? !digit : text[at] != form[at]) return false;
  }
  return true;
}

// How wide a column is, and how far it may give way. Ids, numbers and times stay whole, so that
// they can be copied; sentences and names are cut.
struct column_width {
  std::size_t now = 0, least = 0;
};

constexpr std::size_t least_columns = 8;

bool can_be_cut(std::string_view cell) {
  constexpr std::size_t longest_id = 40;
  const bool of_words = cell.find(' ') != std::string_view::npos;
  return of_words ? cell.size() > 19 || cell.find_first_of("-:") == std::string_view::npos
                  : cell.size() > longest_id;
}

std::vector<column_width> widths_of(const std::vector<cells>& lines, std::size_t terminal) {
  std::vector<column_width> widths;
  for (std::size_t row = 0; row < lines.size(); ++row) {
    widths.resize(std::max(widths.size(), lines[row].size()));
    for (std::size_t at = 0; at < lines[row].size(); ++at) {
      const std::size_t size = count_code_points(lines[row][at]);
      widths[at].now = std::max(widths[at].now, size);
      const bool whole = row == 0 || !can_be_cut(lines[row][at]);
      widths[at].least = std::max(widths[at].least, whole ? size : least_columns);
    }
  }
  std::size_t all = 0;
  for (const column_width& width : widths) all += width.now + column_gap;
  while (terminal > 0 && all > terminal + column_gap) {
    const auto widest = std::ranges::max_element(widths, {}, [](const column_width& width) {
      return width.now > width.least ? width.now : 0;
    });
    if (widest->now <= widest->least) break;
    --widest->now;
    --all;
  }
  return widths;
}

std::string table_of(const json::array& rows, std::span<const view_column> columns,
                     const text_style& style) {
  std::vector<cells> lines(1);
  for (const view_column& column : columns) lines[0].emplace_back(column.title);
  for (const json::value& row : rows) {
    cells line;
    for (const view_column& column : columns) {
      line.push_back(shortened(cell_text(value_at(row, column.path), style), cell_columns_max));
    }
    lines.push_back(std::move(line));
  }
  const std::vector<column_width> widths = widths_of(lines, style.width);
  std::string text;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    for (std::size_t column = 0; column < lines[at].size(); ++column) {
      const std::string cell = shortened(lines[at][column], widths[column].now);
      const std::string_view colour = !style.colours ? std::string_view()
                                      : at == 0      ? bold
                                                     : colour_of(cell);
      text.append(colour).append(cell).append(colour.empty() ? std::string_view() : plain);
      const bool is_last = column + 1 == lines[at].size();
      if (!is_last) text.append(widths[column].now - count_code_points(cell) + column_gap, ' ');
    }
    text += "\n";
  }
  return text;
}

// The length of a character at the beginning of `text` that is not seen itself but changes what
// is: U+00AD, U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF, tags. Else 0.
std::size_t unseen_length(std::string_view text) {
  const auto byte = [text](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  const unsigned third = byte(2);
  if ((byte(0) == 0xC2 && byte(1) == 0xAD) || (byte(0) == 0xD8 && byte(1) == 0x9C)) return 2;
  if (byte(0) == 0xE2 && byte(1) == 0x80) {
    return (third >= 0x8B && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE) ? 3 : 0;
  }
  if (byte(0) == 0xE2 && byte(1) == 0x81) return third >= 0xA0 && third <= 0xAF ? 3 : 0;
  if (byte(0) == 0xEF && byte(1) == 0xBB) return third == 0xBF ? 3 : 0;
  return byte(0) == 0xF3 && byte(1) == 0xA0 && third <= 0x81 ? 4 : 0;
}

std::size_t character_length(unsigned char first) {
  if (first < 0xC0) return 1;
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

void append_byte(std::string& to, unsigned char byte) {
  static constexpr std::string_view digits = "0123456789abcdef";
  to.append("\\x").push_back(digits[byte >> 4]);
  to.push_back(digits[byte & 15]);
}

void append_code_point(std::string& to, std::string_view character) {
  unsigned point = static_cast<unsigned char>(character[0]);
  point &= character.size() == 2 ? 0x1FU : character.size() == 3 ? 0x0FU : 0x07U;
  for (const char next : character.substr(1)) {
    point = point << 6 | (static_cast<unsigned char>(next) & 0x3FU);
  }
  std::array<char, 8> digits{};
  char* const begin = digits.data();
  to.append("\\u{").append(begin, std::to_chars(begin, begin + digits.size(), point, 16).ptr);
  to.push_back('}');
}

}  // namespace

const json::value& value_at(const json::value& from, std::string_view path) {
  static const json::value nothing;
  const json::value* at = &from;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const json::object* members = at->if_object();
    at = members == nullptr ? nullptr : members->if_contains(path.substr(0, dot));
    if (at == nullptr) return nothing;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return *at;
}

std::string text_at(const json::value& from, std::string_view path) {
  const json::value& found = value_at(from, path);
  return found.is_string() ? std::string(found.get_string()) : std::string();
}

std::string harmless(std::string_view text, std::size_t max) {
  const bool is_text = is_valid_utf8(text);
  std::string safe;
  for (std::size_t at = 0; at < text.size() && safe.size() < max;) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t length = is_text ? character_length(byte) : 1;
    // U+0080 to U+009F are control characters too: C2 80 to C2 9F.
    const bool is_c1 = length == 2 && byte == 0xC2 &&
                       static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !is_text)) {
      append_byte(safe, byte);
    } else if (is_c1) {
      append_byte(safe, static_cast<unsigned char>(text[at + 1]));
    } else if (is_text && unseen_length(text.substr(at)) != 0) {
      append_code_point(safe, text.substr(at, length));
    } else {
      safe.append(text, at, length);
    }
    at += length;
  }
  return safe;
}

std::string coloured(std::string text, const text_style& style) {
  const std::string_view colour = style.colours ? colour_of(text) : std::string_view();
  if (colour.empty()) return text;
  return std::string(colour).append(text).append(plain);
}

std::string heading(std::string text, const text_style& style) {
  return style.colours ? std::string(bold).append(text).append(plain) : text;
}

std::string cell_text(const json::value& value, const text_style& style) {
  const json::string* text = value.if_string();
  if (style.time_text == nullptr || text == nullptr || !is_time(*text)) return plain_text(value);
  return harmless(style.time_text(*text));
}

std::string plain_text(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return harmless(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_double()) {
    std::array<char, 32> digits{};
    char* const begin = digits.data();
    return {begin, std::to_chars(begin, begin + digits.size(), value.get_double()).ptr};
  }
  if (const json::array* list = value.if_array()) {
    const bool simple = std::ranges::all_of(*list, [](const json::value& one) {
      return !one.is_object() && !one.is_array();
    });
    if (list->empty()) return "none";
    if (!simple) return harmless(json::serialize(value));
    std::string text;
    for (const json::value& one : *list) text += (text.empty() ? "" : ", ") + plain_text(one);
    return text;
  }
  return harmless(json::serialize(value));
}

std::string text_of_answer(const json::value& answer, const command_view& view,
                           const text_style& style) {
  if (answer.is_null()) return "done\n";
  const json::value& rows = view.rows.empty() ? answer : value_at(answer, view.rows);
  if (const json::array* list = rows.if_array()) {
    if (list->empty()) return "none\n";
    if (!view.columns.empty()) return table_of(*list, view.columns, style);
    std::string text;
    for (const json::value& row : *list) text += plain_text(row) + "\n";
    return text;
  }
  if (const json::object* members = answer.if_object()) return sections_of(*members, style);
  return plain_text(answer) + "\n";
}

}  // namespace dialplane::cli
