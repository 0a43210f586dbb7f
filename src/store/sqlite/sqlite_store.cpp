#include "store/sqlite/sqlite_store.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/log.hpp"
#include "base/sqlite.hpp"
#include "base/sqlite_log_writes.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/reader_threads.hpp"
#include "store/sqlite/writer_thread.hpp"

namespace dialplane {

namespace {

using namespace sqlite;

constexpr int reader_busy_timeout_ms = 5000;

class sqlite_store final : public store {
 public:
  sqlite_store(database writer, std::vector<database> readers,
               const sqlite_store_options& options)
      : writer_(std::move(writer), options),
        readers_(std::move(readers), options.read_queue_limit) {}
  ~sqlite_store() override { close(); }

  void backup(std::string path, unique_function<void(result<void>)> done) override {
    queued_unit ended;
    ended.finish = [done = std::move(done)](std::optional<error> failure) mutable {
      done(failure ? result<void>(*std::move(failure)) : result<void>());
    };
    ended.loop = event_loop::current();
    writer_.backup(std::move(path), std::move(ended));
  }

  void watch_events(unique_function<void()> told) override {
    writer_.watch_events(std::move(told));
  }
  store_statistics statistics() const override {
    return {.write_batches = writer_.batches(),
            .written_units = writer_.units(),
            .read_units = readers_.units(),
            .waiting_writes = writer_.waiting(),
            .waiting_reads = readers_.waiting()};
  }

  std::optional<std::uint64_t> list_version(organization_id owner) const override {
    return writer_.versions().of(owner);
  }

  // Readers first: the last connection to close is the one that may checkpoint.
  void close() override {
    readers_.close();
    writer_.close();
  }

 protected:
  void submit_request(access how, request what) override {
    queued_unit unit{std::move(what.run), std::move(what.finish), what.loop,
                     how == access::write_repeatable};
    if (how == access::read) {
      readers_.submit(std::move(unit));
    } else {
      writer_.submit(std::move(unit));
    }
  }

 private:
  writer_thread writer_;
  reader_threads readers_;
};

// SQLite gives its two side files the mode of the database.
result<void> make_file(const std::string& path) {
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) {
    return refused(error_code::not_configured, "The database " + path +
                                                   " cannot be opened: " + std::strerror(errno) +
                                                   ".");
  }
  ::close(made);
  return {};
}

// Memory: the page caches are the only thing that grows with the data, and they are bounded.
// Sorting needs no file because no query sorts more than a thousand rows.
std::string settings_of_both(int cache_kib) {
  return "PRAGMA cache_size = -" + std::to_string(cache_kib) +
         "; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 0;";
}

result<database> open_writer(const sqlite_store_options& options) {
  TRY(make_file(options.path));
  TRY_ASSIGN(database opened, database::open(options.path, open_mode::read_write_create, 0,
                                             gathered_log_writes));
  TRY(opened.exec(settings_of_both(options.writer_cache_kib)));
  TRY_ASSIGN(const std::string mode, opened.query_text("PRAGMA journal_mode = WAL"));
  if (mode != "wal") {
    return refused(error_code::not_configured,
                   "The disk of " + options.path + " does not allow a write-ahead log.");
  }
  // FAST: deleted rows are overwritten where that costs no further page.
  TRY(opened.exec("PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST;"));
  return opened;
}

result<std::vector<database>> open_readers(const sqlite_store_options& options) {
  std::vector<database> opened;
  for (std::size_t i = 0; i < options.reader_threads; ++i) {
    TRY_ASSIGN(database reader, database::open(options.path, open_mode::read_only,
                                               reader_busy_timeout_ms));
    TRY(reader.exec(settings_of_both(options.reader_cache_kib)));
    opened.push_back(std::move(reader));
  }
  return opened;
}

// A transaction that outgrows the cache would write pages to the log before its commit. SQLite
// (3.40.1 at least) can lose such a commit in a crash, when a unit that shared it was undone:
// frames written twice before ROLLBACK TO leave what follows without checksums. So the pages of a
// transaction stay in memory; units are bounded, and only migrations, which share with nobody, are
// large.
result<void> keep_transactions_in_memory(database& writer) {
  return writer.exec("PRAGMA cache_spill = OFF");
}

void log_version() {
  const int version = library_version();
  log_line(log_level::info, "opening the database",
           {{"sqlite", sqlite3_libversion()},
            {"wal_reset_defect", has_wal_reset_defect(version)},
            {"note", "one connection writes and checkpoints, so the defect cannot show"}});
}

}  // namespace

bool has_wal_reset_defect(int library_version) noexcept {
  const int minor = library_version / 1000 % 1000;
  const int patch = library_version % 1000;
  if (library_version < 3'007'000 || library_version >= 3'051'003) return false;
  if (minor == 44 && patch >= 6) return false;
  return !(minor == 50 && patch >= 7);
}

result<std::unique_ptr<store>> open_sqlite_store(sqlite_store_options options) {
  CHECK(options.reader_threads > 0 && options.batch_units > 0);
  log_version();
  TRY_ASSIGN(database writer, open_writer(options));
  TRY(migrate(writer, embedded_migrations()));
  TRY(keep_transactions_in_memory(writer));
  TRY_ASSIGN(std::vector<database> readers, open_readers(options));
  return std::unique_ptr<store>(
      std::make_unique<sqlite_store>(std::move(writer), std::move(readers), options));
}

}  // namespace dialplane
