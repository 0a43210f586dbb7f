// The options about the Model Context Protocol: rows of the option table in a file of their own.
#pragma once

#include <span>

#include "server/option_table.hpp"

namespace dialplane {

std::span<const option_row> mcp_option_rows() noexcept;

}  // namespace dialplane
