#include <doctest/doctest.h>
#include <sqlite3.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/sqlite.hpp"
#include "base/sqlite_log_writes.hpp"
#include "support/show_results.hpp"
#include "support/temporary_folder.hpp"

using namespace dialplane;
using sqlite::database;
using sqlite::open_mode;
using testing::temporary_folder;

namespace {

// The disk below the VFS under test: logs are written as ever, but counted, and fail when told to.
struct log_disk {
  int writes = 0;
  int syncs = 0;
  int writes_until_failure = -1;  // less than 0: none
  int failures = 0;               // so many, once it has come to that
  int failure = SQLITE_FULL;
  bool half = false;  // a failing write leaves its first half

  bool fails_now() {
    if (writes_until_failure < 0 || failures == 0) return false;
    if (writes_until_failure-- > 0) return false;
    writes_until_failure = --failures > 0 ? 0 : -1;
    return true;
  }
  void fail_after(int good_writes, int times = 1) {
    writes_until_failure = good_writes;
    failures = times;
  }
};
log_disk disk;

const sqlite3_io_methods* real_log_methods = nullptr;

int write_counted(sqlite3_file* file, const void* data, int amount, sqlite3_int64 at) {
  ++disk.writes;
  if (!disk.fails_now()) return real_log_methods->xWrite(file, data, amount, at);
  if (disk.half && amount > 1) real_log_methods->xWrite(file, data, amount / 2, at);
  return disk.failure;
}

int sync_counted(sqlite3_file* file, int flags) {
  ++disk.syncs;
  return real_log_methods->xSync(file, flags);
}

int open_counted(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  static sqlite3_io_methods counted;
  sqlite3_vfs* const real = sqlite3_vfs_find("unix");
  const int code = real->xOpen(real, path, file, flags, flags_out);
  if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return code;
  real_log_methods = file->pMethods;
  counted = *real_log_methods;
  counted.xWrite = &write_counted;
  counted.xSync = &sync_counted;
  file->pMethods = &counted;
  return SQLITE_OK;
}

// Gathered writes to a disk that is as told.
const char* gathered_on_that_disk() {
  static const char* const name = [] {
    (void)*database::open(":memory:", open_mode::read_write_create);  // SQLite is set up first
    static sqlite3_vfs below = *sqlite3_vfs_find("unix");
    below.pNext = nullptr;
    below.zName = "log-disk";
    below.xOpen = &open_counted;
    REQUIRE(sqlite3_vfs_register(&below, 0) == SQLITE_OK);
    REQUIRE(sqlite::register_gathered_log_writes("gathered-on-log-disk", &below) == SQLITE_OK);
    return "gathered-on-log-disk";
  }();
  disk = {};
  return name;
}

database gathered_at(const std::string& path, const std::string& settings = {}) {
  auto opened = database::open(path, open_mode::read_write_create, 0, gathered_on_that_disk());
  REQUIRE(opened);
  REQUIRE(opened->exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + settings));
  REQUIRE(opened->exec("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, a TEXT, b BLOB)"));
  disk = {};
  return *std::move(opened);
}

database plain_at(const std::string& path) {
  auto opened = database::open(path, open_mode::read_write_create);
  REQUIRE(opened);
  return *std::move(opened);
}

std::string rows_to_add(int count, int bytes = 1000) {
  return "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
         std::to_string(count) + ") INSERT INTO t (a, b) SELECT 'row ' || i, randomblob(" +
         std::to_string(bytes) + ") FROM n";
}

std::int64_t count_of(database& on) { return *on.query_int64("SELECT count(*) FROM t"); }

// All there is, in one short value.
std::string content_of(database& on) {
  const std::string all = *on.query_text(
      "SELECT ifnull(group_concat(id || ',' || a || ',' || hex(b)), '')"
      " FROM (SELECT * FROM t ORDER BY id)");
  return std::to_string(count_of(on)) + " rows, " + std::to_string(std::hash<std::string>{}(all));
}

bool is_whole(database& on) { return *on.query_text("PRAGMA integrity_check") == "ok"; }

// As after a kill: the files as they are now, without the memory shared by the living.
std::int64_t rows_after_a_kill(const std::string& path) {
  const temporary_folder grave;
  for (const char* tail : {"", "-wal"}) {
    std::filesystem::copy_file(path + tail, grave.file("x.db") + tail);
  }
  database copy = plain_at(grave.file("x.db"));
  CHECK(is_whole(copy));
  return count_of(copy);
}

}  // namespace

TEST_CASE("gathered log: a commit is in the files and in every reader's sight at once") {
  for (const char* synchronous : {"OFF", "NORMAL", "FULL"}) {
    for (const char* more : {"", "PRAGMA journal_size_limit = 50000;"}) {
      CAPTURE(synchronous);
      const temporary_folder folder;
      const std::string path = folder.file("x.db");
      database writer = gathered_at(path, std::string("PRAGMA synchronous = ") + synchronous +
                                              "; PRAGMA wal_autocheckpoint = 100;" + more);
      database reader = *database::open(path, open_mode::read_only);
      database second = plain_at(path);
      REQUIRE(second.exec("PRAGMA synchronous = OFF"));
      for (int i = 1; i <= 22; ++i) {
        REQUIRE(writer.exec(rows_to_add(i % 7 == 0 ? 200 : 1)));
        const std::int64_t expected = count_of(writer);
        REQUIRE(count_of(reader) == expected);
        REQUIRE(rows_after_a_kill(path) == expected);
        REQUIRE(second.exec(rows_to_add(2)));  // plain writers are welcome too
      }
      CHECK(content_of(reader) == content_of(writer));
      CHECK(is_whole(writer));
    }
  }
}

TEST_CASE("gathered log: one write for many pages") {
  const temporary_folder folder;
  const std::string path = folder.file("x.db");
  database writer = gathered_at(path, "PRAGMA wal_autocheckpoint = 0;");
  REQUIRE(writer.exec(rows_to_add(10)));
  for (const int pages : {1, 25, 70, 400}) {
    CAPTURE(pages);
    const auto before = std::filesystem::file_size(path + "-wal");
    disk = {};
    REQUIRE(writer.exec(rows_to_add(pages, 3500)));
    const auto frames =
        static_cast<int>((std::filesystem::file_size(path + "-wal") - before) / (4096 + 24));
    CHECK(frames >= pages);
    CHECK(disk.writes <= frames / 31 + 1);  // 31 frames are what SQLite's own VFS takes at once
    CHECK(disk.syncs == 1);
  }
}

TEST_CASE("gathered log: a transaction larger than the page cache") {
  const temporary_folder folder;
  const std::string path = folder.file("x.db");
  database writer = gathered_at(path, "PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 0;");
  database reader = *database::open(path, open_mode::read_only);
  REQUIRE(writer.exec(rows_to_add(50)));
  REQUIRE(writer.begin_immediate());
  REQUIRE(writer.exec(rows_to_add(500)));
  CHECK(disk.writes > 0);  // spilled
  REQUIRE(writer.exec("UPDATE t SET a = a || '!' WHERE id % 3 = 0"));
  CHECK(*writer.query_int64("SELECT count(*) FROM t WHERE a LIKE '%!'") == 183);
  CHECK(count_of(reader) == 50);
  REQUIRE(writer.savepoint());
  REQUIRE(writer.exec("UPDATE t SET b = randomblob(900)"));
  REQUIRE(writer.exec(rows_to_add(200)));
  REQUIRE(writer.rollback_savepoint());
  REQUIRE(writer.savepoint());
  REQUIRE(writer.exec("UPDATE t SET a = a || '?' WHERE id % 2 = 0"));
  REQUIRE(writer.release_savepoint());
  REQUIRE(writer.commit());
  CHECK(count_of(reader) == 550);
  CHECK(*reader.query_int64("SELECT count(*) FROM t WHERE a LIKE '%?'") == 275);
  CHECK(rows_after_a_kill(path) == 550);

  const std::string kept = content_of(reader);
  REQUIRE(writer.begin_immediate());
  REQUIRE(writer.exec("UPDATE t SET b = randomblob(900); DELETE FROM t WHERE id % 5 = 0"));
  REQUIRE(writer.rollback());
  CHECK(content_of(writer) == kept);
  CHECK(rows_after_a_kill(path) == 550);
  REQUIRE(writer.exec("DELETE FROM t WHERE id % 5 = 0"));
  CHECK(count_of(reader) == 440);
  CHECK(is_whole(reader));
}

TEST_CASE("gathered log: checkpoints between commits, and the log begun anew") {
  const temporary_folder folder;
  const std::string path = folder.file("x.db");
  database writer = gathered_at(path, "PRAGMA wal_autocheckpoint = 0;");
  database reader = *database::open(path, open_mode::read_only);
  for (int i = 0; i < 30; ++i) {
    CAPTURE(i);
    REQUIRE(writer.exec(rows_to_add(40)));
    const bool held = i % 5 == 4;  // by a reader that stays where it is
    if (held) {
      REQUIRE(reader.begin_deferred());
      CHECK(count_of(reader) == 40 * (i + 1));
      REQUIRE(writer.exec("UPDATE t SET a = 'again' WHERE id % 9 = 0"));
    }
    const int how = i % 3 == 0 ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    const int code =
        sqlite3_wal_checkpoint_v2(writer.native(), "main", how, nullptr, nullptr);
    CHECK((code == SQLITE_OK || (held && code == SQLITE_BUSY)));
    if (held) REQUIRE(reader.commit());
    CHECK(count_of(reader) == 40 * (i + 1));
    CHECK(rows_after_a_kill(path) == 40 * (i + 1));
  }
  CHECK(is_whole(reader));
  CHECK(std::filesystem::file_size(path + "-wal") < 2'000'000);
}

TEST_CASE("gathered log: closing the last connection leaves one file with everything") {
  const temporary_folder folder;
  const std::string path = folder.file("x.db");
  {
    database writer = gathered_at(path);
    REQUIRE(writer.exec(rows_to_add(500)));
    REQUIRE(writer.begin_immediate());
    REQUIRE(writer.exec(rows_to_add(5)));
  }
  CHECK_FALSE(std::filesystem::exists(path + "-wal"));
  database after = plain_at(path);
  CHECK(count_of(after) == 500);
  CHECK(is_whole(after));
}

TEST_CASE("gathered log: a disk that fails in a commit leaves what was committed before") {
  int failures = 0;
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    for (const char* settings :
         {"", "PRAGMA synchronous = OFF;", "PRAGMA cache_size = 10;",
          "PRAGMA cache_size = 10; PRAGMA synchronous = NORMAL;"}) {
      for (int good_writes = 0; good_writes < 7; ++good_writes) {
        CAPTURE(code);
        CAPTURE(settings);
        CAPTURE(good_writes);
        const temporary_folder folder;
        const std::string path = folder.file("x.db");
        database writer = gathered_at(path, settings);
        REQUIRE(writer.exec(rows_to_add(30)));
        if (good_writes % 3 == 0) REQUIRE(writer.exec("PRAGMA wal_checkpoint"));
        database reader = *database::open(path, open_mode::read_only);
        const std::string before = content_of(reader);
        disk = {.failure = code, .half = good_writes % 2 == 1};
        disk.fail_after(good_writes);
        result<void> went = writer.begin_immediate();
        if (went) went = writer.exec(rows_to_add(150) + "; UPDATE t SET b = randomblob(700)");
        if (went) went = writer.savepoint();
        if (went) went = writer.exec("UPDATE t SET a = 'x' || a; DELETE FROM t WHERE id % 4 = 0");
        if (went) went = writer.release_savepoint();
        if (went) went = writer.commit();
        const bool failed = disk.writes_until_failure < 0;
        CHECK(went.has_value() != failed);
        REQUIRE(writer.rollback());
        disk = {};
        if (failed) {
          ++failures;
          CHECK(content_of(reader) == before);
          CHECK(rows_after_a_kill(path) == 30);
        }
        CHECK(content_of(writer) == content_of(reader));
        const std::int64_t rows = count_of(reader);
        REQUIRE(writer.exec(rows_to_add(100)));
        CHECK(count_of(reader) == rows + 100);
        CHECK(rows_after_a_kill(path) == rows + 100);
        REQUIRE(writer.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
        CHECK(is_whole(reader));
      }
    }
  }
  CHECK(failures >= 25);
}

// SQLite undoes but the statement where the disk was full, and believes in frames that are lost.
TEST_CASE("gathered log: a transaction that lost pages cannot commit, whatever comes then") {
  const temporary_folder folder;
  const std::string path = folder.file("x.db");
  database writer = gathered_at(path, "PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 0;");
  REQUIRE(writer.exec(rows_to_add(30)));
  database reader = *database::open(path, open_mode::read_only);
  const std::string before = content_of(reader);
  int outlived = 0;  // transactions that their failed statement did not end
  for (int good_writes = 0; good_writes < 30; ++good_writes) {
    CAPTURE(good_writes);
    REQUIRE(writer.begin_immediate());
    disk.fail_after(good_writes);
    bool failed = false;
    for (int i = 0; i < 12; ++i) {
      // With a statement journal each, reading back what was spilled.
      for (const char* sql : {"UPDATE t SET id = -id, b = randomblob(length(b) + 1)",
                              "INSERT INTO t SELECT random(), a, b FROM t LIMIT 20",
                              "SELECT sum(length(b)) FROM t"}) {
        const bool commits_now = failed && good_writes % 2 == 0;
        if (!writer.in_transaction() || commits_now || writer.exec(sql)) continue;
        failed = true;
        if (writer.in_transaction()) ++outlived;
      }
    }
    CHECK(failed);
    CHECK_FALSE(writer.commit());
    REQUIRE(writer.rollback());
    CHECK(content_of(writer) == before);
    CHECK(content_of(reader) == before);
  }
  CHECK(outlived > 0);
  REQUIRE(writer.exec(rows_to_add(100)));
  CHECK(rows_after_a_kill(path) == 130);
  CHECK(is_whole(reader));
}

TEST_CASE("gathered log: a disk that stays full fails every commit, until it has room") {
  const temporary_folder folder;
  const std::string path = folder.file("x.db");
  database writer = gathered_at(path);
  database reader = *database::open(path, open_mode::read_only);
  REQUIRE(writer.exec(rows_to_add(10)));
  disk.fail_after(0, 1000);
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(writer.exec(rows_to_add(10 + 30 * i)));
    CHECK_FALSE(writer.in_transaction());
    CHECK(count_of(writer) == 10);
    CHECK(count_of(reader) == 10);
  }
  disk = {};
  REQUIRE(writer.exec(rows_to_add(10)));
  CHECK(rows_after_a_kill(path) == 20);
}

namespace {

// Frames written to the files under an open connection, behind what SQLite knows of.
class bare_log {
 public:
  explicit bare_log(database& on) {
    sqlite3_file_control(on.native(), "main", SQLITE_FCNTL_FILE_POINTER, &database_);
    sqlite3_file_control(on.native(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log_);
    REQUIRE(log()->xFileSize(log_, &end_) == SQLITE_OK);
    disk = {};
  }
  int append(bool commit = false) {
    std::array<char, 24> header{};
    header[7] = commit ? 9 : 0;
    const int code = log()->xWrite(log_, header.data(), 24, end_);
    const int code_of_page = log()->xWrite(log_, page_.data(), 4096, end_ + 24);
    end_ += 4120;
    return code != SQLITE_OK ? code : code_of_page;
  }
  int write_over_the_last() { return log()->xWrite(log_, page_.data(), 4096, end_ - 4096); }
  int read(sqlite3_int64 back) { return log()->xRead(log_, page_.data(), 8, end_ - back); }
  int sync() { return log()->xSync(log_, SQLITE_SYNC_NORMAL); }
  int truncate() { return log()->xTruncate(log_, end_); }
  int control() {
    int number = 0;
    return log()->xFileControl(log_, SQLITE_FCNTL_LAST_ERRNO, &number);
  }
  sqlite3_int64 size() {
    sqlite3_int64 size = 0;
    return log()->xFileSize(log_, &size) == SQLITE_OK ? size : -1;
  }
  int barrier() {
    database_->pMethods->xShmBarrier(database_);
    return SQLITE_OK;
  }
  int lock(int flags) { return database_->pMethods->xShmLock(database_, 7, 1, flags); }
  int map() {
    void volatile* at = nullptr;
    return database_->pMethods->xShmMap(database_, 0, 32768, 0, &at);
  }
  sqlite3_int64 end() const { return end_; }

 private:
  const sqlite3_io_methods* log() const { return log_->pMethods; }

  sqlite3_file* database_ = nullptr;
  sqlite3_file* log_ = nullptr;
  sqlite3_int64 end_ = 0;
  std::array<char, 4096> page_{};
};

}  // namespace

TEST_CASE("gathered log: whatever is asked next, what is gathered goes first") {
  const temporary_folder folder;
  database writer = gathered_at(folder.file("x.db"), "PRAGMA wal_autocheckpoint = 0;");
  REQUIRE(writer.exec(rows_to_add(10)));
  bare_log at(writer);
  const std::vector<std::pair<const char*, std::function<int()>>> acts = {
      {"a read", [&] { return at.read(8); }},
      {"a read of its start", [&] { return at.read(4120); }},
      {"a sync", [&] { return at.sync(); }},
      {"cutting it", [&] { return at.truncate(); }},
      {"its size", [&] { return at.size() == at.end() ? SQLITE_OK : SQLITE_ERROR; }},
      {"its control", [&] { return at.control(); }},
      {"the barrier", [&] { return at.barrier(); }},
      {"a lock", [&] { return at.lock(SQLITE_SHM_LOCK | SQLITE_SHM_SHARED); }},
      {"its end", [&] { return at.lock(SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED); }},
      {"a look at the index", [&] { return at.map(); }},
  };
  for (const auto& [what, act] : acts) {
    CAPTURE(what);
    disk = {};
    CHECK(at.append() == SQLITE_OK);
    CHECK(at.append() == SQLITE_OK);
    CHECK(at.read(3 * 4120) == SQLITE_OK);  // of what the file has
    CHECK(disk.writes == 0);
    CHECK(act() == SQLITE_OK);
    CHECK(disk.writes == 1);
  }
  disk = {};
  CHECK(at.append() == SQLITE_OK);
  CHECK(at.write_over_the_last() == SQLITE_OK);
  CHECK(disk.writes == 2);  // what was there, then this
  CHECK(at.append(true) == SQLITE_OK);
  CHECK(disk.writes == 3);  // a commit waits for nothing
}

TEST_CASE("gathered log: a failure where none can be told ends the connection, not the data") {
  const temporary_folder folder;
  const std::string path = folder.file("x.db");
  {
    database writer = gathered_at(path, "PRAGMA wal_autocheckpoint = 0;");
    REQUIRE(writer.exec(rows_to_add(10)));
    bare_log at(writer);
    CHECK(at.append() == SQLITE_OK);
    disk.fail_after(0);
    CHECK(at.barrier() == SQLITE_OK);
    for (int i = 0; i < 2; ++i) {
      CHECK(at.append() == SQLITE_FULL);
      CHECK(at.sync() == SQLITE_FULL);
      CHECK_FALSE(writer.exec(rows_to_add(1)));
    }
    CHECK(disk.writes == 1);
  }
  database after = plain_at(path);
  CHECK(count_of(after) == 10);
  CHECK(is_whole(after));
}

namespace {

// One statement of a random life, never one that gives other values on another connection.
std::string random_statement(seeded_random& from) {
  const auto number = [&from](std::uint64_t below) { return std::to_string(from.below(below)); };
  const std::string filler = "zeroblob(" + number(6000) + ")";
  switch (from.below(10)) {
    case 0: return "BEGIN IMMEDIATE";
    case 1: return "COMMIT";
    case 2: return from.below(3) == 0 ? "ROLLBACK" : "SAVEPOINT s";
    case 3: return from.below(2) == 0 ? "ROLLBACK TO s" : "RELEASE s";
    case 4: return "DELETE FROM t WHERE id % " + number(40) + " = 1";
    case 5: return "UPDATE t SET b = " + filler + " WHERE id % " + number(30) + " = 2";
    case 6:
      return "INSERT INTO t (a, b) SELECT 'c' || id, b FROM t WHERE id % " + number(50) + " = 3";
    default: return "INSERT INTO t (a, b) VALUES ('" + number(1'000'000) + "', " + filler + ")";
  }
}

void checkpoint(database& on, std::uint64_t how) {
  (void)sqlite3_wal_checkpoint_v2(on.native(), "main", static_cast<int>(how), nullptr, nullptr);
}

}  // namespace

TEST_CASE("gathered log: a random life leaves what a plain connection leaves") {
  const char* const given = std::getenv("DIALPLANE_SEED");
  const std::uint64_t first_seed =
      given != nullptr ? std::stoull(given) : system_random().below(1'000'000'000);
  for (std::uint64_t seed = first_seed; seed < first_seed + 12; ++seed) {
    INFO("again with: DIALPLANE_SEED=", seed, " build/dev/test_unit -tc='*a random life*'");
    seeded_random from(seed);
    const temporary_folder folder;
    const std::string settings = "PRAGMA wal_autocheckpoint = 40; PRAGMA synchronous = OFF;"
                                 "PRAGMA cache_size = " + std::to_string(5 + from.below(40)) + ";";
    // Where pages of a transaction go to the log before its commit, SQLite itself can lose it in a
    // crash (store/sqlite/sqlite_store.cpp): then no more is asked than of a plain connection.
    const bool spills = from.below(2) == 0;
    const std::string spilling = spills ? "" : "PRAGMA cache_spill = OFF;";
    database gathered = gathered_at(folder.file("a.db"), settings + spilling);
    database plain = plain_at(folder.file("b.db"));
    REQUIRE(plain.exec("PRAGMA journal_mode = WAL;" + settings + spilling));
    REQUIRE(plain.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b BLOB)"));
    database reader = *database::open(folder.file("a.db"), open_mode::read_only);
    for (int i = 0; i < 400; ++i) {
      const std::string sql = random_statement(from);
      CAPTURE(sql);
      REQUIRE(gathered.exec(sql).has_value() == plain.exec(sql).has_value());
      if (i % 50 == 0) checkpoint(gathered, from.below(4));
      if (i % 20 == 0 && !gathered.in_transaction()) {
        const std::int64_t left =
            spills ? rows_after_a_kill(folder.file("b.db")) : count_of(plain);
        REQUIRE(rows_after_a_kill(folder.file("a.db")) == left);
        REQUIRE(count_of(reader) == count_of(plain));
      }
    }
    REQUIRE(gathered.rollback());
    REQUIRE(plain.rollback());
    CHECK(content_of(gathered) == content_of(plain));
    CHECK(content_of(reader) == content_of(plain));
    CHECK(is_whole(reader));
  }
}
