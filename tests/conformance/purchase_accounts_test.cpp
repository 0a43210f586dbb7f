// Purchases over several carrier accounts: the runner on a real store, with scripted carriers.
#include "conformance/buying_fixture.hpp"
#include "workflow/registration/moving.hpp"

namespace dialplane::test {

STORE_TEST_CASE("an area code that is empty at one account is bought at the other") {
  buying_fixture buying(at);
  buying.south->on_search = selling("+14155550123", 1'250'000);
  const operation ended = buying.buy(plan_for("415"));
  CHECK(ended.state == operation_state::succeeded);
  CHECK(ended.carrier == "south");
  CHECK(buying.north->count("buy") == 0);
  const number bought = buying.number_of(ended);
  CHECK(bought.carrier == "south");
  CHECK(bought.e164 == "+14155550123");
  CHECK(bought.status == number_status::active);
  CHECK(bought.carrier_reference == "PN-14155550123");
  const auto cost = buying.cost_of(ended);
  REQUIRE(cost);
  CHECK(cost->carrier == "south");
  CHECK(cost->reference == "PN-14155550123");
  CHECK(cost->cost == carrier_cost{1'250'000, 0, false});  // as its offer said
  // Whose number it is: the same text for all of the user's, nothing else of ours in it.
  REQUIRE(buying.south->orders().size() == 1);
  const number_purchase order = buying.south->orders().front();
  CHECK(order.owner == owner_text(buyer_installation, buying.own.person.id));
  CHECK(order.owner.size() <= 64);
  CHECK(order.mark == ended.mark);
  CHECK(order.routing.text_url == "https://numbers.example/carriers/south/texts");
}

STORE_TEST_CASE("an account without funds is passed over, and the number moves along") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  buying.north->on_buy = answering(no_funds());
  buying.south->on_search = selling("+14155550124");
  const operation ended = buying.buy(plan_for("415"));
  CHECK(ended.state == operation_state::succeeded);
  CHECK(buying.number_of(ended).carrier == "south");
  CHECK(buying.number_of(ended).e164 == "+14155550124");
  CHECK(buying.north->count("buy") == 1);
  CHECK(buying.south->count("buy") == 1);
}

STORE_TEST_CASE("an account that is down is tried again, then passed over") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  buying.north->on_buy =
      answering(not_done(error_code::carrier_unavailable, "Down.", "scripted"));
  buying.south->on_search = selling("+14155550124");
  const operation ended = buying.buy(plan_for("415"));
  CHECK(ended.state == operation_state::succeeded);
  CHECK(ended.carrier == "south");
  CHECK(buying.north->count("buy") == 2);
}

STORE_TEST_CASE("when every account refuses, the purchase ends with the first one's reason") {
  buying_fixture buying(at);
  for (scripted_carrier* each : {buying.north, buying.south}) {
    each->on_search = selling("+14155550123");
    each->on_buy = answering(no_funds());
  }
  const operation ended = buying.buy(plan_for("415"));
  CHECK(buying.failure_of(ended) == "carrier_out_of_funds");
  CHECK_FALSE(ended.slot_held);
  CHECK(buying.north->count("buy") == 1);
  CHECK(buying.south->count("buy") == 1);
}

STORE_TEST_CASE("what a carrier refuses about the purchase itself is not tried elsewhere") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  buying.north->on_buy = answering(refused(error_code::carrier_refused, "No."));
  buying.south->on_search = selling("+14155550124");
  CHECK(buying.failure_of(buying.buy(plan_for("415"))) == "carrier_refused");
  CHECK(buying.south->count("buy") == 0);
}

STORE_TEST_CASE("after a lost answer nobody else is asked before the attempt is terminal") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  buying.north->on_buy = answering(lost());
  buying.south->on_search = selling("+14155550124");
  const operation work = buying.accept(buying.own, plan_for("415"));
  const auto ended = buying.begin(work);
  buying.wait_for_step(work, operation_step::outcome_unknown);
  buying.wait_until([&] { return buying.north->count("look_up") >= 3; });
  CHECK(buying.south->count("search") == 0);
  CHECK(buying.south->count("buy") == 0);
  CHECK(buying.stored(work).carrier == "north");
  // The settling time is over: the number is surely absent, and the other account may sell.
  buying.time.set(buying.time.now() + std::chrono::milliseconds(61'000));
  const operation done = buying.end_of(ended);
  CHECK(done.state == operation_state::succeeded);
  CHECK(done.carrier == "south");
  CHECK(buying.north->count("buy") == 1);
}

STORE_TEST_CASE("a lost answer whose number shows up is adopted, and nothing else is bought") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  buying.north->on_buy = answering(lost());
  buying.south->on_search = selling("+14155550124");
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.north->on_look_up = [looks = 0, mark = work.mark](const std::string& e164,
                                                           const std::string&) mutable
      -> result<std::optional<carrier_number>> {
    if (++looks < 3) return std::optional<carrier_number>();
    return std::optional(scripted_carrier::sold({.e164 = e164, .mark = mark}));
  };
  const operation done = buying.end_of(buying.begin(work));
  CHECK(done.state == operation_state::succeeded);
  CHECK(done.carrier == "north");
  CHECK(buying.south->calls().empty());
}

STORE_TEST_CASE("an order that is pending is asked for until the number is ours") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  const auto pending_one = [](const std::string& e164, const std::string& mark) {
    carrier_number seen = scripted_carrier::sold({.e164 = e164, .mark = mark});
    seen.standing = order_standing::pending;
    return seen;
  };
  buying.north->on_buy = [&](const number_purchase& order) {
    return std::optional<result<carrier_number>>(pending_one(order.e164, order.mark));
  };
  std::atomic<bool> delivered{false};
  buying.north->on_look_up = [&](const std::string& e164, const std::string& mark)
      -> result<std::optional<carrier_number>> {
    carrier_number seen = pending_one(e164, mark);
    if (delivered) seen.standing = order_standing::owned;
    return std::optional(seen);
  };
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.begin(work);
  buying.wait_for_step(work, operation_step::order_pending);
  buying.wait_until([&] { return buying.north->count("look_up") >= 2; });
  CHECK(buying.stored(work).state == operation_state::open);
  CHECK(buying.number_of(work).status == number_status::pending);

  // The process ends; the next one goes on from the order, and buys nothing.
  buying.stop();
  delivered = true;
  buying.start();
  buying.operations->start();
  buying.wait_for_step(work, operation_step::settled);
  CHECK(buying.north->count("buy") == 1);
  CHECK(buying.number_of(work).status == number_status::active);
  CHECK(buying.number_of(work).carrier_reference == "PN-14155550123");
}

STORE_TEST_CASE("an order that fails at the carrier is terminal: another number is chosen") {
  buying_fixture buying(at);
  buying.north->on_search = [searches = 0](const number_search&) mutable
      -> result<scripted_carrier::offers> {
    return scripted_carrier::offers{
        offer_for(++searches == 1 ? "+14155550123" : "+14155550124")};
  };
  buying.north->on_buy = [](const number_purchase& order) {
    carrier_number seen = scripted_carrier::sold(order);
    if (order.e164 == "+14155550123") seen.standing = order_standing::pending;
    return std::optional<result<carrier_number>>(seen);
  };
  buying.north->on_look_up = [](const std::string& e164, const std::string& mark)
      -> result<std::optional<carrier_number>> {
    carrier_number seen = scripted_carrier::sold({.e164 = e164, .mark = mark});
    seen.standing = order_standing::failed;
    return std::optional(seen);
  };
  const operation done = buying.buy(plan_for("415"));
  CHECK(done.state == operation_state::succeeded);
  CHECK(done.e164 == "+14155550124");
  CHECK(buying.north->count("buy") == 2);
}

STORE_TEST_CASE("an exact number is bought or nothing is") {
  buying_fixture buying(at);
  provision_plan plan;
  plan.exact = "+14155550123";
  buying.north->on_search = selling("+14155550199");  // ignores the filter
  buying.south->on_search = selling("+14155550123");
  buying.south->on_buy =
      answering(conflicting(error_code::number_unavailable, "This number is gone."));
  CHECK(buying.failure_of(buying.buy(plan)) == "number_unavailable");
  CHECK(buying.north->count("buy") == 0);
  CHECK(buying.south->count("buy") == 1);

  buying.south->on_search = selling("+14155550177");
  CHECK(buying.failure_of(buying.buy(plan)) == "number_unavailable");
  CHECK(buying.south->count("buy") == 1);
}

STORE_TEST_CASE("under a quote the carrier's price may not have risen") {
  buying_fixture buying(at);
  provision_plan plan;
  plan.exact = "+14155550123";
  plan.quote = at.id<quote_id>();
  plan.only_at = "north";
  plan.quoted = {1'000'000, 0, false};
  buying.north->on_search = selling("+14155550123", 1'000'001);
  buying.south->on_search = selling("+14155550123", 1);
  CHECK(buying.failure_of(buying.buy(plan)) == "price_changed");
  CHECK(buying.north->count("buy") == 0);
  CHECK(buying.south->calls().empty());
  buying.north->on_search = selling("+14155550123", 999'999);
  CHECK(buying.buy(plan).state == operation_state::succeeded);
}

STORE_TEST_CASE("a reserved number is bought with its reservation, though no search shows it") {
  buying_fixture buying(at);
  provision_plan plan;
  plan.exact = "+14155550123";
  plan.quote = at.id<quote_id>();
  plan.only_at = "north";
  plan.reservation = "res-1";
  CHECK(buying.buy(plan).state == operation_state::succeeded);
  REQUIRE(buying.north->orders().size() == 1);
  CHECK(buying.north->orders().front().reservation == "res-1");
}

STORE_TEST_CASE("two hundred purchases of one company delay another's single one by a few") {
  buying_fixture buying(at);
  buying.rules.purchases.in_flight_max = 2;
  buying.stop();
  buying.start();
  std::atomic<int> line{0};
  buying.north->on_search = [&](const number_search&) -> result<scripted_carrier::offers> {
    const std::string four = std::to_string(10'000 + ++line).substr(1);
    return scripted_carrier::offers{offer_for("+1415555" + four)};
  };
  buying.north->on_buy = [](const number_purchase&) {
    return std::optional<result<carrier_number>>();  // answered below
  };
  std::vector<buying_fixture::ending> crowd;
  for (int i = 0; i < 200; ++i) {
    crowd.push_back(buying.begin(buying.accept(buying.own, plan_for("415"))));
  }
  const tenant other = make_tenant(at);
  const operation single = buying.accept(other, plan_for("415"));
  buying.wait_until([&] { return buying.north->held() == 2; });
  const auto its_end = buying.begin(single);
  int before = 0;
  bool served = false;
  for (int sold = 0; sold < 201; ++sold) {
    buying.wait_until([&] { return buying.north->held() > 0; });
    CHECK(buying.north->held() <= 2);
    if (buying.north->answer_held() == single.mark) served = true;
    if (!served) ++before;
  }
  CHECK(served);
  CHECK(before <= 4);
  CHECK(buying.end_of(its_end).state == operation_state::succeeded);
  for (const auto& each : crowd) {
    CHECK(buying.end_of(each).state == operation_state::succeeded);
  }
}

STORE_TEST_CASE("an unfiled registration moves with the purchase, a filed one binds it") {
  const tenant own = make_tenant(at);
  operation work = make_operation(at, own);
  campaign under = make_campaign(at, own);
  number pending = make_number(at, own);
  pending.campaign = under.id;
  work.number = pending.id;
  work.carrier = "south";
  at.must_write([&](session& unit) -> result<void> {
    TRY(unit.campaigns().insert(under));
    TRY(unit.numbers().insert(pending));
    return unit.operations().insert(work);
  });
  const auto bound = [&] {
    return at.must_read([&](session& unit) { return bound_account(unit, work); });
  };
  CHECK_FALSE(bound());
  at.must_write([&](session& unit) { return move_to_account(unit, work, at.time.now()); });
  const auto now = at.must_read([&](session& unit) {
    return unit.campaigns().find(own.company.id, under.id);
  });
  CHECK(now->carrier == "south");
  CHECK(at.must_read([&](session& unit) {
            return unit.numbers().find(own.company.id, pending.id);
          })->carrier == "south");

  campaign filed = *now;
  filed.carrier_reference = "C1";
  filed.submissions = 1;
  at.must_write([&](session& unit) { return unit.campaigns().update(filed); });
  CHECK(bound() == "south");
  work.carrier = "north";
  const auto moved =
      at.write([&](session& unit) { return move_to_account(unit, work, at.time.now()); });
  REQUIRE_FALSE(moved.has_value());
  CHECK(moved.error().kind == error_class::conflict);
}

}  // namespace dialplane::test
