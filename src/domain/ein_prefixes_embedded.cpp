// share/ein_prefixes.csv, as bytes inside the program.
#include "domain/embedded_tables.hpp"

asm(".pushsection .rodata\n"
    ".global dialplane_ein_prefixes_begin\n"
    ".global dialplane_ein_prefixes_end\n"
    "dialplane_ein_prefixes_begin:\n"
    ".incbin \"" DIALPLANE_SOURCE_DIR "/share/ein_prefixes.csv\"\n"
    "dialplane_ein_prefixes_end:\n"
    ".popsection\n");

extern "C" const char dialplane_ein_prefixes_begin[];
extern "C" const char dialplane_ein_prefixes_end[];

namespace dialplane {

std::string_view embedded_ein_prefixes() noexcept {
  return {dialplane_ein_prefixes_begin, dialplane_ein_prefixes_end};
}

}  // namespace dialplane
