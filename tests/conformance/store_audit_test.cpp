#include <stdlib.h>

#include <filesystem>

#include "base/crypto.hpp"
#include "base/sqlite.hpp"
#include "conformance/store_fixture.hpp"
#include "store/sqlite/audit_table.hpp"
#include "store/sqlite/migrations.hpp"

namespace dialplane::test {

namespace {

void append_audit(store_fixture& at, const audit_entry& entry) {
  at.must_write([&](session& work) { return work.audit().append(entry); });
}

std::size_t seal(store_fixture& at, std::size_t limit) {
  return at.must_write([&](session& work) { return work.audit().seal_some(limit); });
}

audit_head head(store_fixture& at, const tenant& of) {
  return at.must_read([&](session& work) { return work.audit().head(of.company.id); });
}

std::vector<audit_entry> sealed(store_fixture& at, const tenant& of) {
  std::vector<audit_entry> all;
  for (const sealed_run& run : at.must_read([&](session& work) {
         return work.audit().sealed_runs(of.company.id, 1, 1'000);
       })) {
    all.insert(all.end(), run.entries.begin(), run.entries.end());
  }
  return all;
}

result<std::vector<audit_entry>> newest(store_fixture& at, const tenant& of, std::int64_t before,
                                        std::size_t limit) {
  return at.read(
      [&](session& work) { return work.audit().newest(of.company.id, before, limit); });
}

// Where the chain breaks, from the first entry to the head. Nothing: it holds.
std::optional<audit_break> broken(store_fixture& at, const tenant& of) {
  const auto runs = at.must_read(
      [&](session& work) { return work.audit().sealed_runs(of.company.id, 1, 1'000); });
  audit_head end;
  for (const sealed_run& run : runs) {
    if (auto found = follow(end, run)) return found;
  }
  const audit_head kept = head(at, of);
  if (kept.sequence == end.sequence && kept.hash == end.hash) return std::nullopt;
  return audit_break{end.sequence + 1, "the end"};
}

bool verifies(store_fixture& at, const tenant& of) { return !broken(at, of); }

void with_sql(store_fixture& at, const std::string& sql) {
  at.close();
  at.home().run_sql(sql);
  at.open();
}

}  // namespace

STORE_TEST_CASE("audit entries get sequence and hash in the order of commit, per organization") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  std::vector<audit_entry> entries;
  for (int i = 0; i < 5; ++i) {
    entries.push_back(make_audit(at, i == 1 ? other : mine, "act." + std::to_string(i)));
    if (i == 2) {
      entries.back().key.reset();
      entries.back().price.reset();
    }
    append_audit(at, entries.back());
  }
  CHECK(head(at, mine).sequence == 0);
  CHECK(sealed(at, mine).empty());
  CHECK(seal(at, 3) == 3);
  CHECK(head(at, mine).sequence == 2);
  CHECK(seal(at, 3) == 2);
  CHECK(seal(at, 3) == 0);
  CHECK(verifies(at, mine));
  CHECK(verifies(at, other));
  CHECK(head(at, mine).sequence == 4);
  CHECK(head(at, other).sequence == 1);

  const auto all = sealed(at, mine);
  REQUIRE(all.size() == 4);
  CHECK(shown(all[0]) == shown(entries[0]));
  CHECK(shown(all[1]) == shown(entries[2]));
  REQUIRE(newest(at, mine, 0, 2)->size() == 2);
  CHECK((*newest(at, mine, 0, 2))[0].sequence == 4);
  CHECK((*newest(at, mine, 3, 2))[0].sequence == 2);
  CHECK(newest(at, mine, 1, 2)->empty());

  at.reopen();
  append_audit(at, make_audit(at, mine, "act.after"));
  CHECK(seal(at, 10) == 1);
  CHECK(verifies(at, mine));
}

STORE_TEST_CASE("audit entries of many organizations lie in runs, and each list is whole") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  // Mine come alone, in pairs among the others', and in a row longer than a run.
  int made = 0;
  const auto add = [&](const tenant& of, int count) {
    for (int i = 0; i < count; ++i) {
      append_audit(at, make_audit(at, of, "act." + std::to_string(made++)));
    }
  };
  add(mine, 1);
  add(other, 60);
  for (int i = 0; i < 20; ++i) {
    add(mine, 2);
    add(other, 5);
  }
  add(mine, 70);
  while (seal(at, 50) > 0) continue;
  REQUIRE(head(at, mine).sequence == 111);
  REQUIRE(head(at, other).sequence == 160);
  CHECK(verifies(at, mine));
  CHECK(verifies(at, other));
  // By pages of any size: each once, newest first, with the hashes of the chain.
  const auto all = sealed(at, mine);
  for (const std::size_t size : {1, 7, 30, 200}) {
    std::int64_t before = 112;
    for (;;) {
      const auto page = newest(at, mine, before, size);
      REQUIRE(page);
      if (page->empty()) break;
      for (const audit_entry& each : *page) {
        REQUIRE(each.sequence == --before);
        const audit_entry& in_chain = all[static_cast<std::size_t>(before - 1)];
        CHECK(shown(each) == shown(in_chain));
        CHECK(each.hash == in_chain.hash);
      }
    }
    CHECK(before == 1);
  }
}

namespace {

// Something done behind the store's back, and where the chain of the organization breaks then.
struct tampering {
  std::string harm, repair;
  std::int64_t shows_at;
  bool list_is_short = false;
};

const std::string entry_11 = " WHERE position = 21";  // sequence 11 is where mine are the odd ones
const std::string keep_entries = "CREATE TABLE kept AS SELECT * FROM audit_entries;";
const std::string put_entries_back =
    "DELETE FROM audit_entries; INSERT INTO audit_entries SELECT * FROM kept; DROP TABLE kept";
const std::string keep_seals = "CREATE TABLE kept AS SELECT * FROM audit_seals;";
const std::string put_seals_back =
    "DELETE FROM audit_seals; INSERT INTO audit_seals SELECT * FROM kept; DROP TABLE kept";

// Two entries that change places.
const std::string swap_entries =
    "UPDATE audit_entries SET position = -23 WHERE position = 21;"
    "UPDATE audit_entries SET position = 21 WHERE position = 23;"
    "UPDATE audit_entries SET position = 23 WHERE position = -23";

std::vector<tampering> with_entries(const std::string& mine, const std::string& other) {
  const auto give_to = [](const std::string& whom, const std::string& which) {
    return "UPDATE audit_entries SET organization_id = " + whom + which;
  };
  const std::string entry_of_other = " WHERE position = 22";
  return {
      {"UPDATE audit_entries SET price = 1" + entry_11,
       "UPDATE audit_entries SET price = 4000000" + entry_11, 11},
      {"UPDATE audit_entries SET action = 'act.x' WHERE action = 'act.99'",
       "UPDATE audit_entries SET action = 'act.99' WHERE action = 'act.x'", 50},
      // Taken away: by giving it to another, in the middle of a run, at its end.
      {give_to(other, entry_11), give_to(mine, entry_11), 11, true},
      {keep_entries + "DELETE FROM audit_entries" + entry_11, put_entries_back, 11, true},
      {keep_entries + "DELETE FROM audit_entries WHERE position = 55", put_entries_back, 28, true},
      // Put in between: another's, or a new one with all that follow moved on.
      {give_to(mine, entry_of_other), give_to(other, entry_of_other), 12, true},
      {keep_entries + "UPDATE audit_entries SET position = -position - 1 WHERE position >= 21;"
                      "UPDATE audit_entries SET position = -position WHERE position < 0;"
                      "INSERT INTO audit_entries SELECT 21, id, organization_id, actor_type,"
                      " key_id, 'act.new', object, price, detail, request_id, at FROM kept" +
           entry_11,
       put_entries_back, 11, true},
      {swap_entries, swap_entries, 11},
  };
}

std::vector<tampering> with_seals(const std::string& mine) {
  const std::string first = " WHERE sequence = 1 AND organization_id = " + mine;
  return {
      {"UPDATE audit_seals SET sequence = 99 WHERE sequence = 29",
       "UPDATE audit_seals SET sequence = 29 WHERE sequence = 99", 29},
      {keep_seals + "DELETE FROM audit_seals WHERE sequence = 29", put_seals_back, 29},
      {"UPDATE audit_seals SET entry = 99, last_entry = 99" + first,
       "UPDATE audit_seals SET entry = 1, last_entry = 55" + first, 1, true},
      {"UPDATE audit_seals SET last_entry = 53" + first,
       "UPDATE audit_seals SET last_entry = 55" + first, 28, true},
      {keep_seals + "UPDATE audit_seals SET hashes = zeroblob(length(hashes))" + first,
       put_seals_back, 1},
      {keep_seals + "UPDATE audit_seals SET hashes = substr(hashes, 1, 320)" + first,
       put_seals_back, 11, true},
  };
}

}  // namespace

STORE_TEST_CASE("a change, a gap or a lost end of the audit log shows, and where") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  // Mine are the odd ones of 100, in runs of the sequences 1 to 28 and 29 to 50.
  for (int i = 1; i <= 100; ++i) {
    append_audit(at, make_audit(at, i % 2 == 1 ? mine : other, "act." + std::to_string(i)));
  }
  REQUIRE(seal(at, 200) == 100);
  REQUIRE(verifies(at, mine));
  const auto blob_of = [](const tenant& of) { return "x'" + hex(of.company.id.bytes) + "'"; };
  std::vector<tampering> all = with_entries(blob_of(mine), blob_of(other));
  std::ranges::move(with_seals(blob_of(mine)), std::back_inserter(all));
  for (const tampering& each : all) {
    CAPTURE(each.harm);
    with_sql(at, each.harm);
    const auto found = broken(at, mine);
    REQUIRE(found);
    CHECK(found->sequence == each.shows_at);
    // A list is refused rather than shown shorter than it was.
    CHECK(newest(at, mine, 0, 100).has_value() == !each.list_is_short);
    with_sql(at, each.repair);
    CHECK(verifies(at, mine));
    CHECK(verifies(at, other));
  }
}

TEST_CASE("sqlite migration 16: seals of one entry each stay what they are") {
  std::string folder =
      (std::filesystem::temp_directory_path() / "dialplane-seals-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  {
    auto db = sqlite::database::open(folder + "/old.db", sqlite::open_mode::read_write_create);
    REQUIRE(db.has_value());
    const auto all = sqlite::embedded_migrations();
    REQUIRE(sqlite::migrate(*db, all.first(15)).has_value());
    audit_entry entry;
    entry.actor_type = "operator";
    entry.detail = "{}";
    audit_hash hash{};
    for (int i = 1; i <= 3; ++i) {
      entry.sequence = i;
      entry.action = "act." + std::to_string(i);
      hash = chain(hash, entry);
      const std::string sealed = "x'" + hex(hash) + "'";
      const std::string at = std::to_string(i);
      REQUIRE(db->exec("INSERT INTO audit_entries VALUES (" + at + ", zeroblob(16), zeroblob(16),"
                       " 'operator', NULL, 'act." + at + "', '', NULL, '{}', '', 0);"
                       "INSERT INTO audit_seals VALUES (zeroblob(16), " + at + ", " + at + ", " +
                       sealed + "); INSERT OR REPLACE INTO audit_heads VALUES (zeroblob(16), " +
                       at + ", " + sealed + "); UPDATE audit_sealed_up_to SET position = " + at)
                  .has_value());
    }
    REQUIRE(sqlite::migrate(*db, all).has_value());
    sqlite::audit_table audit(*db);
    for (int i = 4; i <= 6; ++i) {
      entry.action = "act." + std::to_string(i);
      REQUIRE(audit.append(entry).has_value());
    }
    CHECK(audit.seal_some(10).value() == 3);
    audit_head end;
    const auto runs = audit.sealed_runs({}, 1, 10).value();
    CHECK(runs.size() == 4);  // three of one, one of three
    for (const sealed_run& run : runs) CHECK_FALSE(follow(end, run));
    CHECK(end.sequence == 6);
    CHECK(end.hash == audit.head({})->hash);
    const auto shown = audit.newest({}, 5, 3).value();
    REQUIRE(shown.size() == 3);
    CHECK(shown[0].action == "act.4");
    CHECK(shown[1].hash == hash);
    CHECK(shown[2].action == "act.2");
  }
  std::filesystem::remove_all(folder);
}

}  // namespace dialplane::test
