// Fan-out and the recording of tries, with the clock in hand: who gets what, and what follows from
// each answer, up to five days of failure.
#include "conformance/store_fixture.hpp"
#include "conformance/webhook_rows.hpp"
#include "webhooks/fan_out.hpp"
#include "webhooks/record_try.hpp"

namespace dialplane::test {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

struct recorder {
  explicit recorder(store_fixture& fixture) : at(fixture) {}

  result<recorded_try> record(const delivery& row, try_outcome outcome) {
    outcome.started_at = at.time.now();
    return at.write([&](session& work) {
      return record_try(work, {schedule, at.time, at.ids, at.random, replies}, row, outcome);
    });
  }
  delivery row(const delivery& of) {
    return *at.must_read([&](session& work) {
      return work.webhooks().find_delivery(of.organization, of.id);
    });
  }
  webhook_endpoint endpoint(const delivery& of) {
    return *at.must_read([&](session& work) {
      return work.webhooks().find(of.organization, of.endpoint);
    });
  }

  store_fixture& at;
  delivery_schedule schedule;
  agent_reply_taker replies;
};

try_outcome answered(int status) {
  try_outcome outcome;
  outcome.status = status;
  outcome.delivered = status < 300;
  outcome.gone = status == 410;
  if (!outcome.delivered) outcome.error = "answered_" + std::to_string(status);
  return outcome;
}

std::vector<placed_event> all_events(store_fixture& at) {
  return at.must_read([](session& work) { return work.events().after(0, 1000); });
}

std::vector<reached_endpoint> fan_out(store_fixture& at) {
  return at.must_write([&](session& work) -> result<std::vector<reached_endpoint>> {
    TRY_ASSIGN(const std::int64_t place, work.webhooks().fan_out_position());
    TRY_ASSIGN(const fan_out_plan plan, plan_fan_out(work, place));
    return write_fan_out(work, plan, at.ids, at.time.now());
  });
}

std::vector<delivery> deliveries(store_fixture& at, const webhook_endpoint& of) {
  return at.must_read([&](session& work) {
    return work.webhooks().deliveries_of(of.id, std::nullopt, {.limit = 100});
  }).rows;
}

}  // namespace

STORE_TEST_CASE("a delivery is tried by the schedule and ends dead") {
  const tenant of = make_tenant(at);
  const webhook_endpoint to = make_endpoint(at, of);
  put(at, to);
  delivery row = make_delivery_row(at, to, append_news(at, of));
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().insert(row));
    return true;
  });
  recorder with(at);
  const std::vector<milliseconds> waits = with.schedule.waits;
  for (std::size_t i = 1; i < waits.size(); ++i) {
    const auto done = with.record(row, answered(500));
    REQUIRE(done);
    CHECK(done->what == after_try::retried);
    row = with.row(row);
    CHECK(row.tries == static_cast<std::int64_t>(i));
    CHECK(row.next_at == done->next_at);
    const milliseconds waited = row.next_at - at.time.now();
    CHECK(waited >= waits[i] * 9 / 10);
    CHECK(waited <= waits[i] * 11 / 10);
    at.time.advance(waited);
  }
  const auto last = with.record(row, answered(500));
  REQUIRE(last);
  CHECK(last->what == after_try::dead);
  CHECK(with.row(row).status == delivery_status::dead);
  CHECK(with.endpoint(row).active);  // three days: not failing for long enough
  CHECK(with.endpoint(row).failing_since.has_value());
}

STORE_TEST_CASE("five days of nothing but failures switch an endpoint off, with an event") {
  const tenant of = make_tenant(at);
  webhook_endpoint to = make_endpoint(at, of);
  to.user = of.person.id;
  put(at, to);
  recorder with(at);
  const auto fresh = [&] {
    const delivery row = make_delivery_row(at, to, append_news(at, of));
    at.must_write([&](session& work) -> result<bool> {
      TRY(work.webhooks().insert(row));
      return true;
    });
    return row;
  };
  delivery row = fresh();
  REQUIRE(with.record(row, answered(500)));
  at.time.advance(hours(100));
  row = with.row(row);
  REQUIRE(with.record(row, answered(200)));  // a success begins anew
  CHECK(!with.endpoint(row).failing_since);
  row = fresh();
  REQUIRE(with.record(row, answered(500)));
  at.time.advance(hours(119));
  row = with.row(row);
  CHECK(!with.record(row, answered(500))->switched_off);
  at.time.advance(hours(1));
  row = with.row(row);
  const auto off = with.record(row, answered(500));
  CHECK(off->switched_off);
  CHECK(off->what == after_try::dead);
  CHECK(!with.endpoint(row).active);
  CHECK(with.endpoint(row).off_reason == webhook_off_reason::failing);
  const event told = all_events(at).back().what;
  CHECK(told.type == "webhook.disabled");
  CHECK(told.user == of.person.id);
  CHECK(told.data.find(R"("reason":"failing")") != std::string::npos);
  CHECK(told.data.find(to.id.uuid()) != std::string::npos);
}

STORE_TEST_CASE("a reply is taken with the recording, once, or nothing is written") {
  const tenant of = make_tenant(at);
  webhook_endpoint to = make_endpoint(at, of);
  to.agent = at.id<agent_id>();
  put(at, to);
  delivery row = make_delivery_row(at, to, append_news(at, of, "sms.received"));
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().insert(row));
    return true;
  });
  try_outcome outcome = answered(200);
  outcome.reply = agent_reply{of.company.id, *to.agent, {}, "hello"};
  recorder with(at);
  int taken = 0;
  with.replies = [&](session&, const agent_reply& reply) -> result<void> {
    ++taken;
    if (taken == 1) return internal_fault("not now");
    CHECK(reply.body == "hello");
    return {};
  };
  CHECK(!with.record(row, outcome));
  CHECK(with.row(row).status == delivery_status::pending);
  CHECK(with.row(row).tries == 0);
  REQUIRE(with.record(row, outcome));
  CHECK(taken == 2);
  CHECK(with.row(row).status == delivery_status::delivered);
  // The same try again: it has ended.
  CHECK(with.record(row, outcome)->what == after_try::ignored);
  // Replayed by hand: told of again, not answered again.
  row = with.row(row);
  row.status = delivery_status::pending;
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().update(row));
    return true;
  });
  CHECK(with.record(row, outcome)->what == after_try::delivered);
  CHECK(taken == 2);
}

STORE_TEST_CASE("each event becomes one delivery per endpoint that wants it") {
  const tenant one = make_tenant(at);
  const tenant two = make_tenant(at);
  append_news(at, one);
  REQUIRE(fan_out(at).empty());
  webhook_endpoint all = make_endpoint(at, one);
  webhook_endpoint some = make_endpoint(at, one);
  some.event_types = {"phone.released"};
  webhook_endpoint own = make_endpoint(at, one);
  own.user = one.person.id;
  webhook_endpoint off = make_endpoint(at, one);
  off.active = false;
  webhook_endpoint newer = make_endpoint(at, one);
  newer.since_position = 1'000'000;
  webhook_endpoint other = make_endpoint(at, two);
  for (auto* each : {&all, &some, &own, &off, &newer, &other}) put(at, *each);
  append_news(at, one, "phone.released");
  append_news(at, one, "campaign.updated");
  append_news(at, one, "webhook.test");
  CHECK(fan_out(at).size() == 2);
  CHECK(fan_out(at).empty());  // once
  const auto to_all = deliveries(at, all);
  REQUIRE(to_all.size() == 2);
  CHECK(to_all[1].type == "phone.released");
  CHECK(to_all[1].sequence == 1);
  CHECK(to_all[0].sequence == 2);
  CHECK(deliveries(at, some).size() == 1);
  for (auto* none : {&own, &off, &newer, &other}) CHECK(deliveries(at, *none).empty());
}

STORE_TEST_CASE("without an endpoint events are passed over; one made later gets none of them") {
  const tenant of = make_tenant(at);
  const tenant other = make_tenant(at);
  for (int i = 0; i < 500; ++i) append_news(at, of);
  const auto plan = [&](std::int64_t from) {
    return at.must_read([from](session& work) { return plan_fan_out(work, from); });
  };
  const fan_out_plan over = plan(3);
  CHECK(over.nobody);
  CHECK(over.deliveries.empty());
  CHECK_FALSE(over.more);
  CHECK(over.up_to == 500);
  CHECK(plan(500).up_to == 500);
  CHECK(plan(501).up_to == 501);  // never back

  webhook_endpoint late = make_endpoint(at, of);
  late.since_position = 500;  // made where the events stood
  put(at, late);
  const placed_event news = append_news(at, of);
  append_news(at, other);
  // From the place of the snapshot before it was made, or from an older one kept by a killed run.
  for (const std::int64_t place : {500, 450, 320}) {
    const fan_out_plan now = plan(place);
    CHECK_FALSE(now.nobody);
    REQUIRE(now.deliveries.size() == 1);
    CHECK(now.deliveries[0].news.position == news.position);
    CHECK(now.up_to == 502);
  }
  // One that is switched off may be switched on again: it is looked for, event by event.
  late.active = false;
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.webhooks().update(late));
    return true;
  });
  CHECK_FALSE(plan(500).nobody);
  CHECK(plan(500).deliveries.empty());
}

STORE_TEST_CASE("a number's event is looked into only where an agent's endpoint could want it") {
  const tenant of = make_tenant(at);
  const auto for_agents = [&] {
    return at.must_read(
        [&](session& work) { return work.webhooks().any_for_agents(of.company.id); });
  };
  CHECK_FALSE(at.must_read([](session& work) { return work.webhooks().any(); }));
  webhook_endpoint subscriber = make_endpoint(at, of);
  put(at, subscriber);
  CHECK(at.must_read([](session& work) { return work.webhooks().any(); }));
  CHECK_FALSE(for_agents());
  webhook_endpoint off = make_endpoint(at, of);
  off.agent = at.id<agent_id>();
  off.active = false;
  put(at, off);
  CHECK_FALSE(for_agents());
  SUBCASE("a message endpoint") {
    webhook_endpoint own = make_endpoint(at, of);
    own.agent = at.id<agent_id>();
    put(at, own);
    CHECK(for_agents());
  }
  SUBCASE("a webhook that is attached to agents") {
    webhook_endpoint attached = make_endpoint(at, of);
    attached.style = webhook_style::cartesia;
    put(at, attached);
    CHECK(for_agents());
  }
}

STORE_TEST_CASE("a text goes to the agents that may read it") {
  const tenant of = make_tenant(at);
  number line = make_number(at, of);
  line.inbound_agent = at.id<agent_id>();
  const agent_id reader = at.id<agent_id>();
  const agent_id writer = at.id<agent_id>();
  std::vector<webhook_endpoint> endpoints;
  for (const agent_id who : {*line.inbound_agent, reader, writer, at.id<agent_id>()}) {
    webhook_endpoint row = make_endpoint(at, of);
    row.agent = who;
    row.event_types = {"sms.received"};
    put(at, row);
    endpoints.push_back(row);
  }
  at.must_write([&](session& work) -> result<bool> {
    TRY(work.numbers().insert(line));
    TRY(work.numbers().put_assignment({of.company.id, line.id, reader, false, true, {}}));
    TRY(work.numbers().put_assignment({of.company.id, line.id, writer, true, false, {}}));
    return true;
  });
  append_news(at, of, "sms.received", R"({"phone_id":")" + line.id.uuid() + R"("})");
  append_news(at, of, "sms.status", R"({"phone_id":")" + line.id.uuid() + R"("})");
  append_news(at, of, "sms.received", R"({"phone_id":"nonsense"})");
  CHECK(fan_out(at).size() == 2);
  CHECK(deliveries(at, endpoints[0]).size() == 1);
  REQUIRE(deliveries(at, endpoints[1]).size() == 1);
  CHECK(deliveries(at, endpoints[1])[0].agent == reader);
  CHECK(deliveries(at, endpoints[2]).empty());
  CHECK(deliveries(at, endpoints[3]).empty());
}

STORE_TEST_CASE("an endpoint that goes between plan and writing is left out") {
  const tenant of = make_tenant(at);
  const webhook_endpoint stays = make_endpoint(at, of);
  const webhook_endpoint goes = make_endpoint(at, of);
  put(at, stays);
  put(at, goes);
  const placed_event news = append_news(at, of);
  const fan_out_plan plan = at.must_read([](session& work) { return plan_fan_out(work, 0); });
  CHECK(plan.deliveries.size() == 2);
  const auto reached = at.must_write([&](session& work) -> result<std::vector<reached_endpoint>> {
    TRY(work.webhooks().remove(of.company.id, goes.id));
    return write_fan_out(work, plan, at.ids, at.time.now());
  });
  REQUIRE(reached.size() == 1);
  CHECK(reached[0].endpoint == stays.id);
  CHECK(at.must_read([](session& work) { return work.webhooks().fan_out_position(); }) ==
        news.position);
}

}  // namespace dialplane::test
