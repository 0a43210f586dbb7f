// src/store/migrations/sqlite/*.sql, as bytes inside the program.
#include <array>

#include "store/sqlite/migrations.hpp"

#define EMBED_MIGRATION(label, file)                                                      \
  asm(".pushsection .rodata\n"                                                            \
      ".global dialplane_sqlite_" label "_begin\n"                                        \
      ".global dialplane_sqlite_" label "_end\n"                                          \
      "dialplane_sqlite_" label "_begin:\n"                                               \
      ".incbin \"" DIALPLANE_SOURCE_DIR "/src/store/migrations/sqlite/" file "\"\n"       \
      "dialplane_sqlite_" label "_end:\n"                                                 \
      ".popsection\n")

EMBED_MIGRATION("0001", "0001_start.sql");

extern "C" const char dialplane_sqlite_0001_begin[];
extern "C" const char dialplane_sqlite_0001_end[];

namespace dialplane::sqlite {

std::span<const migration> embedded_migrations() noexcept {
  static const std::array<migration, 1> all = {{
      {1, "start", {dialplane_sqlite_0001_begin, dialplane_sqlite_0001_end}},
  }};
  return all;
}

}  // namespace dialplane::sqlite
