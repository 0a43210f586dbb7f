#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/sqlite.hpp"
#include "support/show_results.hpp"
#include "support/temporary_folder.hpp"

using namespace dialplane;
using sqlite::blob_view;
using sqlite::database;
using sqlite::open_mode;
using sqlite::statement;
using sqlite::transaction;
using testing::temporary_folder;

namespace {

database memory_database() {
  auto opened = database::open(":memory:", open_mode::read_write_create);
  REQUIRE(opened);
  REQUIRE(opened->exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b BLOB, n INTEGER);"
                       "CREATE TABLE child (t_id INTEGER NOT NULL REFERENCES t (id));"));
  return *std::move(opened);
}

std::int64_t rows_of(database& on) { return *on.query_int64("SELECT count(*) FROM t"); }

}  // namespace

TEST_CASE("values go in and come out as they were") {
  database on = memory_database();
  const std::vector<std::uint8_t> bytes = {0, 1, 255, 0};
  const std::string text("gr\xc3\xbc\xc3\x9f\0z", 8);
  {
    auto insert = *on.prepare("INSERT INTO t (id, a, b, n) VALUES (?, ?, ?, ?)");
    REQUIRE(insert.bind_all(INT64_MAX, text, bytes, std::optional<std::int64_t>(INT64_MIN)).run());
    REQUIRE(insert.bind_all(2, std::nullopt, std::nullopt, std::optional<int>()).run());
    REQUIRE(insert.bind_all(3, "", blob_view(), true).run());
    CHECK(on.changes() == 1);
    CHECK(on.last_insert_rowid() == 3);
  }
  auto find = *on.prepare("SELECT id, a, b, n FROM t ORDER BY id");
  CHECK(find.column_count() == 4);
  REQUIRE(*find.step());
  CHECK(find.int64(0) == 2);
  CHECK(find.is_null(1));
  CHECK_FALSE(find.optional_text(1));
  CHECK_FALSE(find.optional_blob(2));
  CHECK_FALSE(find.optional_int64(3));
  CHECK(find.text(1).empty());
  CHECK(find.blob(2).empty());
  REQUIRE(*find.step());
  CHECK(find.optional_text(1) == std::string_view(""));  // empty is not NULL
  CHECK(find.optional_blob(2).has_value());
  CHECK(find.int64(3) == 1);
  REQUIRE(*find.step());
  CHECK(find.int64(0) == INT64_MAX);
  CHECK(find.text(1) == text);
  const blob_view blob = find.blob(2);
  CHECK(std::vector<std::uint8_t>(blob.begin(), blob.end()) == bytes);
  CHECK(find.optional_int64(3) == INT64_MIN);
  CHECK_FALSE(*find.step());
}

TEST_CASE("borrowed values are read when the statement runs") {
  database on = memory_database();
  const std::string text(5000, 'x');
  const std::vector<std::uint8_t> bytes(5000, 7);
  auto insert = *on.prepare("INSERT INTO t (a, b) VALUES (?, ?)");
  insert.bind_borrowed(1, text).bind_borrowed(2, blob_view(bytes));
  REQUIRE(insert.run());
  CHECK(*on.query_int64("SELECT length(a) + length(b) FROM t") == 10'000);
}

TEST_CASE("a cached statement comes back clean, and one in use is not shared") {
  database on = memory_database();
  constexpr const char* sql = "INSERT INTO t (a) VALUES (?)";
  for (int i = 0; i < 3; ++i) {
    auto insert = *on.prepare(sql);
    if (i == 0) insert.bind(1, "only once");
    REQUIRE(insert.run());
  }
  CHECK(*on.query_int64("SELECT count(*) FROM t WHERE a IS NULL") == 2);

  constexpr const char* select = "SELECT id FROM t ORDER BY id";
  auto outer = *on.prepare(select);
  REQUIRE(*outer.step());
  {
    auto inner = *on.prepare(select);
    CHECK(*inner.step());
    CHECK(inner.int64(0) == 1);
  }
  REQUIRE(*outer.step());
  CHECK(outer.int64(0) == 2);
  statement moved = std::move(outer);
  REQUIRE(*moved.step());
  CHECK(moved.int64(0) == 3);
  moved = *on.prepare("SELECT 7");
  REQUIRE(*moved.step());
  CHECK(moved.int64(0) == 7);
}

TEST_CASE("another text at the same address is another statement") {
  database on = memory_database();
  std::string sql = "SELECT 1";
  CHECK(*on.query_int64(sql) == 1);
  sql[7] = '2';
  CHECK(*on.query_int64(sql) == 2);
  sql[7] = '1';
  CHECK(*on.query_int64(sql) == 1);
  // More texts than the cache keeps.
  for (int i = 0; i < 1500; ++i) {
    REQUIRE(*on.query_int64("SELECT " + std::to_string(i)) == i);
  }
}

TEST_CASE("errors fall into their classes, with SQLite's words inside only") {
  database on = memory_database();
  REQUIRE(on.exec("INSERT INTO t (id, a) VALUES (1, 'x')"));
  const auto twice = on.exec("INSERT INTO t (a) VALUES ('x')");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().kind == error_class::conflict);
  CHECK(twice.error().code == error_code::conflict);
  CHECK(twice.error().internal.find("UNIQUE") != std::string::npos);
  CHECK(twice.error().message.find("UNIQUE") == std::string::npos);

  auto orphan = *on.prepare("INSERT INTO child VALUES (?)");
  const auto no_parent = orphan.bind(1, 99).run();
  REQUIRE_FALSE(no_parent);
  CHECK(no_parent.error().kind == error_class::conflict);
  CHECK(orphan.bind(1, 1).run());  // usable again after the error

  for (const char* sql : {"SELEC 1", "SELECT * FROM nowhere", "", "  ", "SELECT 1; SELECT 2"}) {
    CAPTURE(sql);
    const auto bad = on.prepare(sql);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().code == error_code::internal_error);
    CHECK(bad.error().message.find("nowhere") == std::string::npos);
  }
  CHECK_FALSE(on.prepare("SELECT ?")->bind(2, 1).step());  // no such parameter
  CHECK_FALSE(on.prepare("SELECT 1")->run());              // rows nobody reads
  CHECK_FALSE(on.query_int64("SELECT 1 WHERE 0"));
  CHECK(*on.query_text("SELECT 'a' || 'b'") == "ab");
  CHECK(on.prepare("SELECT 1; -- no").has_error());
  CHECK(on.prepare("SELECT 1 ; \n"));
}

TEST_CASE("exec runs several statements and stops at the first that fails") {
  database on = memory_database();
  CHECK(on.exec(" ; -- nothing\n"));
  CHECK_FALSE(on.exec("INSERT INTO t (a) VALUES ('1'); INSERT INTO nowhere VALUES (1);"
                      "INSERT INTO t (a) VALUES ('2')"));
  CHECK(rows_of(on) == 1);
  // Not terminated, cut out of a longer text.
  CHECK(on.exec(std::string_view("INSERT INTO t (a) VALUES ('3')garbage").substr(0, 30)));
  CHECK(rows_of(on) == 2);
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  database on = memory_database();
  {
    auto unit = *transaction::begin_immediate(on);
    REQUIRE(on.exec("INSERT INTO t (a) VALUES ('x')"));
    CHECK(on.in_transaction());
  }
  CHECK_FALSE(on.in_transaction());
  CHECK(rows_of(on) == 0);
  {
    auto unit = *transaction::begin_deferred(on);
    REQUIRE(on.exec("INSERT INTO t (a) VALUES ('x')"));
    REQUIRE(unit.commit());
  }
  CHECK(rows_of(on) == 1);
  CHECK(on.rollback());  // of nothing
  CHECK_FALSE(on.commit());
}

TEST_CASE("a savepoint undoes its own part only") {
  database on = memory_database();
  REQUIRE(on.begin_immediate());
  REQUIRE(on.exec("INSERT INTO t (a) VALUES ('kept')"));
  REQUIRE(on.savepoint());
  REQUIRE(on.exec("INSERT INTO t (a) VALUES ('undone')"));
  REQUIRE(on.rollback_savepoint());
  REQUIRE(on.savepoint());
  REQUIRE(on.exec("INSERT INTO t (a) VALUES ('kept too')"));
  REQUIRE(on.release_savepoint());
  REQUIRE(on.commit());
  CHECK(*on.query_text("SELECT group_concat(a) FROM (SELECT a FROM t ORDER BY id)") ==
        "kept,kept too");
}

TEST_CASE("a lock held by another connection is not_done, and reads see the past") {
  const temporary_folder folder;
  const std::string path = folder.file("x.db");
  database writer = *database::open(path, open_mode::read_write_create);
  REQUIRE(writer.exec("PRAGMA journal_mode=WAL; CREATE TABLE t (a)"));
  database other = *database::open(path, open_mode::read_write_create);
  database reader = *database::open(path, open_mode::read_only);
  REQUIRE(writer.begin_immediate());
  REQUIRE(writer.exec("INSERT INTO t VALUES (1)"));
  const auto busy = other.begin_immediate();
  REQUIRE_FALSE(busy);
  CHECK(busy.error().kind == error_class::not_done);
  CHECK(busy.error().code == error_code::store_failed);
  CHECK(*reader.query_int64("SELECT count(*) FROM t") == 0);
  REQUIRE(writer.commit());
  CHECK(*reader.query_int64("SELECT count(*) FROM t") == 1);
  const auto refused_write = reader.exec("INSERT INTO t VALUES (2)");
  REQUIRE_FALSE(refused_write);
  CHECK(refused_write.error().kind == error_class::unknown);
}

TEST_CASE("a missing or damaged file is store_failed") {
  const temporary_folder folder;
  const auto missing = database::open(folder.file("none.db"), open_mode::read_only);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == error_code::store_failed);
  CHECK(missing.error().message.find(folder.path()) == std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder.file("none.db")));

  const std::string path = folder.file("bad.db");
  FILE* file = std::fopen(path.c_str(), "w");
  std::fputs(std::string(4096, 'x').c_str(), file);
  std::fclose(file);
  auto damaged = database::open(path, open_mode::read_write_create);
  REQUIRE(damaged);  // SQLite looks at the file when it is first used
  const auto read = damaged->query_int64("SELECT count(*) FROM sqlite_schema");
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == error_class::unknown);
  CHECK(read.error().code == error_code::store_failed);
}

TEST_CASE("a live database is copied whole, never over a file that exists") {
  const temporary_folder folder;
  database on = memory_database();
  REQUIRE(on.exec("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
                  "INSERT INTO t (a, b) SELECT 'row ' || i, zeroblob(200) FROM n"));
  const std::string path = folder.file("copy.db");
  REQUIRE(on.copy_to(path, 7));
  auto copy = *database::open(path, open_mode::read_only);
  CHECK(rows_of(copy) == 5000);
  CHECK(*copy.query_text("PRAGMA integrity_check") == "ok");
  const auto again = on.copy_to(path);
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == error_class::refused);
  CHECK_FALSE(on.copy_to(folder.file("no/such/folder.db")));
}

TEST_CASE("the library is one we know") { CHECK(sqlite::library_version() >= 3'040'001); }
