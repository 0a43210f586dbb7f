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
EMBED_MIGRATION("0002", "0002_registration.sql");
EMBED_MIGRATION("0003", "0003_contacts.sql");
EMBED_MIGRATION("0004", "0004_messages.sql");
EMBED_MIGRATION("0005", "0005_webhooks.sql");
EMBED_MIGRATION("0006", "0006_spending.sql");
EMBED_MIGRATION("0007", "0007_numbers_at_carriers.sql");
EMBED_MIGRATION("0008", "0008_carrier_accounts.sql");
EMBED_MIGRATION("0009", "0009_quotes.sql");
EMBED_MIGRATION("0010", "0010_calls.sql");
EMBED_MIGRATION("0011", "0011_reconcile.sql");
EMBED_MIGRATION("0012", "0012_tracked_requests.sql");
EMBED_MIGRATION("0013", "0013_waiting.sql");
EMBED_MIGRATION("0014", "0014_operation_history.sql");
EMBED_MIGRATION("0015", "0015_numbers_by_rowid.sql");
EMBED_MIGRATION("0016", "0016_sealed_runs.sql");

extern "C" const char dialplane_sqlite_0001_begin[];
extern "C" const char dialplane_sqlite_0001_end[];
extern "C" const char dialplane_sqlite_0002_begin[];
extern "C" const char dialplane_sqlite_0002_end[];
extern "C" const char dialplane_sqlite_0003_begin[];
extern "C" const char dialplane_sqlite_0003_end[];
extern "C" const char dialplane_sqlite_0004_begin[];
extern "C" const char dialplane_sqlite_0004_end[];
extern "C" const char dialplane_sqlite_0005_begin[];
extern "C" const char dialplane_sqlite_0005_end[];
extern "C" const char dialplane_sqlite_0006_begin[];
extern "C" const char dialplane_sqlite_0006_end[];
extern "C" const char dialplane_sqlite_0007_begin[];
extern "C" const char dialplane_sqlite_0007_end[];
extern "C" const char dialplane_sqlite_0008_begin[];
extern "C" const char dialplane_sqlite_0008_end[];
extern "C" const char dialplane_sqlite_0009_begin[];
extern "C" const char dialplane_sqlite_0009_end[];
extern "C" const char dialplane_sqlite_0010_begin[];
extern "C" const char dialplane_sqlite_0010_end[];
extern "C" const char dialplane_sqlite_0011_begin[];
extern "C" const char dialplane_sqlite_0011_end[];
extern "C" const char dialplane_sqlite_0012_begin[];
extern "C" const char dialplane_sqlite_0012_end[];
extern "C" const char dialplane_sqlite_0013_begin[];
extern "C" const char dialplane_sqlite_0013_end[];
extern "C" const char dialplane_sqlite_0014_begin[];
extern "C" const char dialplane_sqlite_0014_end[];
extern "C" const char dialplane_sqlite_0015_begin[];
extern "C" const char dialplane_sqlite_0015_end[];
extern "C" const char dialplane_sqlite_0016_begin[];
extern "C" const char dialplane_sqlite_0016_end[];

namespace dialplane::sqlite {

std::span<const migration> embedded_migrations() noexcept {
  static const std::array<migration, 16> all = {{
      {1, "start", {dialplane_sqlite_0001_begin, dialplane_sqlite_0001_end}},
      {2, "registration", {dialplane_sqlite_0002_begin, dialplane_sqlite_0002_end}},
      {3, "contacts", {dialplane_sqlite_0003_begin, dialplane_sqlite_0003_end}},
      {4, "messages", {dialplane_sqlite_0004_begin, dialplane_sqlite_0004_end}},
      {5, "webhooks", {dialplane_sqlite_0005_begin, dialplane_sqlite_0005_end}},
      {6, "spending", {dialplane_sqlite_0006_begin, dialplane_sqlite_0006_end}},
      {7, "numbers_at_carriers", {dialplane_sqlite_0007_begin, dialplane_sqlite_0007_end}},
      {8, "carrier_accounts", {dialplane_sqlite_0008_begin, dialplane_sqlite_0008_end}},
      {9, "quotes", {dialplane_sqlite_0009_begin, dialplane_sqlite_0009_end}},
      {10, "calls", {dialplane_sqlite_0010_begin, dialplane_sqlite_0010_end}},
      {11, "reconcile", {dialplane_sqlite_0011_begin, dialplane_sqlite_0011_end}},
      {12, "tracked_requests", {dialplane_sqlite_0012_begin, dialplane_sqlite_0012_end}},
      {13, "waiting", {dialplane_sqlite_0013_begin, dialplane_sqlite_0013_end}},
      {14, "operation_history", {dialplane_sqlite_0014_begin, dialplane_sqlite_0014_end}},
      {15, "numbers_by_rowid", {dialplane_sqlite_0015_begin, dialplane_sqlite_0015_end}},
      {16, "sealed_runs", {dialplane_sqlite_0016_begin, dialplane_sqlite_0016_end}},
  }};
  return all;
}

}  // namespace dialplane::sqlite
