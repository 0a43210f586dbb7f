#include "store/sqlite/migrations.hpp"

#include <malloc.h>

#include <string>

#include "base/log.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

namespace {

result<void> make_history(database& on) {
  TRY_ASSIGN(const std::int64_t tables, on.query_int64("SELECT count(*) FROM sqlite_schema"));
  TRY_ASSIGN(const std::int64_t history,
             on.query_int64("SELECT count(*) FROM sqlite_schema"
                            " WHERE type = 'table' AND name = 'migrations'"));
  if (history > 0) return {};
  if (tables > 0) {
    return refused(error_code::not_configured,
                   "The database file belongs to some other program; choose another data folder.");
  }
  return on.exec(
      "CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
      " applied_at INTEGER NOT NULL) STRICT");
}

result<void> apply(database& on, const migration& next) {
  TRY(on.exec(next.sql));
  return execute(on,
                 "INSERT INTO migrations (version, name, applied_at)"
                 " VALUES (?, ?, unixepoch() * 1000)",
                 next.version, next.name);
}

// True: there was one more to do, and it is done.
result<bool> apply_next(database& on, std::span<const migration> known) {
  TRY_ASSIGN(transaction change, transaction::begin_immediate(on));
  TRY(make_history(on));
  TRY_ASSIGN(const std::int64_t version,
             on.query_int64("SELECT coalesce(max(version), 0) FROM migrations"));
  const auto newest = static_cast<std::int64_t>(known.size());
  if (version > newest) {
    return refused(error_code::not_configured,
                   "The database is at version " + std::to_string(version) +
                       ", but this program knows versions up to " + std::to_string(newest) +
                       " only; start a newer program, or restore an older backup.");
  }
  if (version == newest) return false;
  const migration& next = known[static_cast<std::size_t>(version)];
  TRY(apply(on, next));
  TRY(change.commit());
  log_line(log_level::info, "database migrated", {{"to", next.version}, {"name", next.name}});
  return true;
}

}  // namespace

result<void> migrate(database& on, std::span<const migration> known) {
  [[maybe_unused]] bool changed = false;
  for (;;) {
    TRY_ASSIGN(const bool more, apply_next(on, known));
    if (!more) break;
    changed = true;
  }
#ifdef __GLIBC__
  // What a large table needed to be rebuilt is not kept for the server's whole life.
  if (changed) malloc_trim(0);
#endif
  return {};
}

}  // namespace dialplane::sqlite
