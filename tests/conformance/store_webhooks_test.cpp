// Rows of webhooks: endpoints, deliveries, tries.
#include "conformance/store_fixture.hpp"
#include "conformance/webhook_rows.hpp"
#include "store/event_queries.hpp"
#include "store/webhook_queries.hpp"

namespace dialplane::test {

namespace {

using std::chrono::milliseconds;

void insert_delivery(store_fixture& at, const delivery& row) {
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().insert(row));
    return true;
  });
}

void update_delivery(store_fixture& at, const delivery& row) {
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().update(row));
    return true;
  });
}

std::vector<due_delivery> due_deliveries(store_fixture& at, webhook_endpoint_id of, timestamp now,
                                         std::size_t limit = 100) {
  return at.must_read([&](session& work) { return work.webhooks().due(of, now, limit); });
}

std::optional<webhook_endpoint> find_endpoint(store_fixture& at, const tenant& of,
                                              webhook_endpoint_id id) {
  return at.must_read([&](session& work) { return work.webhooks().find(of.company.id, id); });
}

}  // namespace

STORE_TEST_CASE("an endpoint keeps every field, and is its organization's") {
  const tenant one = make_tenant(at);
  const tenant two = make_tenant(at);
  webhook_endpoint row = make_endpoint(at, one);
  row.user = one.person.id;
  row.agent = at.id<agent_id>();
  row.style = webhook_style::cartesia;
  row.event_types = {"a.b", "c.d", "*"};
  row.sealed_old_secret = std::string("old\0secret", 10);
  row.old_secret_until = at.time.now();
  row.display_name = "A name";
  row.version = "2026-03-01";
  row.active = false;
  row.off_reason = webhook_off_reason::failing;
  row.failing_since = at.time.now();
  row.since_position = 77;
  put(at, row);
  const auto found = find_endpoint(at, one, row.id);
  REQUIRE(found);
  CHECK(shown(*found) == shown(row));
  CHECK(!find_endpoint(at, two, row.id));
  row.event_types.clear();
  row.old_secret_until.reset();
  row.agent.reset();
  row.active = true;
  row.url = "https://changed.example/";
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().update(row));
    return true;
  });
  CHECK(shown(*find_endpoint(at, one, row.id)) == shown(row));
}

STORE_TEST_CASE("an agent has one endpoint at most") {
  const tenant of = make_tenant(at);
  webhook_endpoint first = make_endpoint(at, of);
  first.agent = at.id<agent_id>();
  put(at, first);
  webhook_endpoint second = make_endpoint(at, of);
  second.agent = first.agent;
  const auto failed = at.write([&](session& work) -> result<bool> {
    TRY(work.webhooks().insert(second));
    return true;
  });
  REQUIRE(!failed);
  CHECK(failed.error().kind == error_class::conflict);
  const auto found = at.must_read([&](session& work) {
    return work.webhooks().find_of_agent(of.company.id, *first.agent);
  });
  REQUIRE(found);
  CHECK(found->id == first.id);
}

STORE_TEST_CASE("lists of endpoints: all, a user's, one style's, the active ones") {
  const tenant of = make_tenant(at);
  webhook_endpoint plain = make_endpoint(at, of);
  webhook_endpoint own = make_endpoint(at, of);
  own.user = of.person.id;
  webhook_endpoint off = make_endpoint(at, of);
  off.active = false;
  webhook_endpoint line = make_endpoint(at, of);
  line.style = webhook_style::cartesia;
  webhook_endpoint agents = make_endpoint(at, of);
  agents.agent = at.id<agent_id>();
  for (webhook_endpoint* each : {&plain, &own, &off, &line, &agents}) put(at, *each);
  const auto listed = [&](std::optional<user_id> user, std::optional<webhook_style> style) {
    return ids_of(at.must_read([&](session& work) {
      return work.webhooks().page_of(of.company.id, user, style, {});
    }).rows);
  };
  CHECK(listed({}, {}) == std::vector<uuid_bytes>{agents.id.bytes, line.id.bytes, off.id.bytes,
                                                  own.id.bytes, plain.id.bytes});
  CHECK(listed(of.person.id, {}) == std::vector<uuid_bytes>{own.id.bytes});
  CHECK(listed({}, webhook_style::cartesia) == std::vector<uuid_bytes>{line.id.bytes});
  const auto active = at.must_read([&](session& work) {
    return work.webhooks().active_of(of.company.id);
  });
  CHECK(ids_of(active) == std::vector<uuid_bytes>{plain.id.bytes, own.id.bytes});
  CHECK(at.must_read([&](session& work) { return work.webhooks().count_of(of.company.id); }) == 5);
}

STORE_TEST_CASE("sequence numbers are taken in order and end with the endpoint") {
  const tenant of = make_tenant(at);
  const webhook_endpoint row = make_endpoint(at, of);
  put(at, row);
  const auto take = [&](std::int64_t by) {
    return at.write([&](session& work) {
      return work.webhooks().take_sequence(of.company.id, row.id, by);
    });
  };
  CHECK(*take(3) == 1);
  CHECK(*take(1) == 4);
  CHECK(*take(1) == 5);
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().remove(of.company.id, row.id));
    return true;
  });
  CHECK(take(1).error().kind == error_class::conflict);
  CHECK(!find_endpoint(at, of, row.id));
}

STORE_TEST_CASE("what is due comes with its event, the longest due first") {
  const tenant of = make_tenant(at);
  const webhook_endpoint to = make_endpoint(at, of);
  const webhook_endpoint other = make_endpoint(at, of);
  put(at, to);
  put(at, other);
  const placed_event news = append_news(at, of);
  delivery first = make_delivery_row(at, to, news);
  delivery second = make_delivery_row(at, to, news);
  delivery retry = make_delivery_row(at, to, news);
  delivery later = make_delivery_row(at, to, news);
  const timestamp now = at.time.now();
  first.next_at = second.next_at = now;
  retry.next_at = now + milliseconds(-5);
  later.next_at = now + milliseconds(50);
  delivery forgotten = make_delivery_row(at, to, news);
  forgotten.event_position = news.position + 1000;
  forgotten.next_at = now + milliseconds(10);
  for (const delivery* each : {&first, &second, &retry, &later, &forgotten}) {
    insert_delivery(at, *each);
  }
  insert_delivery(at, make_delivery_row(at, other, news));

  const auto found = due_deliveries(at, to.id, now);
  REQUIRE(found.size() == 3);
  CHECK(found[0].row.id == retry.id);
  CHECK(found[1].row.id == first.id);
  CHECK(found[2].row.id == second.id);
  CHECK(shown(found[1].row) == shown(first));
  REQUIRE(found[1].news);
  CHECK(found[1].news->id == news.what.id);
  CHECK(found[1].news->data == news.what.data);
  CHECK(due_deliveries(at, to.id, now, 2).size() == 2);
  const auto next = [&](timestamp after) {
    return at.must_read([&](session& work) { return work.webhooks().next_due(to.id, after); });
  };
  CHECK(next(now) == forgotten.next_at);
  CHECK(next(later.next_at) == std::nullopt);
  CHECK(!due_deliveries(at, to.id, forgotten.next_at)[3].news);

  first.status = delivery_status::delivered;
  first.tries = first.attempts = 2;
  first.last_status = 200;
  first.last_error = "x";
  first.ended_at = now;
  update_delivery(at, first);
  CHECK(due_deliveries(at, to.id, now).size() == 2);
  const auto kept = at.must_read([&](session& work) {
    return work.webhooks().find_delivery(of.company.id, first.id);
  });
  CHECK(shown(*kept) == shown(first));
  const auto waiting = at.must_read([](session& work) { return work.webhooks().waiting(); });
  REQUIRE(waiting.size() == 2);
  CHECK(at.must_read([](session& work) { return work.webhooks().count_pending(); }) == 5);
}

STORE_TEST_CASE("the log of deliveries, by status and by page") {
  const tenant of = make_tenant(at);
  const tenant stranger = make_tenant(at);
  const webhook_endpoint to = make_endpoint(at, of);
  put(at, to);
  const placed_event news = append_news(at, of);
  std::vector<delivery> rows;
  for (int i = 0; i < 9; ++i) {
    delivery row = make_delivery_row(at, to, news);
    row.status = static_cast<delivery_status>(i % 3);
    insert_delivery(at, row);
    rows.push_back(row);
  }
  const auto listed = [&](std::optional<delivery_status> only, page_request cut) {
    return at.must_read([&](session& work) {
      return work.webhooks().deliveries_of(to.id, only, cut);
    });
  };
  CHECK(listed({}, {}).rows.size() == 9);
  for (const auto status :
       {delivery_status::pending, delivery_status::delivered, delivery_status::dead}) {
    const auto page = listed(status, {.limit = 2});
    CHECK(page.rows.size() == 2);
    CHECK(page.has_more);
    CHECK(page.rows[0].status == status);
    CHECK(page.rows[0].id > page.rows[1].id);
    const auto rest = listed(status, {.after = page.rows[1].id.bytes, .limit = 2});
    CHECK(rest.rows.size() == 1);
    CHECK(!rest.has_more);
  }
  CHECK(!at.must_read([&](session& work) {
    return work.webhooks().find_delivery(stranger.company.id, rows[0].id);
  }));
}

STORE_TEST_CASE("what waits is given up in pieces, what is old is forgotten with its tries") {
  const tenant of = make_tenant(at);
  const webhook_endpoint to = make_endpoint(at, of);
  put(at, to);
  const placed_event news = append_news(at, of);
  std::vector<delivery> rows;
  for (int i = 0; i < 5; ++i) {
    rows.push_back(make_delivery_row(at, to, news));
    insert_delivery(at, rows.back());
  }
  const delivery_attempt attempt{.delivery = rows[0].id, .number = 1, .at = at.time.now(),
                                 .took_ms = 5, .status = 500, .error = "e", .answer = "a"};
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().add(attempt));
    return true;
  });
  const auto tries = [&] {
    return at.must_read([&](session& work) { return work.webhooks().attempts_of(rows[0].id); });
  };
  REQUIRE(tries().size() == 1);
  CHECK(tries()[0].status == 500);
  CHECK(tries()[0].took_ms == 5);
  CHECK(tries()[0].answer == "a");
  const auto give_up = [&](std::size_t limit) {
    return at.must_write([&](session& work) {
      return work.webhooks().give_up(to.id, "webhook_off", at.time.now(), limit);
    });
  };
  CHECK(give_up(3) == 3);
  const auto forget = [&](timestamp before, std::size_t limit) {
    return at.must_write([&](session& work) { return work.webhooks().forget(before, limit); });
  };
  const timestamp later = at.time.now() + milliseconds(1);
  CHECK(forget(rows[0].created_at, 100) == 0);
  CHECK(forget(later, 100) == 3);  // the pending ones stay
  CHECK(tries().empty());
  CHECK(give_up(100) == 2);
  CHECK(give_up(100) == 0);
  CHECK(forget(later, 1) == 1);
  CHECK(forget(later, 100) == 1);
}

}  // namespace dialplane::test
