// Requests that are remembered until their answer has arrived: the rows.
#include <stdlib.h>

#include <filesystem>

#include "base/crypto.hpp"
#include "base/sqlite.hpp"
#include "conformance/store_fixture.hpp"
#include "store/sqlite/migrations.hpp"

namespace dialplane::test {

namespace {

constexpr timestamp start{1'767'225'600'000};

timestamp minutes(int count) { return {start.unix_ms + count * std::int64_t{60'000}}; }

request_hash fingerprint_of(int value) {
  request_hash hash{};
  hash[0] = static_cast<std::uint8_t>(value);
  return hash;
}

tracked_request make_tracked(store_fixture& at, int fingerprint, timestamp made) {
  tracked_request row;
  row.fingerprint = fingerprint_of(fingerprint);
  row.id = at.ids.next();
  row.attempt = at.ids.next();
  row.run = at.ids.next();
  row.created_at = made;
  row.touched_at = made;
  return row;
}

std::string shown(const tracked_request& row) {
  const auto text = [](const auto& bytes) { return hex(bytes); };
  return text(row.fingerprint) + " " + text(row.id) + " " + text(row.attempt) + " " +
         text(row.run) + " " + std::to_string(row.is_undelivered) + " " +
         (row.operation ? row.operation->uuid() : "-") + " " +
         (row.approval ? row.approval->uuid() : "-") + " " + row.sealed_answer + " " +
         std::to_string(row.created_at.unix_ms) + " " + std::to_string(row.touched_at.unix_ms);
}

void insert_tracked(store_fixture& at, const std::vector<tracked_request>& rows) {
  at.must_write([&](session& work) -> result<void> {
    for (const tracked_request& row : rows) TRY(work.replays().insert_tracked(row));
    return {};
  });
}

std::vector<std::string> find_tracked(store_fixture& at, int fingerprint, timestamp since) {
  const request_hash hash = fingerprint_of(fingerprint);
  const auto rows =
      at.must_read([&](session& work) { return work.replays().find_tracked(hash, since); });
  std::vector<std::string> texts;
  for (const tracked_request& row : rows) texts.push_back(shown(row));
  return texts;
}

using shown_rows = std::vector<std::string>;

}  // namespace

STORE_TEST_CASE("tracked requests are found by fingerprint, oldest first, since a time") {
  std::vector<tracked_request> rows;
  for (const int made : {0, 9, 10}) rows.push_back(make_tracked(at, 7, minutes(made)));
  rows[1].is_undelivered = true;
  rows[1].operation = at.id<operation_id>();
  rows[2].approval = at.id<approval_id>();
  rows[2].sealed_answer = std::string("\0answer\xff", 8);
  const tracked_request other = make_tracked(at, 8, minutes(10));
  insert_tracked(at, {rows[2], rows[0], other, rows[1]});
  CHECK(find_tracked(at, 7, minutes(0)) ==
        shown_rows{shown(rows[0]), shown(rows[1]), shown(rows[2])});
  CHECK(find_tracked(at, 7, minutes(9)) == shown_rows{shown(rows[1]), shown(rows[2])});
  CHECK(find_tracked(at, 7, minutes(11)).empty());
  CHECK(find_tracked(at, 8, minutes(0)) == shown_rows{shown(other)});
  CHECK(find_tracked(at, 9, minutes(0)).empty());
  at.reopen();
  CHECK(find_tracked(at, 7, minutes(10)) == shown_rows{shown(rows[2])});
}

STORE_TEST_CASE("a tracked request goes when its answer arrived, and stays when it was lost") {
  tracked_request lost = make_tracked(at, 7, minutes(0));
  tracked_request arrived = make_tracked(at, 7, minutes(0));
  insert_tracked(at, {lost, arrived});
  const auto settle = [&](const uuid_bytes& attempt, bool delivered, int when) {
    at.must_write([&](session& work) {
      return work.replays().settle_tracked(fingerprint_of(7), attempt, delivered, minutes(when));
    });
  };
  settle(lost.attempt, false, 3);
  settle(arrived.attempt, true, 3);
  lost.is_undelivered = true;
  lost.touched_at = minutes(3);
  CHECK(find_tracked(at, 7, minutes(0)) == shown_rows{shown(lost)});

  // The next attempt takes it over; what becomes of the one before it does not matter any more.
  const uuid_bytes before = lost.attempt;
  const uuid_bytes next = at.ids.next();
  const uuid_bytes run = at.ids.next();
  at.must_write([&](session& work) {
    return work.replays().rejoin_tracked(lost, next, run, minutes(5));
  });
  lost.attempt = next;
  lost.run = run;
  lost.is_undelivered = false;
  lost.touched_at = minutes(5);
  settle(before, true, 6);
  settle(before, false, 6);
  CHECK(find_tracked(at, 7, minutes(0)) == shown_rows{shown(lost)});
  settle(next, true, 6);
  CHECK(find_tracked(at, 7, minutes(0)).empty());
  settle(next, false, 7);  // nothing is left to mark
  CHECK(find_tracked(at, 7, minutes(0)).empty());
  CHECK_FALSE(at.write([&](session& work) {
                  return work.replays().rejoin_tracked(lost, before, run, minutes(8));
                }).has_value());
}

STORE_TEST_CASE("at most a hundred tracked requests are returned") {
  std::vector<tracked_request> rows;
  for (int i = 0; i < 130; ++i) rows.push_back(make_tracked(at, 7, minutes(1)));
  insert_tracked(at, rows);
  CHECK(find_tracked(at, 7, minutes(0)).size() == 100);
}

STORE_TEST_CASE("tracked requests are found and kept for as long as their work goes on") {
  const tenant mine = make_tenant(at);
  operation open = make_operation(at, mine);
  operation ended = make_operation(at, mine);
  ended.state = operation_state::succeeded;
  ended.updated_at = minutes(30);
  const approval pending = make_approval(at, mine);
  std::vector<tracked_request> rows;
  for (int i = 0; i < 4; ++i) rows.push_back(make_tracked(at, i, minutes(i)));
  rows[0].operation = open.id;
  rows[1].operation = ended.id;
  rows[2].approval = pending.id;
  at.must_write([&](session& work) -> result<void> {
    TRY(work.operations().insert(open));
    TRY(work.operations().insert(ended));
    return work.approvals().insert(pending);
  });
  insert_tracked(at, rows);
  const auto left = [&](int since) {
    std::string which;
    for (int i = 0; i < 4; ++i) which += find_tracked(at, i, minutes(since)).empty() ? '-' : 'x';
    return which;
  };
  const auto forget = [&](int keyed, int marked, std::size_t limit) {
    return at.must_write([&](session& work) {
      return work.replays().forget(minutes(keyed), minutes(marked), limit);
    });
  };
  CHECK(left(0) == "xxxx");
  CHECK(left(25) == "xxx-");  // the second one's work ended at 30
  CHECK(left(35) == "x-x-");
  CHECK(forget(0, 25, 10) == 1);
  CHECK(left(0) == "xxx-");
  CHECK(forget(0, 35, 10) == 1);
  CHECK(left(0) == "x-x-");
  open.state = operation_state::failed;
  open.updated_at = minutes(40);
  at.must_write([&](session& work) { return work.operations().update(open); });
  CHECK(left(45) == "--x-");
  CHECK(forget(0, 45, 10) == 1);
  CHECK(left(0) == "--x-");
  // Bounded all the same.
  CHECK(forget(2, 45, 10) == 0);
  CHECK(forget(3, 45, 10) == 1);
  CHECK(left(0) == "----");
}

STORE_TEST_CASE("tracked requests are forgotten oldest first, some at a time") {
  std::vector<tracked_request> rows;
  for (int i = 0; i < 6; ++i) rows.push_back(make_tracked(at, 7, minutes(i)));
  insert_tracked(at, rows);
  const auto forget = [&](int before, std::size_t limit) {
    return at.must_write([&](session& work) {
      return work.replays().forget(timestamp{0}, minutes(before), limit);
    });
  };
  CHECK(forget(4, 3) == 3);
  CHECK(find_tracked(at, 7, minutes(0)) ==
        shown_rows{shown(rows[3]), shown(rows[4]), shown(rows[5])});
  CHECK(forget(4, 3) == 1);
  CHECK(forget(4, 3) == 0);
}

TEST_CASE("sqlite migration 12: what was remembered before is remembered after") {
  std::string folder =
      (std::filesystem::temp_directory_path() / "dialplane-twelve-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  {
    auto db = sqlite::database::open(folder + "/old.db", sqlite::open_mode::read_write_create);
    REQUIRE(db.has_value());
    const auto all = sqlite::embedded_migrations();
    REQUIRE(sqlite::migrate(*db, all.first(11)).has_value());
    REQUIRE(db->exec("INSERT INTO marked_requests VALUES (5, x'01', x'02', 3, x'04', NULL, x'06',"
                     " 7); INSERT INTO keyed_requests VALUES (1, x'0a', x'0b', NULL, x'0c', x'0d',"
                     " 8)").has_value());
    for (int time = 0; time < 2; ++time) {  // the second one changes nothing
      const auto migrated = sqlite::migrate(*db, all);
      if (!migrated) FAIL(describe(migrated.error()));
      CHECK(db->query_int64("SELECT count(*) FROM marked_requests WHERE bucket = 5 AND"
                            " fingerprint = x'01' AND id = x'02' AND highest_retry_count = 3 AND"
                            " operation_id = x'04' AND sealed_answer = x'06' AND created_at = 7")
                .value() == 1);
      CHECK(db->query_int64("SELECT count(*) FROM keyed_requests WHERE key = x'0a' AND"
                            " approval_id = x'0c' AND sealed_answer = x'0d'").value() == 1);
      CHECK(db->query_int64("SELECT count(*) FROM tracked_requests").value() == 0);
    }
    // A row that is not whole is refused.
    CHECK_FALSE(db->exec("INSERT INTO tracked_requests (fingerprint, id) VALUES (x'01', x'02')")
                    .has_value());
  }
  std::filesystem::remove_all(folder);
}

}  // namespace dialplane::test
