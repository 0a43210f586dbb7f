// SQLite as C++ objects: a connection, prepared statements, transactions. Knows no table.
//
// One thread at a time uses a connection and its statements (opened with NOMUTEX). A statement
// taken from prepare() goes back to the connection's cache when it is destroyed, reset and without
// bindings, and must not outlive the connection. Errors: busy or locked is `not_done`, a violated
// constraint is `conflict`, disk and corruption are `unknown` (store_failed); SQLite's own message
// goes to `internal` only.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace dialplane::sqlite {

using blob_view = std::span<const std::uint8_t>;

struct cached_statement;

// One prepared statement in use. Parameters count from 1, columns from 0.
class statement {
 public:
  statement(statement&& other) noexcept;
  statement& operator=(statement&& other) noexcept;
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;
  ~statement();

  // A failed bind (too large) is remembered and returned by the next step(). Texts and blobs are
  // copied; the borrowing forms are not, and must stay until the next step() after reset().
  template <std::integral T>
  statement& bind(int at, T value) {
    return bind_int64(at, static_cast<std::int64_t>(value));
  }
  statement& bind(int at, std::string_view text);
  statement& bind(int at, const char* text) { return bind(at, std::string_view(text)); }
  statement& bind(int at, const std::string& text) { return bind(at, std::string_view(text)); }
  statement& bind(int at, blob_view blob);
  statement& bind(int at, std::nullopt_t);
  template <typename T>
  statement& bind(int at, const std::optional<T>& value) {
    return value ? bind(at, *value) : bind(at, std::nullopt);
  }
  statement& bind_borrowed(int at, std::string_view text);
  statement& bind_borrowed(int at, blob_view blob);

  // Binds all parameters in order, from 1.
  template <typename... Values>
  statement& bind_all(const Values&... values) {
    int at = 0;
    (bind(++at, values), ...);
    return *this;
  }

  // True: a row is there to read. False: done.
  result<bool> step();
  // For statements without rows: steps once, then resets.
  result<void> run();
  // Ready to run again; keeps the bindings.
  void reset() noexcept;

  int column_count() const noexcept;
  bool is_null(int column) const noexcept;
  std::int64_t int64(int column) const noexcept;
  // Views are valid until the next step(), reset() or destruction. Null reads as empty.
  std::string_view text(int column) const noexcept;
  blob_view blob(int column) const noexcept;
  std::optional<std::int64_t> optional_int64(int column) const noexcept;
  std::optional<std::string_view> optional_text(int column) const noexcept;
  std::optional<blob_view> optional_blob(int column) const noexcept;

 private:
  friend class database;
  explicit statement(cached_statement* use) noexcept : use_(use) {}
  statement& bind_int64(int at, std::int64_t value);
  void remember(int code) noexcept;
  void give_back() noexcept;

  cached_statement* use_;
  int bind_code_ = 0;
};

enum class open_mode { read_write_create, read_only };

class database {
 public:
  // `path` may be ":memory:". Foreign keys are enforced; busy_timeout_ms is how long a lock of
  // another connection is waited for. `vfs` names how files are used: SQLite's own way, or
  // gathered_log_writes (base/sqlite_log_writes.hpp).
  static result<database> open(const std::string& path, open_mode mode, int busy_timeout_ms = 0,
                               const char* vfs = nullptr);
  database(database&&) noexcept;
  database& operator=(database&&) noexcept;
  ~database();

  // One or more statements separated by semicolons, without parameters; rows are dropped.
  result<void> exec(std::string_view sql);
  // From the cache, or compiled. A literal is found by its address.
  result<statement> prepare(std::string_view sql);

  // First column of the first row; refused as internal_fault where there is none.
  result<std::int64_t> query_int64(std::string_view sql);
  result<std::string> query_text(std::string_view sql);

  std::int64_t changes() const noexcept;  // rows of the last INSERT, UPDATE or DELETE
  std::int64_t total_changes() const noexcept;  // of all of them, also of those undone since
  std::int64_t last_insert_rowid() const noexcept;
  bool in_transaction() const noexcept;

  result<void> begin_immediate();  // takes the write lock now
  result<void> begin_deferred();   // a read snapshot, from the first read on
  result<void> commit();
  result<void> rollback();  // of nothing: fine
  result<void> savepoint();
  result<void> release_savepoint();
  // Undoes what was done since savepoint(), and ends it.
  result<void> rollback_savepoint();

  // Copies the live database into a new file at `path` through the online backup; call it on the
  // connection's own thread. `pages_per_step` bounds how long one step holds the source.
  result<void> copy_to(const std::string& path, int pages_per_step = 1024);

  // For what this class does not wrap (hooks, checkpoints, a backup in slices); owned by it.
  sqlite3* native() const noexcept;

 private:
  struct state;
  explicit database(std::unique_ptr<state> opened) noexcept;
  result<void> run_cached(std::string_view sql);

  std::unique_ptr<state> state_;
};

// Rolls back when destroyed, unless committed.
class transaction {
 public:
  static result<transaction> begin_immediate(database& on);
  static result<transaction> begin_deferred(database& on);
  transaction(transaction&& other) noexcept : on_(std::exchange(other.on_, nullptr)) {}
  transaction& operator=(transaction&&) = delete;
  ~transaction();
  // After an error the transaction is still open and is rolled back by the destructor.
  result<void> commit();

 private:
  explicit transaction(database& on) noexcept : on_(&on) {}
  database* on_;
};

// The library's version, for the start-up check: 3040001 for 3.40.1.
int library_version() noexcept;

}  // namespace dialplane::sqlite
