// contract/mcp/tools.json, as bytes inside the program.
#pragma once

#include <string_view>

namespace dialplane {

std::string_view embedded_mcp_definitions() noexcept;

}  // namespace dialplane
