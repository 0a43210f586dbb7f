#include "base/sqlite.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <unordered_map>
#include <vector>

#include "base/check.hpp"
#include "base/sqlite_log_writes.hpp"
#include "base/sqlite_memory.hpp"

namespace dialplane::sqlite {

namespace {

// Statements of a program are a fixed set; this is a fence against SQL made at run time.
constexpr std::size_t max_cached_statements = 1000;
constexpr std::size_t literal_slots = 512;

error error_from(int code, const char* message, std::source_location where) {
  const std::string internal =
      "SQLite " + std::to_string(code) + ": " + (message != nullptr ? message : "");
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return not_done(error_code::store_failed, "The database is busy; try again.", internal,
                      where);
    case SQLITE_CONSTRAINT: {
      error failure = conflicting(error_code::conflict,
                                  "This contradicts something that is already stored.", where);
      failure.internal = internal;
      return failure;
    }
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
      return outcome_unknown(error_code::store_failed, "The database failed.", internal, where);
    default:
      return internal_fault(internal, where);
  }
}

error error_of(sqlite3* connection, int code,
               std::source_location where = std::source_location::current()) {
  return error_from(code, sqlite3_errmsg(connection), where);
}

struct close_connection {
  void operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
};
using connection_handle = std::unique_ptr<sqlite3, close_connection>;

struct finalize_statement {
  void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
};
using statement_handle = std::unique_ptr<sqlite3_stmt, finalize_statement>;

// Compiles the first statement of `sql` and moves `sql` behind it. Empty text gives no statement.
result<statement_handle> compile(sqlite3* connection, std::string_view& sql, unsigned flags) {
  sqlite3_stmt* handle = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()), flags,
                                      &handle, &rest);
  if (code != SQLITE_OK) return error_of(connection, code);
  sql.remove_prefix(static_cast<std::size_t>(rest - sql.data()));
  return statement_handle(handle);
}

// Once, before the first connection. SQLite would count every allocation under one global lock for
// statistics nobody asks for.
void configure_library() noexcept {
  [[maybe_unused]] static const bool done = [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
#ifndef __SANITIZE_ADDRESS__  // which is to see every piece that SQLite takes and frees
    use_thread_memory();
#endif
    // If this fails, so does the first open() that asks for it.
    register_gathered_log_writes(gathered_log_writes, sqlite3_vfs_find(nullptr));
    return true;
  }();
}

result<connection_handle> open_connection(const std::string& path, int flags,
                                          const char* vfs = nullptr) {
  configure_library();
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  connection_handle connection(opened);
  if (code == SQLITE_OK) return connection;
  error failure = error_of(opened, code);
  failure.internal += " (" + path + ")";
  return failure;
}

}  // namespace

// A compiled statement and whether someone uses it. Those that are not kept die after use.
struct cached_statement {
  statement_handle handle;
  std::string sql;
  bool in_use = false;
  bool kept = false;

  sqlite3* connection() const noexcept { return sqlite3_db_handle(handle.get()); }
};

struct database::state {
  connection_handle connection;  // destroyed last
  std::unordered_map<std::string_view, std::unique_ptr<cached_statement>> statements;

  // Literals are found by their address; the text is compared, as an address can be used again.
  struct literal_slot {
    const char* address = nullptr;
    cached_statement* found = nullptr;
  };
  std::array<literal_slot, literal_slots> literals;

  literal_slot& slot_for(std::string_view sql) noexcept {
    return literals[std::hash<const void*>{}(sql.data()) / 8 % literal_slots];
  }

  cached_statement* find(std::string_view sql) {
    literal_slot& slot = slot_for(sql);
    if (slot.address == sql.data() && slot.found->sql == sql) return slot.found;
    const auto found = statements.find(sql);
    if (found == statements.end()) return nullptr;
    slot = {sql.data(), found->second.get()};
    return slot.found;
  }

  result<cached_statement*> compile_for_use(std::string_view sql, bool keep) {
    keep = keep && statements.size() < max_cached_statements;
    std::string_view rest = sql;
    TRY_ASSIGN(statement_handle handle,
               compile(connection.get(), rest, keep ? SQLITE_PREPARE_PERSISTENT : 0U));
    if (handle == nullptr) return internal_fault("an empty SQL statement");
    if (rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
      return internal_fault("more than one SQL statement in one text");
    }
    auto made = std::make_unique<cached_statement>();
    made->handle = std::move(handle);
    made->sql = sql;
    made->kept = keep;
    cached_statement* use = made.get();
    if (keep) {
      statements.emplace(use->sql, std::move(made));
    } else {
      made.release();  // owned by the statement that uses it
    }
    return use;
  }
};

statement::statement(statement&& other) noexcept
    : use_(std::exchange(other.use_, nullptr)), bind_code_(std::exchange(other.bind_code_, 0)) {}

statement& statement::operator=(statement&& other) noexcept {
  if (this != &other) {
    give_back();
    use_ = std::exchange(other.use_, nullptr);
    bind_code_ = std::exchange(other.bind_code_, 0);
  }
  return *this;
}

statement::~statement() { give_back(); }

void statement::give_back() noexcept {
  if (use_ == nullptr) return;
  sqlite3_reset(use_->handle.get());
  sqlite3_clear_bindings(use_->handle.get());
  use_->in_use = false;
  if (!use_->kept) delete use_;
  use_ = nullptr;
}

void statement::remember(int code) noexcept {
  if (code != SQLITE_OK && bind_code_ == SQLITE_OK) bind_code_ = code;
}

statement& statement::bind_int64(int at, std::int64_t value) {
  remember(sqlite3_bind_int64(use_->handle.get(), at, value));
  return *this;
}

// An empty view may have a null pointer, which SQLite would take for NULL.
statement& statement::bind(int at, std::string_view text) {
  remember(sqlite3_bind_text64(use_->handle.get(), at, text.empty() ? "" : text.data(),
                               text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

statement& statement::bind(int at, blob_view blob) {
  const void* data = blob.empty() ? static_cast<const void*>("") : blob.data();
  remember(sqlite3_bind_blob64(use_->handle.get(), at, data, blob.size(), SQLITE_TRANSIENT));
  return *this;
}

statement& statement::bind(int at, std::nullopt_t) {
  remember(sqlite3_bind_null(use_->handle.get(), at));
  return *this;
}

statement& statement::bind_borrowed(int at, std::string_view text) {
  remember(sqlite3_bind_text64(use_->handle.get(), at, text.empty() ? "" : text.data(),
                               text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

statement& statement::bind_borrowed(int at, blob_view blob) {
  const void* data = blob.empty() ? static_cast<const void*>("") : blob.data();
  remember(sqlite3_bind_blob64(use_->handle.get(), at, data, blob.size(), SQLITE_STATIC));
  return *this;
}

result<bool> statement::step() {
  if (bind_code_ != SQLITE_OK) {
    const int code = std::exchange(bind_code_, SQLITE_OK);
    return error_from(code, "a parameter could not be bound", std::source_location::current());
  }
  const int code = sqlite3_step(use_->handle.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    // Now, so that locks are given back and parameters can be bound again.
    sqlite3_reset(use_->handle.get());
    return false;
  }
  error failure = error_of(use_->connection(), code);
  failure.internal += " in " + use_->sql;
  sqlite3_reset(use_->handle.get());
  return failure;
}

result<void> statement::run() {
  TRY_ASSIGN(const bool row, step());
  reset();
  if (row) return internal_fault("a statement that gives rows was only run: " + use_->sql);
  return {};
}

void statement::reset() noexcept { sqlite3_reset(use_->handle.get()); }

int statement::column_count() const noexcept { return sqlite3_column_count(use_->handle.get()); }

bool statement::is_null(int column) const noexcept {
  return sqlite3_column_type(use_->handle.get(), column) == SQLITE_NULL;
}

std::int64_t statement::int64(int column) const noexcept {
  return sqlite3_column_int64(use_->handle.get(), column);
}

// Asked for as bytes, which is the same in UTF-8: for sqlite3_column_text every text would be
// copied to put a zero behind it.
std::string_view statement::text(int column) const noexcept {
  const void* data = sqlite3_column_blob(use_->handle.get(), column);
  if (data == nullptr) return {};
  const int size = sqlite3_column_bytes(use_->handle.get(), column);
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

blob_view statement::blob(int column) const noexcept {
  const void* data = sqlite3_column_blob(use_->handle.get(), column);
  if (data == nullptr) return {};
  const int size = sqlite3_column_bytes(use_->handle.get(), column);
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

std::optional<std::int64_t> statement::optional_int64(int column) const noexcept {
  if (is_null(column)) return std::nullopt;
  return int64(column);
}

std::optional<std::string_view> statement::optional_text(int column) const noexcept {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::optional<blob_view> statement::optional_blob(int column) const noexcept {
  if (is_null(column)) return std::nullopt;
  return blob(column);
}

database::database(std::unique_ptr<state> opened) noexcept : state_(std::move(opened)) {}
database::database(database&&) noexcept = default;
database& database::operator=(database&&) noexcept = default;
database::~database() = default;

result<database> database::open(const std::string& path, open_mode mode, int busy_timeout_ms,
                                const char* vfs) {
  const int flags = mode == open_mode::read_only ? SQLITE_OPEN_READONLY
                                                 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  auto opened = std::make_unique<state>();
  TRY_ASSIGN(opened->connection, open_connection(path, flags, vfs));
  sqlite3_busy_timeout(opened->connection.get(), busy_timeout_ms);
  sqlite3_db_config(opened->connection.get(), SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  // A damaged or doctored file must not make its schema run functions.
  sqlite3_db_config(opened->connection.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database(std::move(opened));
}

result<void> database::exec(std::string_view sql) {
  while (!sql.empty()) {
    TRY_ASSIGN(const statement_handle handle, compile(state_->connection.get(), sql, 0));
    if (handle == nullptr) continue;  // white space or a comment
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(handle.get());
    if (code != SQLITE_DONE) return error_of(state_->connection.get(), code);
  }
  return {};
}

result<statement> database::prepare(std::string_view sql) {
  cached_statement* use = state_->find(sql);
  if (use == nullptr || use->in_use) {
    TRY_ASSIGN(use, state_->compile_for_use(sql, use == nullptr));
  }
  use->in_use = true;
  return statement(use);
}

result<std::int64_t> database::query_int64(std::string_view sql) {
  TRY_ASSIGN(statement query, prepare(sql));
  TRY_ASSIGN(const bool row, query.step());
  if (!row) return internal_fault("no row from " + std::string(sql));
  return query.int64(0);
}

result<std::string> database::query_text(std::string_view sql) {
  TRY_ASSIGN(statement query, prepare(sql));
  TRY_ASSIGN(const bool row, query.step());
  if (!row) return internal_fault("no row from " + std::string(sql));
  return std::string(query.text(0));
}

std::int64_t database::changes() const noexcept {
  return sqlite3_changes64(state_->connection.get());
}

std::int64_t database::total_changes() const noexcept {
  return sqlite3_total_changes64(state_->connection.get());
}

std::int64_t database::last_insert_rowid() const noexcept {
  return sqlite3_last_insert_rowid(state_->connection.get());
}

bool database::in_transaction() const noexcept {
  return sqlite3_get_autocommit(state_->connection.get()) == 0;
}

result<void> database::run_cached(std::string_view sql) {
  TRY_ASSIGN(statement act, prepare(sql));
  return act.run();
}

result<void> database::begin_immediate() { return run_cached("BEGIN IMMEDIATE"); }
result<void> database::begin_deferred() { return run_cached("BEGIN"); }
result<void> database::commit() { return run_cached("COMMIT"); }

result<void> database::rollback() {
  // After some failures SQLite has rolled back by itself.
  if (!in_transaction()) return {};
  return run_cached("ROLLBACK");
}

result<void> database::savepoint() { return run_cached("SAVEPOINT unit"); }
result<void> database::release_savepoint() { return run_cached("RELEASE unit"); }

result<void> database::rollback_savepoint() {
  TRY(run_cached("ROLLBACK TO unit"));
  return run_cached("RELEASE unit");
}

result<void> database::copy_to(const std::string& path, int pages_per_step) {
  if (::access(path.c_str(), F_OK) == 0) {
    return refused(error_code::invalid_input, "The file " + path + " exists already.");
  }
  TRY_ASSIGN(const connection_handle target,
             open_connection(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  sqlite3_backup* copy =
      sqlite3_backup_init(target.get(), "main", state_->connection.get(), "main");
  int code = copy != nullptr ? SQLITE_OK : sqlite3_errcode(target.get());
  while (code == SQLITE_OK && copy != nullptr) code = sqlite3_backup_step(copy, pages_per_step);
  const int finished = sqlite3_backup_finish(copy);
  if (code == SQLITE_DONE && finished == SQLITE_OK) return {};
  ::unlink(path.c_str());  // half a copy looks like a whole one
  return error_of(target.get(), code == SQLITE_DONE ? finished : code);
}

sqlite3* database::native() const noexcept { return state_->connection.get(); }

result<transaction> transaction::begin_immediate(database& on) {
  TRY(on.begin_immediate());
  return transaction(on);
}

result<transaction> transaction::begin_deferred(database& on) {
  TRY(on.begin_deferred());
  return transaction(on);
}

transaction::~transaction() {
  if (on_ != nullptr) (void)on_->rollback();
}

result<void> transaction::commit() {
  TRY(on_->commit());
  on_ = nullptr;
  return {};
}

int library_version() noexcept { return sqlite3_libversion_number(); }

}  // namespace dialplane::sqlite
