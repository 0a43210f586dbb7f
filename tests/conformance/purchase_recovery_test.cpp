// Purchases that a lost answer or a restore from backup leaves behind: what was bought is found
// before anything else is bought.
#include <atomic>

#include "conformance/buying_fixture.hpp"
#include "workflow/reconcile/restore_pause.hpp"

namespace dialplane::test {

namespace {

const error gone = conflicting(error_code::number_unavailable, "This number is gone.");

// The first purchase is lost, every later one is answered with `later`.
auto lost_then(error later) {
  return [later, buys = 0](const number_purchase&) mutable {
    return std::optional<result<carrier_number>>(
        result<carrier_number>(++buys == 1 ? lost() : later));
  };
}

auto selling_in_turn(std::vector<std::string> numbers) {
  return [numbers, at = std::size_t{0}](const number_search&) mutable
         -> result<scripted_carrier::offers> {
    const std::string& next = numbers[std::min(at, numbers.size() - 1)];
    ++at;
    return scripted_carrier::offers{offer_for(next)};
  };
}

// As after a start from a copy: everything accepted before `at` is from an older world.
void restore(store_fixture& at, timestamp when) {
  at.must_write([&](session& unit) { return begin_restore_pause(unit, when); });
}

const std::chrono::milliseconds past_settling{61'000};

}  // namespace

STORE_TEST_CASE("gone after a lost answer: it is we who bought it, late") {
  buying_fixture buying(at);
  buying.carriers.remove("south");
  buying.rules.purchase_retry_for = std::chrono::minutes(10);
  buying.north->on_search = selling_in_turn({"+14155550123", "+14155550124"});
  buying.north->on_buy = lost_then(gone);
  const operation work = buying.accept(buying.own, plan_for("415"));
  // Seen by nobody until the second attempt has been answered.
  buying.north->on_look_up = [&](const std::string& e164, const std::string& mark)
      -> result<std::optional<carrier_number>> {
    if (buying.north->orders_now() < 2) return std::optional<carrier_number>();
    return std::optional(scripted_carrier::sold({.e164 = e164, .mark = mark}));
  };
  const auto ended = buying.begin(work);
  buying.wait_for_step(work, operation_step::outcome_unknown);
  buying.wait_until([&] { return buying.north->count("look_up") >= 1; });
  buying.time.set(buying.time.now() + past_settling);
  const operation done = buying.end_of(ended);
  CHECK(done.state == operation_state::succeeded);
  CHECK(done.e164 == "+14155550123");
  CHECK(buying.north->count("buy +14155550123") == 2);
  CHECK(buying.north->count("buy") == 2);  // and no other number
}

STORE_TEST_CASE("absent when asked, bought before the answer came: found, not bought again") {
  buying_fixture buying(at);
  buying.carriers.remove("south");
  buying.rules.purchase_retry_for = std::chrono::minutes(10);
  buying.north->on_search = selling("+14155550123");
  buying.north->on_buy = lost_then(gone);
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.north->on_look_up = [&, asked = 0](const std::string& e164,
                                               const std::string& mark) mutable
      -> result<std::optional<carrier_number>> {
    if (++asked > 1) return std::optional(scripted_carrier::sold({.e164 = e164, .mark = mark}));
    buying.time.set(buying.time.now() + past_settling);  // the answer's way took that long
    return std::optional<carrier_number>();
  };
  CHECK(buying.end_of(buying.begin(work)).state == operation_state::succeeded);
  CHECK(buying.stored(work).e164 == "+14155550123");
  CHECK(buying.north->count("look_up") == 2);
  CHECK(buying.north->count("buy") == 1);
}

STORE_TEST_CASE("refused after a lost answer: looked for before the purchase fails") {
  buying_fixture buying(at);
  buying.carriers.remove("south");
  buying.rules.purchase_retry_for = std::chrono::minutes(10);
  buying.north->on_search = selling("+14155550123");
  buying.north->on_buy = lost_then(refused(error_code::carrier_refused, "No."));
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.north->on_look_up = [&](const std::string& e164, const std::string& mark)
      -> result<std::optional<carrier_number>> {
    if (buying.north->orders_now() < 2) return std::optional<carrier_number>();
    return std::optional(scripted_carrier::sold({.e164 = e164, .mark = mark}));
  };
  const auto ended = buying.begin(work);
  buying.wait_for_step(work, operation_step::outcome_unknown);
  buying.wait_until([&] { return buying.north->count("look_up") >= 1; });
  buying.time.set(buying.time.now() + past_settling);
  CHECK(buying.end_of(ended).state == operation_state::succeeded);
  CHECK(buying.north->count("buy") == 2);
}

STORE_TEST_CASE("gone after a lost answer, and surely not ours: another number, over a restart") {
  buying_fixture buying(at);
  buying.carriers.remove("south");
  buying.rules.purchase_retry_for = std::chrono::minutes(10);
  buying.north->on_search = selling_in_turn({"+14155550123", "+14155550124"});
  buying.north->on_buy = [buys = 0](const number_purchase& order) mutable {
    ++buys;
    if (buys == 1) return std::optional<result<carrier_number>>(result<carrier_number>(lost()));
    if (buys == 2) return std::optional<result<carrier_number>>(result<carrier_number>(gone));
    return std::optional<result<carrier_number>>(scripted_carrier::sold(order));
  };
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.begin(work);
  buying.wait_for_step(work, operation_step::outcome_unknown);
  buying.wait_until([&] { return buying.north->count("look_up") >= 1; });
  buying.time.set(buying.time.now() + past_settling);
  buying.wait_until([&] {
    return buying.north->count("buy") == 2 &&
           buying.stored(work).step == operation_step::outcome_unknown;
  });
  CHECK(buying.north->count("search") == 1);  // nobody chooses before it is surely absent

  buying.stop();
  buying.time.set(buying.time.now() + past_settling);  // or the next look would wait for it
  buying.start();
  buying.operations->start();
  buying.wait_for_step(work, operation_step::settled);
  CHECK(buying.stored(work).e164 == "+14155550124");
  CHECK(buying.north->count("buy +14155550123") == 2);
  CHECK(buying.north->count("buy +14155550124") == 1);
}

STORE_TEST_CASE("an accepted purchase of a restored copy finds what it bought, wherever") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  buying.south->on_look_up = [](const std::string& e164, const std::string& mark)
      -> result<std::optional<carrier_number>> {
    CHECK(e164.empty());
    return std::optional(scripted_carrier::sold({.e164 = "+14155550999", .mark = mark}));
  };
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.time.set(buying.time.now() + std::chrono::minutes(1));
  restore(at, buying.time.now());
  buying.operations->start();
  buying.wait_for_step(work, operation_step::settled);
  const operation done = buying.stored(work);
  CHECK(done.e164 == "+14155550999");
  CHECK(done.carrier == "south");
  CHECK(buying.number_of(work).carrier == "south");
  CHECK(buying.north->count("buy") + buying.south->count("buy") == 0);
}

STORE_TEST_CASE("absent when asked after a restore, seen before the answer came: taken over") {
  buying_fixture buying(at);
  buying.carriers.remove("south");
  buying.north->on_search = selling("+14155550123");
  buying.north->on_look_up = [&, asked = 0](const std::string&, const std::string& mark) mutable
      -> result<std::optional<carrier_number>> {
    if (++asked > 1) {
      return std::optional(scripted_carrier::sold({.e164 = "+14155550999", .mark = mark}));
    }
    buying.time.set(buying.time.now() + past_settling);
    return std::optional<carrier_number>();
  };
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.time.set(buying.time.now() + std::chrono::milliseconds(1));
  restore(at, buying.time.now());
  buying.operations->start();
  buying.wait_until([&] {
    buying.time.set(buying.time.now() + std::chrono::milliseconds(1));
    return buying.stored(work).step == operation_step::settled;
  });
  CHECK(buying.stored(work).e164 == "+14155550999");
  CHECK(buying.north->count("buy") == 0);
}

STORE_TEST_CASE("a restored purchase that bought nothing buys when that is sure, and once") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.time.set(buying.time.now() + std::chrono::minutes(1));
  restore(at, buying.time.now());
  buying.operations->start();
  buying.wait_until([&] { return buying.south->count("look_up") >= 2; });
  CHECK(buying.north->count("search") == 0);  // too early to be sure
  CHECK(buying.stored(work).state == operation_state::open);
  buying.time.set(buying.time.now() + past_settling);
  // Time goes on: a job that is put off is due by the clock of the rows.
  buying.wait_until([&] {
    buying.time.set(buying.time.now() + std::chrono::milliseconds(1));
    return buying.stored(work).step == operation_step::settled;
  });
  CHECK(buying.north->count("look_up ") >= 1);
  CHECK(buying.north->count("buy") == 1);
  CHECK(buying.south->count("buy") == 0);
}

STORE_TEST_CASE("an account that gives no answer keeps a restored purchase waiting") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  std::atomic<bool> answers{false};
  buying.south->on_look_up = [&](const std::string&, const std::string&)
      -> result<std::optional<carrier_number>> {
    if (answers) return std::optional<carrier_number>();
    return not_done(error_code::carrier_unavailable, "Down.", "scripted");
  };
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.time.set(buying.time.now() + std::chrono::minutes(1));
  restore(at, buying.time.now());
  buying.time.set(buying.time.now() + past_settling);
  buying.operations->start();
  buying.wait_until([&] { return buying.south->count("look_up") >= 2; });
  CHECK(buying.north->count("buy") == 0);
  answers = true;
  buying.wait_for_step(work, operation_step::settled);
  CHECK(buying.north->count("buy") == 1);
}

STORE_TEST_CASE("a purchase that was accepted after the restore asks nobody first") {
  buying_fixture buying(at);
  buying.north->on_search = selling("+14155550123");
  restore(at, buying.time.now());
  const operation work = buying.accept(buying.own, plan_for("415"));
  buying.operations->start();
  buying.wait_for_step(work, operation_step::settled);
  CHECK(buying.north->count("look_up") + buying.south->count("look_up") == 0);
  CHECK(buying.north->count("buy") == 1);
}

}  // namespace dialplane::test
