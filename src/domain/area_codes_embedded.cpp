// share/area_codes.csv, as bytes inside the program.
#include "domain/embedded_tables.hpp"

// The assembler copies the file: no generated source, and no file to find at run time.
asm(".pushsection .rodata\n"
    ".global dialplane_area_codes_begin\n"
    ".global dialplane_area_codes_end\n"
    "dialplane_area_codes_begin:\n"
    ".incbin \"" DIALPLANE_SOURCE_DIR "/share/area_codes.csv\"\n"
    "dialplane_area_codes_end:\n"
    ".popsection\n");

extern "C" const char dialplane_area_codes_begin[];
extern "C" const char dialplane_area_codes_end[];

namespace dialplane {

std::string_view embedded_area_codes() noexcept {
  return {dialplane_area_codes_begin, dialplane_area_codes_end};
}

}  // namespace dialplane
