#include "domain/rule_rows.hpp"

#include <charconv>
#include <string>

#include "domain/embedded_tables.hpp"

namespace dialplane {

namespace {

constexpr std::size_t rows_max = 10'000;

}  // namespace

error bad_rule(std::string_view file, const rule_row& row, std::string_view must_be) {
  std::string message(file);
  message.append(", line ").append(std::to_string(row.line)).append(": ").append(must_be);
  return refused(error_code::invalid_input, std::move(message));
}

result<std::vector<rule_row>> read_rule_rows(std::string_view file, std::string_view text,
                                             std::string_view columns) {
  const std::size_t width = split_text(columns, ',').size();
  std::vector<rule_row> rows;
  bool names_seen = false;
  std::int64_t number = 0;
  for (std::string_view line : split_text(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    rule_row row{.line = number, .cells = split_text(line, ',')};
    if (!names_seen) {
      if (line != columns) {
        return bad_rule(file, row, "must name the columns " + std::string(columns));
      }
      names_seen = true;
      continue;
    }
    if (row.cells.size() != width) {
      return bad_rule(file, row, "must have " + std::to_string(width) + " cells.");
    }
    if (rows.size() == rows_max) return bad_rule(file, row, "must be among the first 10000 rows.");
    rows.push_back(std::move(row));
  }
  if (!names_seen) return bad_rule(file, {}, "must name the columns " + std::string(columns));
  return rows;
}

std::optional<std::int64_t> rule_number(std::string_view cell) noexcept {
  std::int64_t value = 0;
  const char* end = cell.data() + cell.size();
  const auto [stopped, failure] = std::from_chars(cell.data(), end, value);
  if (failure != std::errc{} || stopped != end || cell.empty()) return std::nullopt;
  return value;
}

}  // namespace dialplane
