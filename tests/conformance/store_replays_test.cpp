#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

constexpr std::int64_t minute_ms = 60'000;

request_hash hash_of(int value) {
  request_hash hash{};
  hash[0] = static_cast<std::uint8_t>(value >> 8);
  hash[15] = static_cast<std::uint8_t>(value);
  return hash;
}

keyed_request make_keyed(int key, timestamp made) {
  keyed_request row;
  row.key = hash_of(key);
  row.body = hash_of(key + 1000);
  row.created_at = made;
  return row;
}

marked_request make_marked(store_fixture& at, int fingerprint, timestamp made) {
  marked_request row;
  row.fingerprint = hash_of(fingerprint);
  row.id = at.ids.next();
  row.created_at = made;
  return row;
}

std::optional<keyed_request> find_keyed(store_fixture& at, int key) {
  const request_hash hash = hash_of(key);
  return at.must_read([&](session& work) { return work.replays().find_keyed(hash); });
}

std::vector<uuid_bytes> find_marked(store_fixture& at, int fingerprint, timestamp since) {
  const request_hash hash = hash_of(fingerprint);
  const auto rows =
      at.must_read([&](session& work) { return work.replays().find_marked(hash, since); });
  std::vector<uuid_bytes> ids;
  for (const marked_request& row : rows) ids.push_back(row.id);
  return ids;
}

std::int64_t forget_replays(store_fixture& at, timestamp keyed, timestamp marked,
                            std::size_t limit) {
  return at.must_write(
      [&](session& work) { return work.replays().forget(keyed, marked, limit); });
}

}  // namespace

STORE_TEST_CASE("a key is taken by the first request") {
  keyed_request row = make_keyed(1, timestamp{5});
  row.operation = at.id<operation_id>();
  row.sealed_answer = std::string("\0answer\xff", 8);
  at.must_write([&](session& work) { return work.replays().insert_keyed(row); });
  REQUIRE(find_keyed(at, 1).has_value());
  CHECK(shown(*find_keyed(at, 1)) == shown(row));
  CHECK_FALSE(find_keyed(at, 2).has_value());
  const keyed_request twin = make_keyed(1, timestamp{6});
  const auto taken = at.write([&](session& work) { return work.replays().insert_keyed(twin); });
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == error_class::conflict);
  CHECK(shown(*find_keyed(at, 1)) == shown(row));
}

STORE_TEST_CASE("marked requests are found by fingerprint, oldest first, since a time") {
  const auto minutes = [&](int count) {
    return timestamp{1'767'225'600'000 + count * minute_ms};
  };
  std::vector<marked_request> rows;
  for (const int made : {0, 9, 10, 25}) rows.push_back(make_marked(at, 7, minutes(made)));
  rows[3].approval = at.id<approval_id>();
  rows[3].sealed_answer = std::string("\0x", 2);
  rows[3].highest_retry_count = 1;
  const marked_request other = make_marked(at, 8, minutes(10));
  at.must_write([&](session& work) -> result<void> {
    for (const std::size_t i : {2U, 0U, 3U, 1U}) TRY(work.replays().insert_marked(rows[i]));
    return work.replays().insert_marked(other);
  });
  using ids = std::vector<uuid_bytes>;
  CHECK(find_marked(at, 7, minutes(0)) == ids{rows[0].id, rows[1].id, rows[2].id, rows[3].id});
  CHECK(find_marked(at, 7, minutes(9)) == ids{rows[1].id, rows[2].id, rows[3].id});
  CHECK(find_marked(at, 7, minutes(11)) == ids{rows[3].id});
  CHECK(find_marked(at, 7, minutes(26)).empty());
  CHECK(find_marked(at, 9, minutes(0)).empty());

  const auto raise = [&](const marked_request& row, std::int64_t count) {
    return at.write([&](session& work) { return work.replays().raise_retry_count(row, count); });
  };
  REQUIRE(raise(rows[3], 3).has_value());
  REQUIRE(raise(rows[3], 2).has_value());
  rows[3].highest_retry_count = 3;
  const auto found = at.must_read([&](session& work) {
    return work.replays().find_marked(rows[3].fingerprint, minutes(25));
  });
  REQUIRE(found.size() == 1);
  CHECK(shown(found[0]) == shown(rows[3]));
  CHECK_FALSE(raise(make_marked(at, 7, minutes(25)), 1).has_value());
}

STORE_TEST_CASE("at most a hundred marked requests are returned") {
  at.must_write([&](session& work) -> result<void> {
    for (int i = 0; i < 130; ++i) {
      TRY(work.replays().insert_marked(make_marked(at, 7, timestamp{i * minute_ms})));
    }
    return {};
  });
  CHECK(find_marked(at, 7, timestamp{0}).size() == 100);
}

STORE_TEST_CASE("ended requests are forgotten in time, those of open work are kept") {
  const tenant mine = make_tenant(at);
  operation open = make_operation(at, mine);
  const approval pending = make_approval(at, mine);
  operation ended = make_operation(at, mine);
  ended.state = operation_state::succeeded;
  std::vector<keyed_request> rows;
  for (int i = 0; i < 6; ++i) rows.push_back(make_keyed(i, timestamp{i < 5 ? 10 : 100}));
  rows[0].operation = open.id;
  rows[1].approval = pending.id;
  rows[2].operation = ended.id;
  at.must_write([&](session& work) -> result<void> {
    TRY(work.operations().insert(open));
    TRY(work.operations().insert(ended));
    TRY(work.approvals().insert(pending));
    for (const keyed_request& row : rows) TRY(work.replays().insert_keyed(row));
    return {};
  });
  const auto left = [&] {
    std::string keys;
    for (int i = 0; i < 6; ++i) keys += find_keyed(at, i) ? 'x' : '-';
    return keys;
  };
  // Two at a time: the open ones in front must not keep the ended ones behind them.
  for (int call = 0; call < 4; ++call) forget_replays(at, timestamp{50}, timestamp{0}, 2);
  CHECK(left() == "xx---x");
  open.state = operation_state::failed;
  at.must_write([&](session& work) { return work.operations().update(open); });
  for (int call = 0; call < 4; ++call) forget_replays(at, timestamp{50}, timestamp{0}, 2);
  CHECK(left() == "-x---x");
  CHECK(forget_replays(at, timestamp{50}, timestamp{0}, 10) == 0);
}

STORE_TEST_CASE("marked requests are forgotten oldest first") {
  std::vector<marked_request> rows;
  for (int i = 0; i < 6; ++i) rows.push_back(make_marked(at, 7, timestamp{i * 6 * minute_ms}));
  at.must_write([&](session& work) -> result<void> {
    for (const marked_request& row : rows) TRY(work.replays().insert_marked(row));
    return {};
  });
  // Minutes 0, 6, 12 and 18 are sure to go; a store may keep rows ten minutes longer than asked.
  const timestamp before{20 * minute_ms};
  CHECK(forget_replays(at, timestamp{0}, before, 3) == 3);
  CHECK(forget_replays(at, timestamp{0}, before, 3) == 1);
  CHECK(forget_replays(at, timestamp{0}, before, 3) == 0);
  CHECK(find_marked(at, 7, timestamp{0}) == std::vector{rows[4].id, rows[5].id});
}

}  // namespace dialplane::test
