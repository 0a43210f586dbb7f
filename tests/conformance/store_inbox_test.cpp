// The inbox: an event is stored once, processed once, set aside and found again.
#include "conformance/store_fixture.hpp"
#include "store/inbox_queries.hpp"

namespace dialplane::test {

namespace {

inbox_entry make_inbox_entry(store_fixture& at, std::string key) {
  inbox_entry row;
  row.id = at.id<inbox_entry_id>();
  row.carrier = "some_carrier";
  row.event_key = std::move(key);
  row.body = "{\"type\":\"x\"}";
  row.received_at = at.time.now();
  row.next_try_at = at.time.now() + std::chrono::milliseconds(5'000);
  row.updated_at = at.time.now();
  return row;
}

bool insert_entry(store_fixture& at, const inbox_entry& row) {
  return at.must_write([&](session& work) { return work.inbox().insert_if_new(row); });
}

inbox_entry entry_of(store_fixture& at, inbox_entry_id id) {
  const auto row = at.must_read([&](session& work) { return work.inbox().find(id); });
  REQUIRE(row);
  return *row;
}

std::vector<inbox_entry> due_entries(store_fixture& at, timestamp now, std::size_t limit = 10) {
  return at.must_read([&](session& work) { return work.inbox().due(now, limit); });
}

}  // namespace

STORE_TEST_CASE("inbox: the same event is stored once, also after it was processed") {
  const inbox_entry first = make_inbox_entry(at, "evt");
  CHECK(insert_entry(at, first));
  CHECK_FALSE(insert_entry(at, make_inbox_entry(at, "evt")));
  inbox_entry other = make_inbox_entry(at, "evt");
  other.carrier = "other";
  CHECK(insert_entry(at, other));
  const inbox_entry kept = entry_of(at, first.id);
  CHECK(kept.body == first.body);
  CHECK(kept.carrier == first.carrier);
  CHECK(kept.event_key == first.event_key);
  CHECK(kept.state == inbox_state::received);
  CHECK(kept.received_at == first.received_at);
  CHECK(kept.next_try_at == first.next_try_at);
  const auto mark = [&] {
    return at.must_write([&](session& work) {
      return work.inbox().mark_processed(first.id, timestamp{77});
    });
  };
  CHECK(mark());
  CHECK_FALSE(mark());  // only one run may process it
  const inbox_entry processed = entry_of(at, first.id);
  CHECK(processed.state == inbox_state::processed);
  CHECK(processed.body.empty());
  CHECK(processed.updated_at == timestamp{77});
  CHECK_FALSE(insert_entry(at, make_inbox_entry(at, "evt")));
}

STORE_TEST_CASE("inbox: due entries come soonest first, and only while received") {
  inbox_entry soon = make_inbox_entry(at, "soon");
  inbox_entry late = make_inbox_entry(at, "late");
  inbox_entry done = make_inbox_entry(at, "done");
  soon.next_try_at = timestamp{100};
  late.next_try_at = timestamp{200};
  done.next_try_at = timestamp{50};
  for (const inbox_entry& row : {late, soon, done}) CHECK(insert_entry(at, row));
  at.must_write([&](session& work) { return work.inbox().mark_processed(done.id, {}); });
  CHECK(due_entries(at, timestamp{99}).empty());
  CHECK(ids_of(due_entries(at, timestamp{100})) == std::vector{soon.id.bytes});
  CHECK(ids_of(due_entries(at, timestamp{900})) == std::vector{soon.id.bytes, late.id.bytes});
  CHECK(ids_of(due_entries(at, timestamp{900}, 1)) == std::vector{soon.id.bytes});
  soon.attempts = 2;
  soon.last_error = "no";
  soon.next_try_at = timestamp{300};
  at.must_write([&](session& work) { return work.inbox().note_attempt(soon); });
  CHECK(ids_of(due_entries(at, timestamp{900})) == std::vector{late.id.bytes, soon.id.bytes});
  CHECK(entry_of(at, soon.id).attempts == 2);
  CHECK(entry_of(at, soon.id).last_error == "no");
}

STORE_TEST_CASE("inbox: what is set aside is listed without its body, newest first") {
  std::vector<uuid_bytes> ids;
  for (const char* key : {"a", "b", "c"}) {
    inbox_entry row = make_inbox_entry(at, key);
    CHECK(insert_entry(at, row));
    row.state = inbox_state::set_aside;
    row.attempts = 5;
    at.must_write([&](session& work) { return work.inbox().note_attempt(row); });
    ids.insert(ids.begin(), row.id.bytes);
  }
  CHECK(insert_entry(at, make_inbox_entry(at, "waiting")));
  const auto first = at.must_read([](session& work) {
    return work.inbox().page_of(inbox_state::set_aside, {.limit = 2});
  });
  CHECK(ids_of(first.rows) == std::vector{ids[0], ids[1]});
  CHECK(first.has_more);
  CHECK(first.rows[0].body.empty());
  CHECK(first.rows[0].attempts == 5);
  CHECK(entry_of(at, first.rows[0].id).body == "{\"type\":\"x\"}");
  CHECK(due_entries(at, timestamp{9'999'999'999'999}).size() == 1);
  const auto waiting = at.must_read([](session& work) {
    return work.inbox().page_of(inbox_state::received, {});
  });
  CHECK(waiting.rows.size() == 1);
}

STORE_TEST_CASE("inbox: only processed entries are forgotten, the oldest first") {
  std::vector<inbox_entry> rows;
  for (int i = 0; i < 5; ++i) {
    rows.push_back(make_inbox_entry(at, "old " + std::to_string(i)));
    CHECK(insert_entry(at, rows.back()));
  }
  const timestamp border = at.time.now() + std::chrono::milliseconds(1);
  at.time.advance(std::chrono::milliseconds(10));
  const inbox_entry young = make_inbox_entry(at, "young");
  CHECK(insert_entry(at, young));
  for (const inbox_entry& row : {rows[0], rows[1], rows[2], young}) {
    at.must_write([&](session& work) { return work.inbox().mark_processed(row.id, {}); });
  }
  const auto forget = [&](std::size_t limit) {
    return at.must_write([&](session& work) { return work.inbox().forget(border, limit); });
  };
  CHECK(forget(2) == 2);
  CHECK(forget(10) == 1);
  CHECK(forget(10) == 0);
  CHECK(insert_entry(at, make_inbox_entry(at, "old 0")));
  CHECK_FALSE(insert_entry(at, make_inbox_entry(at, "old 3")));
  CHECK_FALSE(insert_entry(at, make_inbox_entry(at, "young")));
}

}  // namespace dialplane::test
