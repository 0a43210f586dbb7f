#include "edge/mcp/tools_embedded.hpp"

asm(".pushsection .rodata\n"
    ".global dialplane_mcp_definitions_begin\n"
    ".global dialplane_mcp_definitions_end\n"
    "dialplane_mcp_definitions_begin:\n"
    ".incbin \"" DIALPLANE_SOURCE_DIR "/contract/mcp/tools.json\"\n"
    "dialplane_mcp_definitions_end:\n"
    ".popsection\n");

extern "C" {
extern const char dialplane_mcp_definitions_begin[];
extern const char dialplane_mcp_definitions_end[];
}

namespace dialplane {

std::string_view embedded_mcp_definitions() noexcept {
  return {dialplane_mcp_definitions_begin,
          static_cast<std::size_t>(dialplane_mcp_definitions_end -
                                   dialplane_mcp_definitions_begin)};
}

}  // namespace dialplane
