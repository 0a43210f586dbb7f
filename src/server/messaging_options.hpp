// The options about texts: rows of the option table in a file of their own, and the reading of the
// rule tables they name.
#pragma once

#include <span>

#include "base/error.hpp"
#include "server/option_table.hpp"
#include "server/settings.hpp"

namespace dialplane {

std::span<const option_row> messaging_option_rows() noexcept;

// Reads the tables of messaging.rules_dir in place of the built-in ones, and checks what depends on
// them. invalid_input: one sentence for the operator.
result<void> apply_rule_tables(server_settings& into);

}  // namespace dialplane
