#include "conformance/store_fixture.hpp"

namespace dialplane::test {

STORE_TEST_CASE("approvals keep every field and belong to their organization") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  approval row = make_approval(at, mine);
  at.must_write([&](session& work) { return work.approvals().insert(row); });
  const auto find = [&](const tenant& of) {
    return at.must_read(
        [&](session& work) { return work.approvals().find(of.company.id, row.id); });
  };
  REQUIRE(find(mine).has_value());
  CHECK(shown(*find(mine)) == shown(row));
  CHECK_FALSE(find(other).has_value());

  row.status = approval_status::executed;
  row.operation = at.id<operation_id>();
  row.result = R"({"ok":true})";
  row.failure = R"({"code":"x"})";
  row.resolved_by_type = "operator";
  row.resolved_by_id = "key-1";
  row.reason = "fine";
  row.replayed = true;
  row.resolved_at = timestamp{8};
  at.must_write([&](session& work) { return work.approvals().update(row); });
  CHECK(shown(*find(mine)) == shown(row));

  approval stolen = row;
  stolen.organization = other.company.id;
  CHECK_FALSE(at.write([&](session& work) { return work.approvals().update(stolen); }));
}

STORE_TEST_CASE("approvals are listed by user and status") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  const user_id someone = at.id<user_id>();
  std::vector<approval> rows;
  for (int i = 0; i < 4; ++i) rows.push_back(make_approval(at, mine));
  rows[1].user = someone;
  rows[2].user = someone;
  rows[2].status = approval_status::denied;
  rows[3].status = approval_status::denied;
  at.must_write([&](session& work) -> result<void> {
    for (const approval& row : rows) TRY(work.approvals().insert(row));
    return work.approvals().insert(make_approval(at, other));
  });
  const auto list = [&](std::optional<user_id> of, std::optional<approval_status> only) {
    return ids_of(at.must_read([&](session& work) {
                      return work.approvals().page_of(mine.company.id, of, only, {.limit = 10});
                    }).rows);
  };
  const auto id = [&](std::size_t i) { return rows[i].id.bytes; };
  using ids = std::vector<uuid_bytes>;
  CHECK(list({}, {}) == ids{id(3), id(2), id(1), id(0)});
  CHECK(list(someone, {}) == ids{id(2), id(1)});
  CHECK(list({}, approval_status::pending) == ids{id(1), id(0)});
  CHECK(list({}, approval_status::denied) == ids{id(3), id(2)});
  CHECK(list(someone, approval_status::pending) == ids{id(1)});
  CHECK(list({}, approval_status::failed).empty());
  const auto page = at.must_read([&](session& work) {
    return work.approvals().page_of(mine.company.id, {}, approval_status::pending,
                                    {.before = id(0), .limit = 1});
  });
  CHECK(ids_of(page.rows) == ids{id(1)});
  CHECK_FALSE(page.has_more);
}

STORE_TEST_CASE("the newest equal approval since a time") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  const approval older = make_approval(at, mine);
  const approval newer = make_approval(at, mine);
  approval different = make_approval(at, mine);
  different.request_hash.fill(0x12);
  at.must_write([&](session& work) -> result<void> {
    TRY(work.approvals().insert(older));
    TRY(work.approvals().insert(newer));
    return work.approvals().insert(different);
  });
  const auto newest = [&](const tenant& of, timestamp since) {
    return at.must_read([&](session& work) {
      return work.approvals().newest_equal(of.company.id, older.request_hash, since);
    });
  };
  REQUIRE(newest(mine, older.created_at).has_value());
  CHECK(newest(mine, older.created_at)->id == newer.id);
  CHECK_FALSE(newest(mine, newer.created_at + std::chrono::milliseconds(1)).has_value());
  CHECK_FALSE(newest(other, older.created_at).has_value());
}

}  // namespace dialplane::test
