#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

std::vector<uuid_bytes> take(store_fixture& at, std::int64_t now, std::int64_t leased_until,
                             std::size_t limit = 10) {
  return ids_of(at.must_write([&](session& work) {
    return work.jobs().take_due(timestamp{now}, timestamp{leased_until}, limit);
  }));
}

std::optional<timestamp> next_due(store_fixture& at) {
  return at.must_read([](session& work) { return work.jobs().next_due(); });
}

}  // namespace

STORE_TEST_CASE("due jobs are taken once, soonest first") {
  const tenant mine = make_tenant(at);
  const job late = make_job(at, mine, timestamp{300});
  const job soon = make_job(at, mine, timestamp{100});
  const job middle = make_job(at, mine, timestamp{200});
  at.must_write([&](session& work) -> result<void> {
    for (const job& row : {late, soon, middle}) TRY(work.jobs().insert(row));
    return {};
  });
  CHECK(next_due(at) == timestamp{100});
  CHECK(take(at, 99, 1000).empty());
  CHECK(take(at, 250, 1000, 1) == std::vector{soon.id.bytes});
  CHECK(next_due(at) == timestamp{200});
  CHECK(take(at, 250, 1000) == std::vector{middle.id.bytes});
  CHECK(take(at, 250, 1000).empty());
  CHECK(take(at, 300, 1000) == std::vector{late.id.bytes});
  CHECK_FALSE(next_due(at).has_value());
}

STORE_TEST_CASE("a waiting job is hastened, one at work is not") {
  const tenant mine = make_tenant(at);
  const job row = make_job(at, mine, timestamp{300});
  job other = make_job(at, mine, timestamp{400});
  other.subject = at.id<operation_id>().bytes;
  at.must_write([&](session& work) -> result<void> {
    TRY(work.jobs().insert(row));
    return work.jobs().insert(other);
  });
  const auto hasten = [&](job_kind_name kind, const uuid_bytes& subject, std::int64_t now) {
    return at.must_write(
        [&](session& work) { return work.jobs().hasten(kind, subject, timestamp{now}); });
  };
  CHECK_FALSE(hasten(row.kind, at.id<operation_id>().bytes, 100));
  CHECK_FALSE(hasten(job_kind_name::send_text, row.subject, 100));
  CHECK(hasten(row.kind, row.subject, 100));
  CHECK_FALSE(hasten(row.kind, row.subject, 200));  // it is due already
  CHECK(next_due(at) == timestamp{100});
  CHECK(take(at, 100, 1000) == std::vector{row.id.bytes});
  CHECK_FALSE(hasten(row.kind, row.subject, 100));  // somebody works on it
  CHECK(take(at, 399, 1000).empty());
}

STORE_TEST_CASE("a lease that ran out gives the job to the next") {
  const tenant mine = make_tenant(at);
  job held = make_job(at, mine, timestamp{100});
  held.kind = job_kind_name::expire_approval;
  held.attempts = 4;
  held.leased_until = timestamp{500};
  const job waiting = make_job(at, mine, timestamp{200});
  at.must_write([&](session& work) -> result<void> {
    TRY(work.jobs().insert(held));
    return work.jobs().insert(waiting);
  });
  CHECK(take(at, 150, 1000).empty());
  CHECK(next_due(at) == timestamp{200});
  at.must_write([&](session& work) { return work.jobs().extend_lease(held.id, timestamp{600}); });
  CHECK(take(at, 550, 1000) == std::vector{waiting.id.bytes});
  const auto taken = at.must_write([](session& work) {
    return work.jobs().take_due(timestamp{600}, timestamp{2000}, 10);
  });
  REQUIRE(taken.size() == 1);
  held.leased_until = timestamp{2000};
  CHECK(shown(taken[0]) == shown(held));
  CHECK(take(at, 1000, 3000) == std::vector{waiting.id.bytes});
}

STORE_TEST_CASE("jobs are put back, removed and counted") {
  const tenant mine = make_tenant(at);
  const job first = make_job(at, mine, timestamp{100});
  const job second = make_job(at, mine, timestamp{150});
  at.must_write([&](session& work) -> result<void> {
    TRY(work.jobs().insert(first));
    return work.jobs().insert(second);
  });
  const auto statistics = [&] {
    return at.must_read([](session& work) { return work.jobs().statistics(); });
  };
  CHECK(statistics().waiting == 2);
  CHECK(statistics().oldest_run_at == timestamp{100});
  CHECK(take(at, 100, 900) == std::vector{first.id.bytes});
  CHECK(statistics().waiting == 1);
  CHECK(statistics().oldest_run_at == timestamp{150});
  at.must_write([&](session& work) { return work.jobs().put_back(first.id, timestamp{400}, 2); });
  CHECK(take(at, 399, 900) == std::vector{second.id.bytes});
  const auto again = at.must_write(
      [](session& work) { return work.jobs().take_due(timestamp{400}, timestamp{900}, 10); });
  REQUIRE(again.size() == 1);
  CHECK(again[0].attempts == 2);
  CHECK(again[0].run_at == timestamp{400});

  CHECK(at.must_write([](session& work) { return work.jobs().release_all_leases(); }) == 2);
  CHECK(statistics().waiting == 2);
  at.must_write([&](session& work) { return work.jobs().remove(first.id); });
  at.must_write([&](session& work) { return work.jobs().remove(first.id); });
  CHECK(statistics().waiting == 1);
  const auto gone = at.write(
      [&](session& work) { return work.jobs().put_back(first.id, timestamp{1}, 1); });
  REQUIRE_FALSE(gone.has_value());
  CHECK(gone.error().kind == error_class::conflict);
}

}  // namespace dialplane::test
