// What carriers tell on their own, besides texts: orders that ended, people who opted out or in
// there. On a real store.
#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "conformance/buying_fixture.hpp"
#include "conformance/texting_fixture.hpp"
#include "store/audit_queries.hpp"
#include "store/event_queries.hpp"
#include "store/inbox_queries.hpp"
#include "workflow/texts/process_inbox.hpp"

namespace dialplane::test {

namespace {

inbox_entry stored_entry(store_fixture& at, std::string carrier) {
  inbox_entry entry;
  entry.id = at.id<inbox_entry_id>();
  entry.carrier = std::move(carrier);
  entry.event_key = entry.id.uuid();
  entry.received_at = entry.next_try_at = entry.updated_at = at.time.now();
  at.must_write([&](session& work) { return work.inbox().insert_if_new(entry); });
  return entry;
}

carrier_news order_news(std::string mark) {
  carrier_news news;
  news.kind = carrier_news_kind::order_changed;
  news.mark = std::move(mark);
  return news;
}

// The carrier told it; what of `texting` changed shows in its rows.
void tell(store_fixture& at, texting_fixture& texting, bool opts_out, std::string to,
          timestamp when = {}, std::string carrier = "sandbox") {
  carrier_news news;
  news.kind = opts_out ? carrier_news_kind::recipient_opted_out
                       : carrier_news_kind::recipient_opted_in;
  news.from = "+12125550123";
  news.to = std::move(to);
  news.at = when;
  auto env = texting.environment();
  const inbox_entry entry = stored_entry(at, std::move(carrier));
  at.must_write([&](session& work) { return process_entry(work, env, entry, {news}); });
}

std::vector<std::string> events_of(store_fixture& at, const texting_fixture& texting) {
  const auto rows = at.must_read([&](session& work) {
    return work.events().after(0, 100);
  });
  std::vector<std::string> types;
  for (const placed_event& each : rows) {
    const bool is_ours = each.what.organization == texting.company().company.id;
    if (is_ours) types.push_back(each.what.type);
  }
  return types;
}

std::size_t audited(store_fixture& at, const texting_fixture& texting, std::string_view action) {
  at.must_write([](session& work) { return work.audit().seal_some(1'000); });
  const auto rows = at.must_read([&](session& work) {
    return work.audit().newest(texting.company().company.id, 1'000'000, 100);
  });
  return static_cast<std::size_t>(std::ranges::count(rows, action, &audit_entry::action));
}

}  // namespace

STORE_TEST_CASE("an opt-out that the carrier heard blocks here too, once") {
  texting_fixture texting(at);
  tell(at, texting, true, texting.phone.e164);
  CHECK(texting.refusal_of(texting.wanted()) == "recipient_opted_out");
  CHECK(texting.known()->opted_out_at.has_value());
  CHECK(events_of(at, texting) == std::vector<std::string>{"contact.opted_out"});
  CHECK(audited(at, texting, "contact.opted_out") == 1);
  // Told again, and said in a text as well: nothing more happens, and nothing is answered.
  at.time.advance(std::chrono::seconds(1));
  tell(at, texting, true, texting.phone.e164);
  CHECK_FALSE(texting.hears("STOP").confirmation.has_value());
  CHECK(events_of(at, texting).size() == 1);
  CHECK(audited(at, texting, "contact.opted_out") == 1);

  at.time.advance(std::chrono::seconds(1));
  tell(at, texting, false, texting.phone.e164);
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  CHECK_FALSE(texting.known()->opted_out_at.has_value());
  CHECK(events_of(at, texting) ==
        std::vector<std::string>{"contact.opted_out", "contact.opted_in"});
  CHECK(audited(at, texting, "contact.opted_in") == 1);
  const auto consents = at.must_read([&](session& work) {
    return work.contacts().consents_of(texting.phone.organization, texting.phone.user,
                                       "+12125550123", 10);
  });
  REQUIRE(consents.size() == 1);
  CHECK(consents.front().identifier == "carrier");
  tell(at, texting, false, texting.phone.e164);
  CHECK(events_of(at, texting).size() == 2);
}

STORE_TEST_CASE("a carrier's word about a number that is not here, or not its own, is nothing") {
  texting_fixture texting(at);
  tell(at, texting, true, "+14155559999");
  tell(at, texting, true, "");
  tell(at, texting, true, texting.phone.e164, {}, "another");
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  CHECK_FALSE(texting.known().has_value());
  CHECK(events_of(at, texting).empty());
}

STORE_TEST_CASE("an opt-in that the carrier heard before the opt-out lifts nothing") {
  texting_fixture texting(at);
  const timestamp before = at.time.now();
  at.time.advance(std::chrono::seconds(10));
  texting.hears("STOP");
  at.time.advance(std::chrono::seconds(10));
  tell(at, texting, false, texting.phone.e164, before);
  CHECK(texting.refusal_of(texting.wanted()) == "recipient_opted_out");
  // A carrier's clock that is ahead counts no more than ours.
  tell(at, texting, false, texting.phone.e164, at.time.now() + std::chrono::hours(1));
  CHECK(texting.refusal_of(texting.wanted()) == "allowed");
  at.time.advance(std::chrono::seconds(1));
  texting.hears("STOP");
  CHECK(texting.refusal_of(texting.wanted()) == "recipient_opted_out");
}

STORE_TEST_CASE("an order that ended wakes the purchase that waits for it, and only that") {
  buying_fixture buying(at);
  std::atomic<bool> delivered{false};
  const auto seen = [&](const std::string& e164, const std::string& mark) {
    carrier_number there = scripted_carrier::sold({.e164 = e164, .mark = mark});
    if (!delivered) there.standing = order_standing::pending;
    return there;
  };
  buying.north->on_search = selling("+14155550123");
  buying.north->on_buy = [&](const number_purchase& order) {
    return std::optional<result<carrier_number>>(seen(order.e164, order.mark));
  };
  buying.north->on_look_up = [&](const std::string& e164, const std::string& mark)
      -> result<std::optional<carrier_number>> { return std::optional(seen(e164, mark)); };
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.begin(work);
  buying.wait_for_step(work, operation_step::order_pending);
  // After two minutes it is asked for every thirty seconds: the queue has it, and time stands.
  buying.time.set(buying.time.now() + std::chrono::minutes(3));
  buying.wait_until([&] { return buying.waiting_jobs() == 1; });
  const std::size_t asked = buying.north->count("look_up");
  delivered = true;

  const auto take = [&](const std::string& carrier, const std::string& mark) {
    auto env = buying.environment();
    const inbox_entry entry = stored_entry(at, carrier);
    const auto done = at.must_write([&](session& unit) {
      return process_entry(unit, env, entry, {order_news(mark)});
    });
    for (const operation_id id : done.changed_orders) buying.operations->hasten(id);
    return done.changed_orders.size();
  };
  buying.operations->start();
  CHECK(take("north", "") == 0);
  CHECK(take("north", "dp1_forged") == 0);
  CHECK(take("south", work.mark) == 0);  // another carrier's word
  CHECK(take("north", to_text({"zzz999", work.organization, work.id})) == 0);
  CHECK(take("north", to_text({std::string(buyer_installation), at.id<organization_id>(),
                               work.id})) == 0);
  CHECK(take("north", to_text({std::string(buyer_installation), work.organization,
                               at.id<operation_id>()})) == 0);
  buying.operations->hasten(at.id<operation_id>());
  CHECK(buying.north->count("look_up") == asked);
  CHECK(buying.stored(work).state == operation_state::open);

  CHECK(take("north", work.mark) == 1);
  buying.wait_for_step(work, operation_step::settled);
  CHECK(buying.north->count("look_up") == asked + 1);
  CHECK(buying.north->count("buy") == 1);
  CHECK(take("north", work.mark) == 0);  // told again, when it is over
}

STORE_TEST_CASE("an order that ends between two looks of this process is asked for at once") {
  buying_fixture buying(at);
  std::atomic<int> looks{0};
  buying.north->on_search = selling("+14155550123");
  buying.north->on_buy = [](const number_purchase& order) {
    carrier_number there = scripted_carrier::sold(order);
    there.standing = order_standing::pending;
    return std::optional<result<carrier_number>>(there);
  };
  operation work = buying.accept(buying.own, plan_for("415"));
  buying.north->on_look_up = [&](const std::string& e164, const std::string& mark)
      -> result<std::optional<carrier_number>> {
    carrier_number there = scripted_carrier::sold({.e164 = e164, .mark = mark});
    // Delivered after this answer was made, and the news comes before the answer is read.
    if (++looks == 1) {
      there.standing = order_standing::pending;
      buying.time.set(buying.time.now() + std::chrono::minutes(3));  // asked slowly from now on
      buying.operations->hasten(work.id);
      buying.operations->hasten(work.id);
    }
    return std::optional(there);
  };
  buying.operations->start();
  const operation done = buying.end_of(buying.begin(work));
  CHECK(done.state == operation_state::succeeded);
  CHECK(looks == 2);
}

}  // namespace dialplane::test
