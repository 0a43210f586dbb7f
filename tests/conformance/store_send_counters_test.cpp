#include "conformance/store_fixture.hpp"
#include "store/send_counter_queries.hpp"

namespace dialplane::test {

namespace {

constexpr micro_credits price{40'000};

std::vector<counter_key> keys() {
  return {{cap_scope::organization, "o"}, {cap_scope::prefix, "212"}, {cap_scope::agent, "212"}};
}

}  // namespace

STORE_TEST_CASE("send counters add up as the domain adds, window by window") {
  const tenant mine = make_tenant(at);
  const organization_id owner = mine.company.id;
  send_counter expected;
  // Steps over a minute, an hour and a day, and once back over midnight.
  const std::int64_t steps_ms[] = {0,          1'000,       60'000, 3'600'000, 86'400'000,
                                   -90'000'000, 90'000'000, 59'000, 2'000};
  for (const std::int64_t step : steps_ms) {
    at.time.advance(std::chrono::milliseconds(step));
    const send_counter more = counted_text(at.time.now(), price, step % 7 == 0);
    expected = added(expected, more);
    at.must_write([&](session& work) { return work.send_counters().add(owner, keys(), more); });
    const auto found =
        at.must_read([&](session& work) { return work.send_counters().find(owner, keys()); });
    REQUIRE(found.size() == 3);
    for (const send_counter& each : found) CHECK(each == expected);
  }
}

STORE_TEST_CASE("send counters belong to their organization and scope, and are zero at first") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  const std::vector<counter_key> one = {{cap_scope::agent, "x"}};
  at.must_write([&](session& work) {
    return work.send_counters().add(mine.company.id, one, counted_text(at.time.now(), price, true));
  });
  const auto of = [&](organization_id owner, const std::vector<counter_key>& which) {
    return at.must_read([&](session& work) {
      return work.send_counters().find(owner, which);
    }).front();
  };
  CHECK(of(mine.company.id, one).day_texts == 1);
  CHECK(of(other.company.id, one) == send_counter{});
  CHECK(of(mine.company.id, {{cap_scope::key, "x"}}) == send_counter{});
  CHECK(of(mine.company.id, {{cap_scope::agent, "y"}}) == send_counter{});
}

STORE_TEST_CASE("send counters: parallel units count every text") {
  const tenant mine = make_tenant(at);
  constexpr int texts = 500;
  std::vector<std::shared_ptr<expected_value<result<void>>>> ends;
  for (int i = 0; i < texts; ++i) {
    ends.push_back(std::make_shared<expected_value<result<void>>>());
    at.db().write<void>(
        [&](session& work) {
          return work.send_counters().add(mine.company.id, keys(),
                                          counted_text(at.time.now(), price, false));
        },
        [end = ends.back()](result<void> done) { end->set(std::move(done)); });
  }
  for (const auto& each : ends) REQUIRE(each->wait().has_value());
  const auto found = at.must_read(
      [&](session& work) { return work.send_counters().find(mine.company.id, keys()); });
  CHECK(found.front().day_texts == texts);
  CHECK(found.front().day_spent.value == texts * price.value);
}

STORE_TEST_CASE("send counters that nobody uses any more are forgotten, a bounded number at once") {
  const tenant mine = make_tenant(at);
  const send_counter today = counted_text(at.time.now(), price, false);
  at.must_write([&](session& work) {
    return work.send_counters().add(mine.company.id, keys(), today);
  });
  const auto forget = [&](std::int64_t before, std::size_t limit) {
    return at.must_write(
        [&](session& work) { return work.send_counters().forget(before, limit); });
  };
  CHECK(forget(today.day, 10) == 0);
  CHECK(forget(today.day + 1, 2) == 2);
  CHECK(forget(today.day + 1, 2) == 1);
  const auto found = at.must_read(
      [&](session& work) { return work.send_counters().find(mine.company.id, keys()); });
  CHECK(found.front() == send_counter{});
}

STORE_TEST_CASE("paces are kept per subject") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  const uuid_bytes subject = at.id<campaign_id>().bytes;
  const pace_state state{.full_at_us = 5, .promised_us = 6, .day = 7, .day_parts = 8};
  at.must_write([&](session& work) {
    return work.send_counters().put_pace(mine.company.id, subject, state);
  });
  const auto of = [&](organization_id owner, const uuid_bytes& which) {
    return at.must_read([&](session& work) { return work.send_counters().pace_of(owner, which); });
  };
  CHECK(of(mine.company.id, subject) == state);
  CHECK(of(other.company.id, subject) == pace_state{});
  CHECK(of(mine.company.id, at.id<campaign_id>().bytes) == pace_state{});
  at.must_write([&](session& work) {
    return work.send_counters().put_pace(mine.company.id, subject, {});
  });
  CHECK(of(mine.company.id, subject) == pace_state{});
}

}  // namespace dialplane::test
