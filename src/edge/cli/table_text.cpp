#include "edge/cli/table_text.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <vector>

#include "base/utf8.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t gap = 2;
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
    {"out_of_funds", red}, {"unusable", red}};

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

std::vector<std::size_t> widths_of(const std::vector<cells>& lines, std::size_t terminal) {
  std::vector<std::size_t> widths;
  for (const cells& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t at = 0; at < line.size(); ++at) {
      widths[at] = std::max(widths[at], count_code_points(line[at]));
    }
  }
  std::size_t whole = 0;
  for (const std::size_t width : widths) whole += width + gap;
  // Ids stay whole so that they can be copied; the widest other column gives way.
  while (terminal > 0 && whole > terminal + gap) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest <= 36) break;
    --*widest;
    --whole;
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
      line.push_back(shortened(plain_text(value_at(row, column.path)), cell_columns_max));
    }
    lines.push_back(std::move(line));
  }
  const std::vector<std::size_t> widths = widths_of(lines, style.width);
  std::string text;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    for (std::size_t column = 0; column < lines[at].size(); ++column) {
      const std::string cell = shortened(lines[at][column], widths[column]);
      const std::string_view colour = !style.colours ? std::string_view()
                                      : at == 0      ? bold
                                                     : colour_of(cell);
      text.append(colour).append(cell).append(colour.empty() ? std::string_view() : plain);
      const bool is_last = column + 1 == lines[at].size();
      if (!is_last) text.append(widths[column] - count_code_points(cell) + gap, ' ');
    }
    text += "\n";
  }
  return text;
}

std::string members_of(const json::object& members, const text_style& style) {
  std::size_t widest = 0;
  for (const auto& member : members) widest = std::max<std::size_t>(widest, member.key().size());
  std::string text;
  for (const auto& member : members) {
    const std::string value = plain_text(member.value());
    const std::string_view colour = style.colours ? colour_of(value) : std::string_view();
    text.append(harmless(member.key()));
    text.append(widest - std::min<std::size_t>(widest, member.key().size()) + gap, ' ');
    text.append(colour).append(value).append(colour.empty() ? "" : plain).append("\n");
  }
  return text;
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

std::string harmless(std::string_view text, std::size_t max) {
  static constexpr std::string_view digits = "0123456789abcdef";
  const bool is_text = is_valid_utf8(text);
  std::string safe;
  for (std::size_t at = 0; at < text.size() && safe.size() < max; ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    // U+0080 to U+009F are control characters too: C2 80 to C2 9F.
    const bool is_c1 = byte == 0xC2 && at + 1 < text.size() &&
                       static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (byte >= 0x20 && byte != 0x7F && !is_c1 && (is_text || byte < 0x80)) {
      safe.push_back(text[at]);
      continue;
    }
    const auto shown = is_c1 ? static_cast<unsigned char>(text[++at]) : byte;
    safe.append("\\x").push_back(digits[shown >> 4]);
    safe.push_back(digits[shown & 15]);
  }
  return safe;
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
  if (const json::object* members = answer.if_object()) return members_of(*members, style);
  return plain_text(answer) + "\n";
}

}  // namespace dialplane::cli
