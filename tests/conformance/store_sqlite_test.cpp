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

namespace {

result<void> put_settings(session& work, const char* prefix, int from, int to, char filler) {
  for (int i = from; i < to; ++i) {
    TRY(work.organizations().put_setting(prefix + std::to_string(i), std::string(3'000, filler)));
  }
  return {};
}

std::int64_t settings_after_a_kill(const scratch_folder& at) {
  for (const char* tail : {"", "-wal"}) {
    std::filesystem::copy_file(at.file("a.db") + tail, at.file("grave.db") + tail);
  }
  auto copy = sqlite::database::open(at.file("grave.db"), sqlite::open_mode::read_write_create);
  REQUIRE(copy);
  CHECK(*copy->query_text("PRAGMA integrity_check") == "ok");
  return *copy->query_int64("SELECT count(*) FROM settings WHERE name LIKE 'kept-%'");
}

}  // namespace

TEST_CASE("sqlite store: what shared a commit with a large unit that failed survives a kill") {
  scratch_folder at;
  auto db = open_sqlite_store({.path = at.file("a.db"), .writer_cache_kib = 40});
  REQUIRE(db.has_value());
  expected_value<bool> open_gate;
  expected_value<bool> first;
  expected_value<bool> failed;
  expected_value<bool> last;
  const auto tell = [](expected_value<bool>& to) {
    return [&to](result<void> how) { to.set(how.has_value()); };
  };
  // While the first unit waits, the others gather behind it and share its transaction.
  (*db)->write<void>(
      [&](session& work) -> result<void> {
        REQUIRE(open_gate.wait() == true);
        return put_settings(work, "kept-", 0, 2, 'a');
      },
      tell(first));
  (*db)->write<void>(
      [](session& work) -> result<void> {
        TRY(put_settings(work, "lost-", 0, 60, 'b'));
        for (int again = 0; again < 2; ++again) TRY(put_settings(work, "lost-", 30, 60, 'c'));
        return refused(error_code::phone_number_limit, "no");
      },
      tell(failed));
  (*db)->write<void>(
      [](session& work) { return put_settings(work, "kept-", 2, 7, 'd'); }, tell(last));
  open_gate.set(true);
  CHECK(first.wait() == true);
  CHECK(failed.wait() == false);
  REQUIRE(last.wait() == true);
  CHECK(settings_after_a_kill(at) == 7);
  (*db)->close();
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

namespace {

// Numbers as version 13 kept them: of two organizations, in every state, with and without what may
// be missing; ids of ours, two that begin alike, and short ones that nobody of ours made.
constexpr const char* numbers_of_version_13 = R"sql(
INSERT INTO numbers (organization_id, id, user_id, status, type, bought_through, e164, label,
  area_code_asked, inbound_agent_id, campaign_id, campaign_attached, carrier, mark, routing_set,
  locked, release_operation_id, created_at, updated_at, released_at, attachment_failure,
  attachment_since, imported, carrier_reference) VALUES
  (x'01', x'01A203DAD8D770B5ADE5D3C2FE5B5BA8', x'11', 'active', 'local', 'naive', '+14155550101',
   'Support', '415', x'21', x'31', 1, 'sandbox', 'm1', 1, 0, NULL, 1, 2, NULL, NULL, 3, 0, 'ref'),
  (x'01', x'01A203DAD8D770B9B4510E890D9AACCA', x'11', 'pending', 'toll_free', 'cartesia', NULL,
   NULL, '', NULL, NULL, 0, 'sandbox', 'm2', 0, 0, NULL, 1, 1, NULL, NULL, NULL, 0, ''),
  (x'01', x'01A203DAD8D770B9C4510E890D9AACCA', x'12', 'suspended', 'local', 'naive',
   '+14155550103', '', '', NULL, x'31', 0, 'byo', 'm3', 1, 1, NULL, 1, 5, NULL, 'busy', 4, 1, 'r'),
  (x'01', x'01A103DAD8D770B5ADE5D3C2FE5B5BA8', x'11', 'released', 'local', 'naive',
   '+14155550101', 'Was here', '415', NULL, x'31', 1, 'sandbox', 'm4', 1, 0, x'41', 1, 2, 3, NULL,
   NULL, 0, ''),
  (x'00', x'01A303DAD8D770B5ADE5D3C2FE5B5BA8', x'13', 'releasing', 'local', 'naive',
   '+14155550105', NULL, '', x'22', NULL, 0, 'sandbox', 'm5', 1, 0, x'42', 1, 2, NULL, NULL, NULL,
   0, ''),
  (x'00', x'51', x'13', 'active', 'local', 'naive', '+14155550106', NULL, '', NULL, NULL, 0,
   'sandbox', 'm6', 1, 0, NULL, 1, 2, NULL, NULL, NULL, 1, ''),
  (x'00', x'52', x'13', 'released', 'local', 'naive', NULL, NULL, '', NULL, NULL, 0,
   'sandbox', 'm7', 0, 0, NULL, 1, 2, NULL, NULL, NULL, 0, '');
)sql";

// Every value of every number.
std::vector<std::string> all_numbers(sqlite::database& db) {
  auto rows = db.prepare(
      "SELECT organization_id, id, user_id, status, type, bought_through, e164, label,"
      " area_code_asked, inbound_agent_id, campaign_id, campaign_attached, carrier, mark,"
      " routing_set, locked, release_operation_id, created_at, updated_at, released_at,"
      " attachment_failure, attachment_since, imported, carrier_reference"
      " FROM (SELECT * FROM numbers) ORDER BY organization_id, id");
  REQUIRE(rows.has_value());
  std::vector<std::string> found;
  while (rows->step().value()) {
    std::string& line = found.emplace_back();
    for (int at = 0; at < rows->column_count(); ++at) {
      line += rows->is_null(at) ? std::string("NULL") : "'" + std::string(rows->text(at)) + "'";
      line += ' ';
    }
  }
  return found;
}

void expect_all_in_indexes(sqlite::database& db) {
  const auto count = [&](const std::string& rest) {
    return db.query_int64("SELECT count(*) FROM numbers INDEXED BY " + rest).value();
  };
  CHECK(count("numbers_id WHERE organization_id >= x'00'") == 7);
  CHECK(count("numbers_user WHERE organization_id = x'01' AND user_id = x'11'") == 3);
  CHECK(count("numbers_live_e164 WHERE e164 IS NOT NULL AND status <> 'released'") == 4);
  CHECK(count("numbers_inbound_agent WHERE inbound_agent_id IS NOT NULL") == 2);
  CHECK(count("numbers_campaign WHERE organization_id = x'01' AND campaign_id = x'31'"
              " AND status <> 'released'") == 2);
  CHECK(count("numbers_imported WHERE imported = 1 AND status <> 'released'") == 2);
  CHECK(db.query_text("PRAGMA integrity_check").value() == "ok");
}

}  // namespace

TEST_CASE("sqlite migration 15: numbers are what they were, each at the place its id names") {
  scratch_folder at;
  auto db = sqlite::database::open(at.file("old.db"), sqlite::open_mode::read_write_create);
  REQUIRE(db.has_value());
  const auto all = sqlite::embedded_migrations();
  REQUIRE(sqlite::migrate(*db, all.first(14)).has_value());
  const auto filled = db->exec(numbers_of_version_13);
  if (!filled) FAIL(describe(filled.error()));
  const std::vector<std::string> before = all_numbers(*db);
  REQUIRE(before.size() == 7);
  const auto migrated = sqlite::migrate(*db, all);
  if (!migrated) FAIL(describe(migrated.error()));

  CHECK(all_numbers(*db) == before);
  expect_all_in_indexes(*db);
  const auto at_place = [&](std::int64_t position) {
    return db->query_int64("SELECT count(*) FROM numbers WHERE e164 IS NOT NULL AND position = " +
                           std::to_string(position)).value();
  };
  CHECK(at_place(0x1A203DAD8D7'0B5) == 1);
  CHECK(at_place(0x1A103DAD8D7'0B5) == 1);
  CHECK(at_place(0x1A303DAD8D7'0B5) == 1);
  CHECK(db->query_int64("SELECT count(*) FROM numbers WHERE position = " +
                        std::to_string(0x1A203DAD8D7'0B9)).value() == 1);
  // The rules of the table hold as before.
  CHECK_FALSE(db->exec("UPDATE numbers SET e164 = '+14155550103' WHERE id = x'51'").has_value());
  CHECK_FALSE(db->exec("UPDATE numbers SET mark = NULL WHERE id = x'51'").has_value());
  CHECK_FALSE(db->exec("UPDATE numbers SET locked = 'yes' WHERE id = x'51'").has_value());
  CHECK_FALSE(db->exec("UPDATE numbers SET id = x'52' WHERE id = x'51'").has_value());
}

TEST_CASE("sqlite migration 15: a store opened on it finds its numbers by id") {
  scratch_folder at;
  const number_id ours = {*parse_uuid_text("01a203da-d8d7-70b5-ade5-d3c2fe5b5ba8")};
  number_id alike = ours;
  alike.bytes[15] ^= 1;
  const organization_id owner{ours.bytes};
  {
    auto db = sqlite::database::open(at.file("a.db"), sqlite::open_mode::read_write_create);
    REQUIRE(db.has_value());
    REQUIRE(sqlite::migrate(*db, sqlite::embedded_migrations().first(14)).has_value());
    for (const number_id& id : {ours, alike}) {
      auto insert = db->prepare(
          "INSERT INTO numbers (organization_id, id, user_id, status, type, bought_through,"
          " area_code_asked, campaign_attached, carrier, mark, routing_set, locked, created_at,"
          " updated_at) VALUES (?1, ?2, ?1, 'pending', 'local', 'naive', '', 0, 'sandbox', 'm', 0,"
          " 0, 1, 1)");
      REQUIRE(insert.has_value());
      insert->bind(1, sqlite::blob_view(owner.bytes)).bind(2, sqlite::blob_view(id.bytes));
      REQUIRE(insert->run().has_value());
    }
  }
  auto db = open_sqlite_store({.path = at.file("a.db")});
  REQUIRE(db.has_value());
  for (const number_id& id : {ours, alike}) {
    expected_value<bool> found;
    (*db)->read<bool>(
        [&](session& work) -> result<bool> {
          TRY_ASSIGN(const auto row, work.numbers().find(owner, id));
          return row && row->id == id;
        },
        [&](result<bool> how) { found.set(how && *how); });
    CHECK(found.wait() == true);
  }
  (*db)->close();
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
