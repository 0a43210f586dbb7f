#include "domain/embedded_tables.hpp"

#include "base/check.hpp"

namespace dialplane {

std::vector<std::string_view> split_text(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::vector<std::string_view>> embedded_rows(std::string_view table,
                                                         std::size_t columns) {
  std::vector<std::vector<std::string_view>> rows;
  bool names_seen = false;
  for (const std::string_view line : split_text(table, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    std::vector<std::string_view> cells = split_text(line, ',');
    CHECK(cells.size() == columns);
    if (names_seen) rows.push_back(std::move(cells));
    names_seen = true;
  }
  return rows;
}

}  // namespace dialplane
