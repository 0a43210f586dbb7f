// What only the SQLite store promises.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/sqlite.hpp"
#include "conformance/scratch_folder.hpp"
#include "conformance/store_fixture.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace dialplane::test {

namespace {

unsigned mode_of(const std::string& path) {
  struct stat found{};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 0777;
}

// A write that cannot be missed: about `kib` of data.
void write_much(store& db, int kib) {
  for (int i = 0; i < kib; i += 64) {
    expected_value<bool> done;
    db.write<void>(
        [i](session& work) {
          return work.organizations().put_setting("much-" + std::to_string(i % 1024),
                                                  std::string(64 * 1024, 'x'));
        },
        [&](result<void> how) { done.set(how.has_value()); });
    REQUIRE(done.wait() == true);
  }
}

}  // namespace

TEST_CASE("sqlite store: files are for the owner only, and closing leaves one file") {
  scratch_folder at;
  auto db = open_sqlite_store({.path = at.file("a.db")});
  REQUIRE(db.has_value());
  write_much(**db, 64);
  for (const char* tail : {"a.db", "a.db-wal", "a.db-shm"}) CHECK(mode_of(at.file(tail)) == 0600);
  expected_value<bool> copied;
  (*db)->backup(at.file("copy.db"), [&](result<void> how) { copied.set(how.has_value()); });
  REQUIRE(copied.wait() == true);
  CHECK(mode_of(at.file("copy.db")) == 0600);
  CHECK_FALSE(std::filesystem::exists(at.file("copy.db.part")));
  (*db)->close();
  CHECK_FALSE(std::filesystem::exists(at.file("a.db-wal")));
}

TEST_CASE("sqlite store: the write-ahead log stays bounded while readers come and go") {
  scratch_folder at;
  auto db = open_sqlite_store({.path = at.file("a.db"), .checkpoint_pages = 100});
  REQUIRE(db.has_value());
  std::atomic<bool> stop{false};
  std::thread reading([&] {
    while (!stop) {
      expected_value<bool> done;
      (*db)->read<std::optional<std::string>>(
          [](session& work) { return work.organizations().setting("much-0"); },
          [&](result<std::optional<std::string>> how) { done.set(how.has_value()); });
      if (done.wait() != true) stop = true;
    }
  });
  write_much(**db, 40 * 1024);
  const bool readers_lived = !stop;
  stop = true;
  reading.join();
  CHECK(readers_lived);
  // 40 MiB went through; 100 pages are 0.4 MiB, and force sets in at eight times that.
  CHECK(std::filesystem::file_size(at.file("a.db-wal")) < 8 * 1024 * 1024);
}

TEST_CASE("sqlite store: a file of some other program, or no database at all, is refused") {
  scratch_folder at;
  {
    auto other = sqlite::database::open(at.file("a.db"), sqlite::open_mode::read_write_create);
    REQUIRE(other.has_value());
    REQUIRE(other->exec("CREATE TABLE theirs (x)").has_value());
  }
  const auto foreign = open_sqlite_store({.path = at.file("a.db")});
  REQUIRE_FALSE(foreign.has_value());
  CHECK(foreign.error().kind == error_class::refused);
  CHECK(foreign.error().code == error_code::not_configured);
  std::ofstream(at.file("b.db")) << std::string(5000, 'n');
  CHECK_FALSE(open_sqlite_store({.path = at.file("b.db")}).has_value());
  CHECK_FALSE(open_sqlite_store({.path = at.file("no/such/folder.db")}).has_value());
}

TEST_CASE("sqlite store: migrations run in order, once, and a failing one leaves nothing") {
  scratch_folder at;
  auto db = sqlite::database::open(at.file("a.db"), sqlite::open_mode::read_write_create);
  REQUIRE(db.has_value());
  const std::vector<sqlite::migration> steps = {
      {1, "first", "CREATE TABLE one (x); INSERT INTO one VALUES (1);"},
      {2, "second", "CREATE TABLE two (x); INSERT INTO two SELECT x + 1 FROM one;"},
      {3, "broken", "CREATE TABLE three (x); INSERT INTO nowhere VALUES (1);"}};
  const std::span<const sqlite::migration> all(steps);
  REQUIRE(sqlite::migrate(*db, all.first(1)).has_value());
  REQUIRE(sqlite::migrate(*db, all.first(2)).has_value());
  REQUIRE(sqlite::migrate(*db, all.first(2)).has_value());
  CHECK(db->query_int64("SELECT x FROM two").value() == 2);
  CHECK_FALSE(sqlite::migrate(*db, all).has_value());
  CHECK(db->query_int64("SELECT max(version) FROM migrations").value() == 2);
  CHECK_FALSE(db->query_int64("SELECT count(*) FROM three").has_value());
  CHECK_FALSE(sqlite::migrate(*db, all.first(1)).has_value());
}

TEST_CASE("sqlite store: versions with the WAL-reset defect are known") {
  CHECK(has_wal_reset_defect(3'040'001));
  CHECK(has_wal_reset_defect(3'051'002));
  CHECK(has_wal_reset_defect(3'050'006));
  CHECK(has_wal_reset_defect(3'044'005));
  CHECK_FALSE(has_wal_reset_defect(3'051'003));
  CHECK_FALSE(has_wal_reset_defect(3'052'000));
  CHECK_FALSE(has_wal_reset_defect(3'050'007));
  CHECK_FALSE(has_wal_reset_defect(3'044'006));
}

}  // namespace dialplane::test
