// The tables of share/ as they were when the program was built. They live as long as the program.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace dialplane {

std::string_view embedded_area_codes() noexcept;
std::string_view embedded_ein_prefixes() noexcept;
// File name and text of those that rule_tables.hpp reads.
std::vector<std::pair<std::string_view, std::string_view>> embedded_rule_tables();

// The rows of such a table, split at commas, without comments and the line of column names. Every
// row must have `columns` cells (CHECKed: the tables are part of the program).
std::vector<std::vector<std::string_view>> embedded_rows(std::string_view table,
                                                         std::size_t columns);

// `text` split at each `separator`; one empty part where the text is empty.
std::vector<std::string_view> split_text(std::string_view text, char separator);

}  // namespace dialplane
