// Carrier accounts against our books: findings, what is done about them, and restarts in between.
#include <algorithm>

#include "conformance/reconcile_fixture.hpp"
#include "store/quote_queries.hpp"

namespace dialplane::test {

namespace {

std::string plus(int i) { return "+14155550" + std::to_string(100 + i); }

std::int64_t count_of(const texts& some, const std::string& which) {
  return std::count(some.begin(), some.end(), which);
}

}  // namespace

STORE_TEST_CASE("reconcile: an account and books that agree") {
  reconcile_fixture with(at);
  for (int i = 0; i < 40; ++i) with.both(plus(i));
  with.there(plus(90), "somebody's");
  with.there(plus(91), "");
  const reconcile_run ended = with.compare();
  CHECK(ended.state == reconcile_state::ended);
  CHECK(ended.listed == 42);
  CHECK(ended.compared == 42);
  CHECK(ended.foreign == 2);
  CHECK(ended.found == 0);
  CHECK(ended.checked_again == 0);
  CHECK(with.open() == texts{});
  CHECK(with.line->pages_asked() == 6);
  CHECK(with.line->looked_up() == texts{});
  CHECK(with.line->orders() == texts{});
  CHECK(with.events() == texts{});
}

STORE_TEST_CASE("reconcile: every kind of difference is told once, and nothing is touched") {
  reconcile_fixture with(at);
  for (int i = 0; i < 20; ++i) with.both(plus(i));
  with.there(plus(30), with.new_mark(with.own.company.id));
  with.here(plus(31));
  with.both(plus(32));
  with.line->numbers().at(plus(32)).routing.text_url = "https://elsewhere";
  with.both(plus(33));
  with.line->numbers().at(plus(33)).mark = with.new_mark(with.own.company.id);
  with.both(plus(34));
  with.line->numbers().at(plus(34)).standing = order_standing::failed;
  with.line->numbers().at(plus(34)).standing_detail = "ported_out";
  const number priced = with.both(plus(35));
  with.line->numbers().at(plus(35)).price = carrier_price{.monthly_micro_usd = 2'000'000};
  at.must_write([&](session& work) {
    number_purchase_record paid;
    paid.number = priced.id;
    paid.organization = priced.organization;
    paid.carrier = "line";
    paid.cost.monthly_micro_usd = 1'000'000;
    return work.quotes().put_purchase(paid);
  });
  const reconcile_run ended = with.compare();
  CHECK(ended.found == 6);
  const texts expected = {"ghost " + plus(31),         "orphan " + plus(30),
                          "ported_away " + plus(34),   "price_drift " + plus(35),
                          "wrong_mark " + plus(33),    "wrong_routing " + plus(32)};
  CHECK(with.open() == expected);
  CHECK(with.line->looked_up().size() == 6);  // each was looked at again
  CHECK(with.line->orders() == texts{});
  CHECK(count_of(with.events(), "reconcile.finding") == 6);
  const auto first = with.finding(finding_kind::ghost, plus(31));
  with.time.set(with.time.now() + std::chrono::hours(1));
  with.compare();
  CHECK(with.open() == expected);
  CHECK(count_of(with.events(), "reconcile.finding") == 6);  // known already
  const auto again = with.finding(finding_kind::ghost, plus(31));
  CHECK(again->first_seen_at == first->first_seen_at);
  CHECK(again->last_seen_at > first->last_seen_at);
  // What has gone by itself is resolved.
  with.there(plus(31), with.live(plus(31))->mark);
  with.compare();
  CHECK(with.finding(finding_kind::ghost, plus(31))->state == finding_state::resolved);
  CHECK(with.finding(finding_kind::ghost, plus(31))->resolution == "gone");
  CHECK(with.open().size() == 5);
}

STORE_TEST_CASE("reconcile: work under way and young numbers are no findings") {
  reconcile_fixture with(at);
  with.line->may().settling_time = std::chrono::hours(1);
  // Bought by an operation that has not ended.
  operation buying = make_operation(at, with.own);
  buying.state = operation_state::open;
  buying.mark = to_text({"abc123", buying.organization, buying.id});
  at.must_write([&](session& work) { return work.operations().insert(buying); });
  with.there(plus(1), buying.mark);
  // Bought a minute ago, on either side.
  with.there(plus(2), with.new_mark(with.own.company.id)).bought_at = with.time.now();
  number young = with.here(plus(3));
  young.updated_at = with.time.now();
  number leaving = with.here(plus(4));
  leaving.status = number_status::releasing;
  at.must_write([&](session& work) -> result<void> {
    TRY(work.numbers().update(young));
    return work.numbers().update(leaving);
  });
  const reconcile_run ended = with.compare({.may_act = true});
  CHECK(ended.found == 0);
  CHECK(ended.checked_again == 3);
  CHECK(ended.unanswered == 2);  // the young ones
  CHECK(with.open() == texts{});
  CHECK(with.line->orders() == texts{});
  // Later they are.
  buying.state = operation_state::failed;
  at.must_write([&](session& work) { return work.operations().update(buying); });
  with.time.set(with.time.now() + std::chrono::hours(2));
  CHECK(with.compare().found == 3);
  CHECK(with.open() == texts{"ghost " + plus(3), "orphan " + plus(1), "orphan " + plus(2)});
}

STORE_TEST_CASE("reconcile: a look that gets no answer says nothing new and closes nothing") {
  reconcile_fixture with(at);
  with.here(plus(1));
  with.compare();
  CHECK(with.open() == texts{"ghost " + plus(1)});
  with.here(plus(2));
  with.line->on_look_up = [](const std::string&) {
    return outcome_unknown(error_code::carrier_outcome_unknown, "No answer.", "");
  };
  const reconcile_run ended = with.compare();
  CHECK(ended.state == reconcile_state::ended);
  CHECK(ended.unanswered == 2);
  CHECK(with.open() == texts{"ghost " + plus(1)});
}

STORE_TEST_CASE("reconcile: what the list missed is found by the second look") {
  reconcile_fixture with(at);
  const number hidden = with.here(plus(1));
  with.line->on_look_up = [&](const std::string& e164) {
    if (e164 == plus(1)) {  // not in the list, and owned
      carrier_number row;
      row.e164 = e164;
      row.mark = hidden.mark;
      row.bought_at = with.long_ago();
      row.routing_set = true;
      with.line->numbers()[e164] = row;
    }
    return std::optional<error>();
  };
  CHECK(with.compare().found == 0);
  CHECK(with.open() == texts{});
}

STORE_TEST_CASE("reconcile: orphans are adopted by the organization of their mark, not charged") {
  reconcile_fixture with(at);
  const std::string mark = with.new_mark(with.own.company.id);
  with.there(plus(1), mark);
  with.there("+18885550101", with.new_mark(with.own.company.id));
  with.there(plus(2), with.new_mark(at.id<organization_id>()));  // nobody here
  with.there(plus(3), mark);                                      // the same purchase, twice
  const reconcile_run ended = with.compare({.may_act = true});
  CHECK(ended.acted == 2);
  const auto adopted = with.live(plus(1));
  REQUIRE(adopted);
  CHECK(adopted->organization == with.own.company.id);
  CHECK(adopted->user == with.own.person.id);
  CHECK(adopted->status == number_status::active);
  CHECK(adopted->type == number_type::local);
  CHECK(adopted->locked);
  CHECK(adopted->label.value_or("").find("review") != std::string::npos);
  CHECK(adopted->mark == mark);
  CHECK(with.live("+18885550101")->type == number_type::toll_free);
  CHECK_FALSE(with.live(plus(2)));
  CHECK_FALSE(with.live(plus(3)));
  CHECK(with.open() == texts{"orphan " + plus(2), "orphan " + plus(3)});
  CHECK(with.finding(finding_kind::orphan, plus(1))->resolution == "adopted");
  const auto balances = at.must_read(
      [&](session& work) { return work.ledger().balances(with.own.company.id); });
  CHECK(balances.spent.value == 0);
  const auto rent = at.must_read([&](session& work) {
    return work.rentals().find(adopted->organization, adopted->id);
  });
  REQUIRE(rent);
  CHECK(rent->state == rental_state::exempt);
  CHECK(with.line->orders() == texts{});
  CHECK(with.violations() == texts{});
  CHECK(with.compare({.may_act = true}).acted == 0);  // once
}

STORE_TEST_CASE("reconcile: releasing is for orphans of ours alone, and only by policy") {
  reconcile_fixture with(at);
  with.stop();
  with.settings.policies.orphan = finding_policy::release;
  with.start();
  const std::string mark = with.new_mark(with.own.company.id);
  with.there(plus(1), mark);
  with.there(plus(2), "somebody's");
  with.there(plus(3), to_text({"zzz999", with.own.company.id, at.id<operation_id>()}));
  with.both(plus(4));
  with.compare();  // without leave to act
  CHECK(with.line->orders() == texts{});
  with.compare({.may_act = true});
  CHECK(with.line->orders() == texts{"release " + plus(1) + " " + mark});
  CHECK(with.open() == texts{});
  CHECK(with.finding(finding_kind::orphan, plus(1))->resolution == "released");
}

STORE_TEST_CASE("reconcile: ghosts end, routing and campaign are put right") {
  reconcile_fixture with(at);
  with.stop();
  with.settings.policies.ghost = finding_policy::repair;
  with.start();
  const number ghost = with.here(plus(1));
  with.both(plus(2));
  with.line->numbers().at(plus(2)).routing.voice_url = "https://elsewhere";
  number attached = with.both(plus(3));
  campaign filed = make_campaign(at, with.own);
  filed.carrier_reference = "C1";
  attached.campaign = filed.id;
  attached.campaign_attached = true;
  at.must_write([&](session& work) -> result<void> {
    TRY(work.campaigns().insert(filed));
    return work.numbers().update(attached);
  });
  with.line->numbers().at(plus(3)).campaign_reference = "C2";
  const reconcile_run ended = with.compare({.may_act = true});
  CHECK(ended.found == 3);
  CHECK(ended.acted == 3);
  auto orders = with.line->orders();
  std::ranges::sort(orders);
  CHECK(orders == texts{"attach " + plus(3) + " C1", "route " + plus(2)});
  CHECK_FALSE(with.live(plus(1)));
  CHECK(count_of(with.events(), "phone.released") == 1);
  CHECK(with.open() == texts{});
  CHECK(with.compare().found == 0);
  const auto slots = at.must_read(
      [&](session& work) { return work.organizations().slots_used(ghost.organization); });
  CHECK(slots == 2);
}

STORE_TEST_CASE("reconcile: a killed comparison goes on where it was") {
  reconcile_fixture with(at);
  for (int i = 0; i < 60; ++i) with.both(plus(i));
  with.here(plus(70));
  with.there(plus(71), with.new_mark(with.own.company.id));
  reconcile_run run = with.order();
  for (std::size_t stop_at = 1; with.find(run.id).is_open(); ++stop_at) {
    with.wait_until([&] {
      const reconcile_run now = with.find(run.id);
      return !now.is_open() || now.listed + now.compared > static_cast<std::int64_t>(stop_at * 5);
    });
    with.stop();
    with.start();
  }
  const reconcile_run ended = with.find(run.id);
  CHECK(ended.state == reconcile_state::ended);
  CHECK(ended.compared == 62);
  CHECK(with.open() == texts{"ghost " + plus(70), "orphan " + plus(71)});
  CHECK(count_of(with.events(), "reconcile.finding") == 2);
}

STORE_TEST_CASE("reconcile: a page not given is asked for again; a closed account fails") {
  reconcile_fixture with(at);
  for (int i = 0; i < 20; ++i) with.both(plus(i));
  std::atomic<bool> refuses{false};
  // Not given at first, then given.
  std::atomic<int> failures{3};
  with.line->on_page = [&](std::size_t) -> std::optional<error> {
    if (refuses) return refused(error_code::carrier_credentials_rejected, "No.");
    if (failures-- <= 0) return std::nullopt;
    return not_done(error_code::carrier_unavailable, "Later.", "");
  };
  CHECK(with.compare().state == reconcile_state::ended);
  CHECK(with.line->pages_asked() == 6);
  refuses = true;
  const reconcile_run failed = with.compare();
  CHECK(failed.state == reconcile_state::failed);
  CHECK(failed.failure.find("credentials") != std::string::npos);
  CHECK(with.open() == texts{});  // twenty numbers are no ghosts because nobody was let in
}

STORE_TEST_CASE("reconcile: by itself after the interval, real accounts only") {
  reconcile_fixture with(at);
  with.stop();
  with.settings.interval = std::chrono::hours(24);
  with.start();
  const auto last = [&] {
    return at.must_read([](session& work) { return work.reconciles().last_runs(); });
  };
  with.wait_until([&] { return last().size() == 1 && !last().front().is_open(); });
  const reconcile_id first = last().front().id;
  CHECK_FALSE(last().front().may_act);
  with.time.set(with.time.now() + std::chrono::hours(23));
  with.compare();  // asked for: the next one by itself counts from here
  const reconcile_id asked = last().front().id;
  CHECK(asked != first);
  with.time.set(with.time.now() + std::chrono::hours(25));
  with.wait_until([&] { return last().front().id != asked && !last().front().is_open(); });
}

STORE_TEST_CASE("reconcile: after a restore purchases wait until every account was compared") {
  reconcile_fixture with(at);
  with.stop();
  auto second = std::make_unique<listing_carrier>("other");
  listing_carrier* other = second.get();
  other->may().is_real = false;
  std::atomic<bool> is_down{true};
  other->on_page = [&](std::size_t) -> std::optional<error> {
    if (!is_down) return std::nullopt;
    return refused(error_code::carrier_credentials_rejected, "No.");
  };
  with.carriers.add(std::move(second));
  const std::string mark = with.new_mark(with.own.company.id);
  with.line->may().settling_time = std::chrono::minutes(10);
  with.there(plus(1), mark).bought_at = with.time.now();
  at.must_write([&](session& work) { return begin_restore_pause(work, with.time.now()); });
  with.start();
  const auto paused = [&] {
    return at.must_read([](session& work) { return restore_pause(work); }).has_value();
  };
  // The orphan goes to its organization once it can be judged; the account that is down keeps
  // the pause.
  const auto looks = [&] { return with.line->looked_up().size(); };
  with.wait_until([&] { return looks() > 0; });
  CHECK_FALSE(with.live(plus(1)));  // too young
  CHECK(paused());
  with.time.set(with.time.now() + std::chrono::minutes(11));
  with.wait_until([&] { return with.live(plus(1)).has_value(); });
  with.wait_until([&] { return other->pages_asked() > 0; });
  CHECK(paused());
  is_down = false;
  with.time.set(with.time.now() + std::chrono::minutes(1));
  with.wait_until([&] { return !paused(); });
  CHECK(with.live(plus(1))->locked);
  CHECK(with.violations() == texts{});
}

}  // namespace dialplane::test
