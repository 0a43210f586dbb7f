// The outbox as those read it who tell of events.
#include "conformance/store_fixture.hpp"
#include "store/event_queries.hpp"

namespace dialplane::test {

namespace {

event make_event(store_fixture& at, const tenant& of, std::string type) {
  event row;
  row.id = at.id<event_id>();
  row.organization = of.company.id;
  row.user = of.person.id;
  row.type = std::move(type);
  row.data = R"({"phone_id":"1"})";
  row.created_at = at.time.now();
  return row;
}

std::int64_t append_event(store_fixture& at, const event& row) {
  return at.must_write([&](session& work) -> result<std::int64_t> {
    TRY(work.operations().append_event(row));
    return work.events().last_position();
  });
}

std::vector<placed_event> after(store_fixture& at, std::int64_t position, std::size_t limit) {
  return at.must_read([&](session& work) { return work.events().after(position, limit); });
}

std::int64_t forget_events(store_fixture& at, timestamp before, std::int64_t up_to,
                           std::size_t limit) {
  return at.must_write(
      [&](session& work) { return work.events().forget(before, up_to, limit); });
}

}  // namespace

STORE_TEST_CASE("events are read in the order of commit, from any place on") {
  const tenant one = make_tenant(at);
  const tenant two = make_tenant(at);
  CHECK(at.must_read([](session& work) { return work.events().last_position(); }) == 0);
  CHECK(after(at, 0, 10).empty());
  const event first = make_event(at, one, "phone.provisioned");
  const event second = make_event(at, two, "approval.requested");
  event third = make_event(at, one, "approval.resolved");
  third.user.reset();
  const std::int64_t place = append_event(at, first);
  CHECK(append_event(at, second) > place);
  const std::int64_t last = append_event(at, third);

  const auto all = after(at, 0, 10);
  REQUIRE(all.size() == 3);
  CHECK(all[0].position == place);
  CHECK(all[0].what.id == first.id);
  CHECK(all[0].what.organization == one.company.id);
  CHECK(all[0].what.user == one.person.id);
  CHECK(all[0].what.type == "phone.provisioned");
  CHECK(all[0].what.data == first.data);
  CHECK(all[0].what.created_at == first.created_at);
  CHECK(all[1].what.id == second.id);
  CHECK(!all[2].what.user);
  CHECK(after(at, 0, 2).size() == 2);
  CHECK(after(at, place, 10).size() == 2);
  CHECK(after(at, last, 10).empty());
}

STORE_TEST_CASE("an event's place is told to its own organization only") {
  const tenant one = make_tenant(at);
  const tenant two = make_tenant(at);
  const event row = make_event(at, one, "phone.released");
  const std::int64_t place = append_event(at, row);
  const auto place_for = [&](const tenant& who) {
    return at.must_read([&](session& work) {
      return work.events().position_of(who.company.id, row.id);
    });
  };
  CHECK(place_for(one) == place);
  CHECK(!place_for(two));
}

STORE_TEST_CASE("old events are forgotten from the oldest on, never the newest") {
  const tenant of = make_tenant(at);
  std::vector<std::int64_t> places;
  for (int i = 0; i < 6; ++i) {
    places.push_back(append_event(at, make_event(at, of, "phone.released")));
  }
  const timestamp later = at.time.now() + std::chrono::milliseconds(1);

  CHECK(forget_events(at, timestamp{0}, places.back(), 100) == 0);  // none is that old
  CHECK(forget_events(at, later, places[1], 100) == 2);             // no further than allowed
  CHECK(forget_events(at, later, places.back(), 1) == 1);
  CHECK(after(at, 0, 100).front().position == places[3]);
  CHECK(forget_events(at, later, places.back(), 100) == 2);
  CHECK(forget_events(at, later, places.back(), 100) == 0);
  REQUIRE(after(at, 0, 100).size() == 1);
  CHECK(after(at, 0, 100).front().position == places.back());
  // Places go on rising.
  CHECK(append_event(at, make_event(at, of, "phone.released")) == places.back() + 1);
}

STORE_TEST_CASE("only what is old enough is forgotten") {
  const tenant of = make_tenant(at);
  const std::int64_t old_place = append_event(at, make_event(at, of, "phone.released"));
  at.time.advance(std::chrono::milliseconds(1000));
  const timestamp between = at.time.now();
  append_event(at, make_event(at, of, "phone.released"));
  const std::int64_t newest = append_event(at, make_event(at, of, "phone.released"));
  CHECK(forget_events(at, between, newest, 100) == 1);
  CHECK(after(at, 0, 100).front().position == old_place + 1);
}

}  // namespace dialplane::test
