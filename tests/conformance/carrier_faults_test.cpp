// The faults an operator can order of the sandbox carrier: what each does, and what it does not.
#include "conformance/carrier_fixture.hpp"

namespace dialplane::test {
namespace {

using namespace std::chrono_literals;
using offers_answer = pending_answer<std::vector<number_offer>>;
using look_up_answer = pending_answer<std::optional<carrier_number>>;

template <typename T>
void check_fails(const result<T>& outcome, error_class kind, error_code code) {
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == kind);
  CHECK(outcome.error().code == code);
}

// Nothing before 300 ms, then "unknown".
template <typename T>
void check_answer_is_lost(sandbox_fixture& at, const pending_answer<T>& answer) {
  at.settle();
  at.loop().advance(299ms);
  CHECK_FALSE(answer.has_come());
  at.loop().advance(1ms);
  REQUIRE(answer.has_come());
  check_fails(answer.value(), error_class::unknown, error_code::carrier_outcome_unknown);
}

look_up_answer start_look_up(sandbox_fixture& at, const std::string& number) {
  look_up_answer answer;
  at.subject().look_up(number, "", answer.done());
  return answer;
}

pending_answer<void> start_release(sandbox_fixture& at, const std::string& number) {
  pending_answer<void> answer;
  at.subject().release(number, "", answer.done());
  return answer;
}

TEST_CASE("faults: orders that make no sense are refused, naming the field") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const auto field_of = [&](sandbox_fault fault) {
    const auto taken = at.control().order_fault(std::move(fault));
    return taken ? std::string("accepted") : taken.error().field;
  };
  for (const auto& [on, outcome] :
       {std::pair{buy, empty}, {release, empty}, {lookup, empty}, {release, gone}, {lookup, gone},
        {search, late}, {lookup, late}, {search, hidden}, {release, hidden}}) {
    CHECK(field_of({on, outcome}) == "outcome");
  }
  CHECK(field_of({buy, refused, 0}) == "count");
  CHECK(field_of({buy, refused, -1}) == "count");
  CHECK(field_of({buy, refused, 1'000'001}) == "count");
  CHECK(field_of({buy, slow, 1, -1}) == "delay_ms");
  CHECK(field_of({buy, late, 1, 55'001}) == "delay_ms");
  CHECK(field_of({buy, refused, 1, {}, "415"}) == "area_code");
  CHECK(field_of({search, empty, 1, {}, "999"}) == "area_code");
  CHECK(field_of({search, empty, 1, {}, "800"}) == "area_code");
  CHECK(at.control().faults().empty());
  CHECK(field_of({buy, refused, 1'000'000}) == "accepted");
  for (int more = 1; more < 256; ++more) REQUIRE(field_of({buy, refused}) == "accepted");
  CHECK(field_of({buy, refused}) == "on");
  at.control().clear_faults();
  CHECK(at.control().faults().empty());
  CHECK(at.buy(at.any_number(), "mark-1"));
}

TEST_CASE("faults: refused and rate limited, for as many calls as ordered") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string number = at.any_number();
  at.order(buy, refused, 2);
  at.order(buy, rate_limited);
  check_fails(at.buy(number, "m"), error_class::refused, error_code::carrier_refused);
  REQUIRE(at.control().faults().size() == 2);
  CHECK(at.control().faults()[0].count == 1);
  check_fails(at.buy(number, "m"), error_class::refused, error_code::carrier_refused);
  check_fails(at.buy(number, "m"), error_class::not_done, error_code::carrier_unavailable);
  CHECK(at.control().faults().empty());
  CHECK(at.settle().numbers.empty());
  CHECK(at.buy(number, "m"));

  at.order(release, rate_limited);
  at.order(lookup, refused);
  check_fails(at.look_up(number, ""), error_class::refused, error_code::carrier_refused);
  check_fails(at.release(number, ""), error_class::not_done, error_code::carrier_unavailable);
  CHECK(at.settle().numbers.size() == 1);
}

TEST_CASE("faults: slow acts at once and answers later") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string number = at.any_number();
  at.order(buy, slow, 1, 700);
  const auto answer = at.start_buy(number, "m");
  CHECK(at.settle().numbers.size() == 1);
  at.loop().advance(699ms);
  CHECK_FALSE(answer.has_come());
  at.loop().advance(1ms);
  REQUIRE(answer.has_come());
  CHECK(answer.value());
}

TEST_CASE("faults: an answer slower than the call's time-out is unknown") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  at.order(buy, slow, 1, 20'000);
  const auto answer = at.start_buy(at.any_number(), "m");
  CHECK(at.settle().numbers.size() == 1);
  at.loop().advance(9'999ms);
  CHECK_FALSE(answer.has_come());
  at.loop().advance(1ms);
  REQUIRE(answer.has_come());
  check_fails(answer.value(), error_class::unknown, error_code::carrier_outcome_unknown);
}

TEST_CASE("faults: lost before, nothing happened") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string number = at.any_number();
  at.order(buy, lost_before);
  check_answer_is_lost(at, at.start_buy(number, "m"));
  at.loop().advance(1h);
  CHECK(at.settle().numbers.empty());
  CHECK_FALSE(at.is_seen(number, "m"));
  CHECK(at.buy(number, "m"));
}

TEST_CASE("faults: lost after, it happened") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string number = at.any_number();
  at.order(buy, lost_after);
  check_answer_is_lost(at, at.start_buy(number, "m"));
  CHECK(at.is_seen(number, "m"));
  check_fails(at.buy(number, "m"), error_class::conflict, error_code::number_unavailable);

  at.order(release, lost_before);
  at.order(release, lost_after);
  check_answer_is_lost(at, start_release(at, number));
  CHECK(at.is_seen(number, "m"));
  check_answer_is_lost(at, start_release(at, number));
  CHECK_FALSE(at.is_seen(number, "m"));
}

TEST_CASE("faults: a lost look-up or search is unknown, too") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string number = at.any_number();
  at.order(lookup, lost_after);
  check_answer_is_lost(at, start_look_up(at, number));
  for (const fault_outcome lost : {lost_before, lost_after}) {
    at.order(search, lost);
    offers_answer answer;
    at.subject().search({number_type::local, {"415"}, 1}, answer.done());
    check_answer_is_lost(at, answer);
  }
}

TEST_CASE("faults: late commits its delay after the answer was lost, not before") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string number = at.any_number();
  at.order(buy, late, 1, 800);
  check_answer_is_lost(at, at.start_buy(number, "m"));
  at.loop().advance(799ms);
  CHECK_FALSE(at.is_seen(number, "m"));
  CHECK(at.settle().numbers.empty());
  // Until then nobody else gets it either.
  check_fails(at.buy(number, "m2"), error_class::conflict, error_code::number_unavailable);
  at.loop().advance(1ms);
  CHECK(at.is_seen(number, "m"));
  CHECK(at.control().accepts_inbound(number));
}

TEST_CASE("faults: a late purchase survives a restart, due meanwhile or later") {
  using enum fault_target;
  using enum fault_outcome;
  for (const bool is_due_meanwhile : {true, false}) {
    sandbox_fixture at;
    const std::string number = at.any_number();
    at.order(buy, late, 1, 800);
    check_answer_is_lost(at, at.start_buy(number, "m"));
    const timestamp due = at.clock().now() + 800ms;
    if (is_due_meanwhile) at.loop().advance(5s);
    at.reopen();
    if (!is_due_meanwhile) {
      CHECK_FALSE(at.is_seen(number, "m"));
      check_fails(at.buy(number, "m2"), error_class::conflict, error_code::number_unavailable);
      at.loop().advance(800ms);
    }
    const auto found = at.look_up(number, "m");
    REQUIRE(found);
    REQUIRE(found->has_value());
    CHECK((*found)->bought_at == due);
    at.reopen();
    CHECK(at.is_seen(number, "m"));
    CHECK(at.settle().numbers.size() == 1);
  }
}

TEST_CASE("faults: a late release does not take a number sold anew") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  at.options().rest = 0ms;
  at.reopen();
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "m"));
  at.order(release, late, 1, 800);
  check_answer_is_lost(at, start_release(at, number));
  SUBCASE("the same sale") {
    CHECK(at.is_seen(number, "m"));
    at.loop().advance(800ms);
    CHECK_FALSE(at.is_seen(number, "m"));
  }
  SUBCASE("released and sold again meanwhile") {
    REQUIRE(at.release(number, "m"));
    at.settle();
    REQUIRE(at.buy(number, "m"));
    at.loop().advance(800ms);
    CHECK(at.is_seen(number, "m"));
  }
}

TEST_CASE("faults: gone, a stranger has the number and it never shows as ours") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string first = at.any_number();
  at.order(buy, gone);
  check_fails(at.buy(first, "m"), error_class::conflict, error_code::number_unavailable);
  check_fails(at.buy(first, "m"), error_class::conflict, error_code::number_unavailable);

  at.order(search, gone);
  const std::string second = at.any_number();
  CHECK(second != first);
  check_fails(at.buy(second, "m"), error_class::conflict, error_code::number_unavailable);

  CHECK(at.settle().numbers.empty());
  CHECK(at.list_all(10).empty());
  CHECK_FALSE(at.is_seen(first, ""));
  CHECK(at.control().counts().taken_elsewhere == 2);
  CHECK(at.control().counts().sold == 0);
  at.reopen();
  check_fails(at.buy(first, "m"), error_class::conflict, error_code::number_unavailable);
  CHECK(at.control().counts().taken_elsewhere == 2);
}

TEST_CASE("faults: hidden, sold but in no look-up and no list for a while") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string number = at.any_number();
  at.order(buy, hidden, 1, 500);
  REQUIRE(at.buy(number, "m"));
  for (const bool restarted : {false, true}) {
    if (restarted) at.reopen();
    CHECK_FALSE(at.is_seen(number, "m"));
    CHECK_FALSE(at.is_seen("", "m"));
    CHECK(at.list_all(10).empty());
    CHECK(at.settle().numbers.size() == 1);
    CHECK(at.control().accepts_inbound(number));
  }
  at.loop().advance(499ms);
  CHECK_FALSE(at.is_seen(number, "m"));
  at.loop().advance(1ms);
  CHECK(at.is_seen(number, "m"));
  CHECK(at.is_seen("", "m"));
  CHECK(at.list_all(10).size() == 1);
}

TEST_CASE("faults: hidden on lookup, only what was bought just now is not seen") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "m"));
  at.loop().advance(400ms);
  at.order(lookup, hidden, 2, 500);
  CHECK_FALSE(at.is_seen(number, "m"));
  at.loop().advance(100ms);
  CHECK(at.is_seen(number, "m"));
  CHECK(at.control().faults().empty());
}

TEST_CASE("faults: empty, everywhere or in some area codes") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  at.order(search, empty);
  CHECK(at.search({number_type::local, {"415"}, 1}).empty());
  CHECK(at.search({number_type::local, {"415"}, 1}).size() == 1);

  at.order(search, empty, 1, {}, "415");
  at.order(search, empty, 1, {}, "628");
  CHECK(at.search({number_type::local, {"212"}, 1}).size() == 1);
  CHECK(at.control().faults().size() == 2);  // not theirs
  const auto offers = at.search({number_type::local, {"415", "628", "510"}, 1});
  REQUIRE(offers.size() == 1);
  CHECK(offers[0].e164.substr(2, 3) == "510");
  CHECK(at.control().faults().empty());
}

TEST_CASE("faults: a waiting search fault keeps offer_at_once away") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const number_search wanted{number_type::local, {"415"}, 1};
  const auto offer = at.subject().offer_at_once(wanted);
  REQUIRE(offer);
  CHECK(offer->e164.substr(0, 8) == "+1415555");
  at.order(buy, refused);
  CHECK(at.subject().offer_at_once(wanted));
  at.order(search, empty);
  CHECK_FALSE(at.subject().offer_at_once(wanted));
  CHECK(at.search(wanted).empty());
  CHECK(at.subject().offer_at_once(wanted));
}

TEST_CASE("faults: several meet one call") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const std::string number = at.any_number();
  at.order(buy, slow, 1, 700);
  at.order(buy, hidden, 1, 5'000);
  at.order(buy, lost_after);
  at.order(buy, refused);
  const auto answer = at.start_buy(number, "m");
  CHECK(at.settle().numbers.size() == 1);
  at.loop().advance(999ms);
  CHECK_FALSE(answer.has_come());
  at.loop().advance(1ms);
  REQUIRE(answer.has_come());
  check_fails(answer.value(), error_class::unknown, error_code::carrier_outcome_unknown);
  CHECK_FALSE(at.is_seen(number, "m"));
  at.loop().advance(4s);
  CHECK(at.is_seen(number, "m"));
  REQUIRE(at.control().faults().size() == 1);  // the second outcome waits for the next call
  CHECK(at.control().faults()[0].outcome == refused);
}

TEST_CASE("faults: hidden waits for a purchase that happens") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  at.order(buy, hidden);
  at.order(buy, lost_before);
  check_answer_is_lost(at, at.start_buy(at.any_number(), "m"));
  REQUIRE(at.control().faults().size() == 1);
  CHECK(at.control().faults()[0].outcome == hidden);
}

TEST_CASE("faults: the settling time covers what was ordered, and goes back when it is over") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  const auto settling = [&] { return at.subject().abilities().settling_time; };
  CHECK(settling() == 2s);
  at.order(buy, late, 1, 1'000);
  CHECK(settling() == 2s);
  at.order(buy, hidden, 1, 3'000);
  CHECK(settling() == 5s);  // 1 s late and then 3 s hidden
  const std::string number = at.any_number();
  check_answer_is_lost(at, at.start_buy(number, "m"));
  CHECK(at.control().faults().empty());
  CHECK(settling() == 5s);
  at.loop().advance(4s - 1ms);
  CHECK_FALSE(at.is_seen(number, "m"));
  CHECK(settling() == 5s);
  at.loop().advance(1ms);
  CHECK(at.is_seen(number, "m"));
  at.loop().advance(11s);
  CHECK(settling() == 2s);

  at.order(buy, late, 1, 55'000);
  CHECK(settling() == 60s);
  at.control().clear_faults();
  at.loop().advance(1h);
  CHECK(settling() == 2s);
}

TEST_CASE("faults: the settling time covers what a restart finds") {
  using enum fault_target;
  using enum fault_outcome;
  sandbox_fixture at;
  at.order(buy, late, 1, 3'000);
  const std::string number = at.any_number();
  check_answer_is_lost(at, at.start_buy(number, "m"));
  at.reopen();
  CHECK(at.control().faults().empty());
  CHECK(at.subject().abilities().settling_time >= 3s);
  at.loop().advance(3s);
  CHECK(at.is_seen(number, "m"));
  at.loop().advance(11s);
  CHECK(at.subject().abilities().settling_time == 2s);
}

}  // namespace
}  // namespace dialplane::test
