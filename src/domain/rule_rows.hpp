// Reads the rows of a rule table (share/*.csv) that an operator may have replaced: wrong ones are
// an error that names the line, not a fault of ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace dialplane {

struct rule_row {
  std::int64_t line = 0;  // from 1
  std::vector<std::string_view> cells;
};

// Lines that begin with '#' are comments, the first other one names the columns; no quoting. Views
// into `text`. invalid_input, naming `file` and line: other columns than `columns` ("a,b,c").
result<std::vector<rule_row>> read_rule_rows(std::string_view file, std::string_view text,
                                             std::string_view columns);

error bad_rule(std::string_view file, const rule_row& row, std::string_view must_be);

// A whole cell as a number, sign allowed.
std::optional<std::int64_t> rule_number(std::string_view cell) noexcept;

}  // namespace dialplane
