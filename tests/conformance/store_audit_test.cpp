#include "conformance/store_fixture.hpp"

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

result<std::vector<audit_entry>> sealed(store_fixture& at, const tenant& of, std::int64_t from) {
  return at.read(
      [&](session& work) { return work.audit().sealed_entries(of.company.id, from, 100); });
}

// Does the chain hold, from the first entry to the head?
bool verifies(store_fixture& at, const tenant& of) {
  const auto entries = sealed(at, of, 1);
  if (!entries) return false;
  audit_hash previous{};
  std::int64_t sequence = 0;
  for (const audit_entry& entry : *entries) {
    if (entry.sequence != ++sequence || entry.hash != chain(previous, entry)) return false;
    previous = entry.hash;
  }
  const audit_head now = head(at, of);
  return now.sequence == sequence && now.hash == previous;
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
  CHECK(sealed(at, mine, 1)->empty());
  CHECK(seal(at, 3) == 3);
  CHECK(head(at, mine).sequence == 2);
  CHECK(seal(at, 3) == 2);
  CHECK(seal(at, 3) == 0);
  CHECK(verifies(at, mine));
  CHECK(verifies(at, other));
  CHECK(head(at, mine).sequence == 4);
  CHECK(head(at, other).sequence == 1);

  const auto all = sealed(at, mine, 1);
  REQUIRE(all->size() == 4);
  CHECK(shown((*all)[0]) == shown(entries[0]));
  CHECK(shown((*all)[1]) == shown(entries[2]));
  CHECK(sealed(at, mine, 3)->size() == 2);
  const auto newest = [&](std::int64_t before) {
    return at.must_read(
        [&](session& work) { return work.audit().newest(mine.company.id, before, 2); });
  };
  REQUIRE(newest(0).size() == 2);
  CHECK(newest(0)[0].sequence == 4);
  CHECK(newest(3)[0].sequence == 2);
  CHECK(newest(1).empty());

  at.reopen();
  append_audit(at, make_audit(at, mine, "act.after"));
  CHECK(seal(at, 10) == 1);
  CHECK(verifies(at, mine));
}

STORE_TEST_CASE("a change, a gap or a lost end of the audit log shows") {
  const tenant mine = make_tenant(at);
  for (int i = 0; i < 4; ++i) append_audit(at, make_audit(at, mine, "act." + std::to_string(i)));
  REQUIRE(seal(at, 10) == 4);
  REQUIRE(verifies(at, mine));
  const std::vector<std::pair<std::string, std::string>> tampering = {
      {"UPDATE audit_entries SET price = 1 WHERE action = 'act.1'",
       "UPDATE audit_entries SET price = 4000000 WHERE action = 'act.1'"},
      {"UPDATE audit_entries SET action = 'act.x' WHERE action = 'act.3'",
       "UPDATE audit_entries SET action = 'act.3' WHERE action = 'act.x'"},
      {"UPDATE audit_seals SET sequence = 9 WHERE sequence = 2",
       "UPDATE audit_seals SET sequence = 2 WHERE sequence = 9"},
      {"UPDATE audit_seals SET sequence = -1 WHERE sequence = 4",
       "UPDATE audit_seals SET sequence = 4 WHERE sequence = -1"},
      {"UPDATE audit_seals SET entry = 99 WHERE sequence = 3",
       "UPDATE audit_seals SET entry = 3 WHERE sequence = 3"},
  };
  for (const auto& [harm, repair] : tampering) {
    CAPTURE(harm);
    at.close();
    at.home().run_sql(harm);
    at.open();
    CHECK_FALSE(verifies(at, mine));
    at.close();
    at.home().run_sql(repair);
    at.open();
    CHECK(verifies(at, mine));
  }
}

}  // namespace dialplane::test
