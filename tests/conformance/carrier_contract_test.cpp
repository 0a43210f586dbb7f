// What every carrier owes the port, whoever it is.
#include <set>

#include "conformance/all_carriers.hpp"

namespace dialplane::test {
namespace {

std::set<std::string> numbers_of(const std::vector<number_offer>& offers) {
  std::set<std::string> numbers;
  for (const number_offer& offer : offers) numbers.insert(offer.e164);
  return numbers;
}

TEST_CASE("carrier: the abilities make sense") {
  on_every_carrier([](carrier_fixture& at) {
    const carrier_abilities& abilities = at.subject().abilities();
    CHECK_FALSE(abilities.name.empty());
    CHECK(abilities.settling_time > milliseconds(0));
    CHECK(abilities.call_timeout > milliseconds(0));
    CHECK(abilities.release_grace >= milliseconds(0));
  });
}

TEST_CASE("carrier: a search gives different numbers of the asked area codes") {
  on_every_carrier([](carrier_fixture& at) {
    const std::vector<std::string> codes = at.area_codes();
    const auto offers = at.search({number_type::local, {codes[0]}, 5});
    CHECK(offers.size() == 5);
    CHECK(numbers_of(offers).size() == 5);
    for (const number_offer& offer : offers) CHECK(offer.e164.substr(2, 3) == codes[0]);

    const auto second_choice = at.search({number_type::local, {codes[1], codes[0]}, 1});
    REQUIRE(second_choice.size() == 1);
    CHECK(second_choice[0].e164.substr(2, 3) == codes[1]);
  });
}

TEST_CASE("carrier: nothing for sale is an empty list") {
  on_every_carrier([](carrier_fixture& at) {
    CHECK(at.search({number_type::local, {"200"}, 3}).empty());
    CHECK(at.search({number_type::toll_free, {at.area_codes()[0]}, 3}).empty());
    CHECK(at.search({number_type::local, {at.area_codes()[0]}, 0}).empty());
  });
}

TEST_CASE("carrier: a bought number is ours, with our mark and routing") {
  on_every_carrier([](carrier_fixture& at) {
    const std::string number = at.any_number();
    const auto bought = at.buy(number, "mark-1");
    REQUIRE(bought);
    CHECK(bought->e164 == number);
    CHECK(bought->mark == "mark-1");
    CHECK(bought->bought_at == at.clock().now());
    CHECK(bought->routing_set == at.subject().abilities().sets_routing_at_purchase);

    for (const auto& [e164, mark] : {std::pair{number, std::string("mark-1")},
                                     std::pair{number, std::string()},
                                     std::pair{std::string(), std::string("mark-1")}}) {
      const auto found = at.look_up(e164, mark);
      REQUIRE(found);
      REQUIRE(found->has_value());
      CHECK((*found)->e164 == number);
      CHECK((*found)->mark == "mark-1");
    }
    CHECK_FALSE(at.is_seen("", "mark-2"));
    CHECK_FALSE(at.is_seen(at.any_number(), "mark-2"));
    const auto offers = at.search({number_type::local, {at.area_codes()[0]}, 500});
    CHECK_FALSE(numbers_of(offers).contains(number));
  });
}

TEST_CASE("carrier: a look-up goes by the mark first, then shows who has the number") {
  on_every_carrier([](carrier_fixture& at) {
    const auto offers = at.search({number_type::local, {at.area_codes()[0]}, 2});
    REQUIRE(offers.size() == 2);
    const std::string first = offers[0].e164;
    const std::string second = offers[1].e164;
    REQUIRE(at.buy(first, "mark-1"));
    const auto others = at.look_up(first, "mark-2");
    REQUIRE(others);
    REQUIRE(others->has_value());
    CHECK((*others)->mark == "mark-1");
    REQUIRE(at.buy(second, "mark-2"));
    const auto ours = at.look_up(first, "mark-2");
    REQUIRE(ours);
    REQUIRE(ours->has_value());
    CHECK((*ours)->e164 == second);
  });
}

TEST_CASE("carrier: a number is sold once, and the same mark never buys another") {
  on_every_carrier([](carrier_fixture& at) {
    const std::string number = at.any_number();
    REQUIRE(at.buy(number, "mark-1"));
    for (const char* mark : {"mark-2", "mark-1"}) {
      const auto again = at.buy(number, mark);
      if (at.adopts_what_is_ours() && std::string(mark) == "mark-1") {
        REQUIRE(again);
        CHECK(again->e164 == number);
        CHECK(again->mark == mark);
        continue;
      }
      REQUIRE_FALSE(again);
      CHECK(again.error().kind == error_class::conflict);
      CHECK(again.error().code == error_code::number_unavailable);
    }
    CHECK(at.list_all(10).size() == 1);
  });
}

TEST_CASE("carrier: one mark on two numbers is accepted") {
  on_every_carrier([](carrier_fixture& at) {
    REQUIRE(at.buy(at.any_number(), "mark-1"));
    REQUIRE(at.buy(at.any_number(), "mark-1"));
    CHECK(at.list_all(10).size() == 2);
  });
}

TEST_CASE("carrier: a number it does not have and a bad mark are refused") {
  on_every_carrier([](carrier_fixture& at) {
    const std::string good = at.any_number();
    const std::string too_long(65, 'a');
    for (const auto& [number, mark] : {std::pair{at.impossible_number(), std::string("m")},
                                       std::pair{std::string("+4930123456"), std::string("m")},
                                       std::pair{std::string(), std::string("m")},
                                       std::pair{good, std::string()},
                                       std::pair{good, std::string("a b")},
                                       std::pair{good, too_long}}) {
      const auto refusal = at.buy(number, mark);
      REQUIRE_FALSE(refusal);
      CHECK(refusal.error().kind == error_class::refused);
    }
    CHECK(at.list_all(10).empty());
    CHECK(at.buy(good, std::string(64, 'a')));
  });
}

TEST_CASE("carrier: 64 buyers at once of one number, one gets it") {
  on_every_carrier([](carrier_fixture& at) {
    const std::string number = at.any_number();
    std::vector<pending_answer<carrier_number>> answers;
    for (int buyer = 0; buyer < 64; ++buyer) {
      answers.push_back(at.start_buy(number, "mark-" + std::to_string(buyer)));
    }
    int winners = 0;
    for (const auto& answer : answers) {
      const auto outcome = at.await(answer);
      if (outcome) {
        ++winners;
      } else {
        CHECK(outcome.error().kind == error_class::conflict);
      }
    }
    CHECK(winners == 1);
    CHECK(at.list_all(10).size() == 1);
  });
}

TEST_CASE("carrier: a released number is gone, and releasing it again is success") {
  on_every_carrier([](carrier_fixture& at) {
    const std::string number = at.any_number();
    REQUIRE(at.buy(number, "mark-1"));
    CHECK(at.release(number, "another-mark"));
    CHECK(at.is_seen(number, "mark-1"));  // not that mark's number: left alone
    CHECK(at.release(number, "mark-1"));
    CHECK_FALSE(at.is_seen(number, ""));
    CHECK(at.list_all(10).empty());
    CHECK(at.release(number, "mark-1"));
    CHECK(at.release(at.impossible_number(), ""));
  });
}

TEST_CASE("carrier: routing can be set later, of our numbers only") {
  on_every_carrier([](carrier_fixture& at) {
    const std::string number = at.any_number();
    const auto bought = at.buy(number, "mark-1", {});
    REQUIRE(bought);
    CHECK_FALSE(bought->routing_set);
    REQUIRE(at.set_routing(number, carrier_fixture::some_routing()));
    const auto found = at.look_up(number, "");
    REQUIRE(found);
    REQUIRE(found->has_value());
    CHECK((*found)->routing_set);
    const auto foreign = at.set_routing(at.any_number(), carrier_fixture::some_routing());
    REQUIRE_FALSE(foreign);
    CHECK(foreign.error().kind == error_class::conflict);
  });
}

TEST_CASE("carrier: the list shows every number once, page by page") {
  on_every_carrier([](carrier_fixture& at) {
    std::set<std::string> bought;
    for (const std::string& code : at.area_codes()) {
      for (const number_offer& offer : at.search({number_type::local, {code}, 8})) {
        REQUIRE(at.buy(offer.e164, "mark-" + offer.e164.substr(1)));
        bought.insert(offer.e164);
      }
    }
    REQUIRE(bought.size() == 16);
    for (const std::size_t limit : {1, 5, 8, 16, 100}) {
      std::set<std::string> listed;
      const auto all = at.list_all(limit);
      for (const carrier_number& each : all) {
        listed.insert(each.e164);
        CHECK(each.mark == "mark-" + each.e164.substr(1));
      }
      CHECK(all.size() == 16);
      CHECK(listed == bought);
    }
    for (const char* cursor : {"", "x", "-1", "99999999999999999999999"}) {
      const auto page = at.list_page(cursor, 5);
      REQUIRE_FALSE(page);
      CHECK(page.error().kind == error_class::refused);
      CHECK(page.error().field == "cursor");
    }
  });
}

TEST_CASE("carrier: what was bought survives a restart") {
  on_every_carrier([](carrier_fixture& at) {
    const std::string number = at.any_number();
    REQUIRE(at.buy(number, "mark-1"));
    at.reopen();
    const auto found = at.look_up(number, "mark-1");
    REQUIRE(found);
    REQUIRE(found->has_value());
    CHECK((*found)->routing_set == at.subject().abilities().sets_routing_at_purchase);
    const auto again = at.buy(number, "mark-2");
    REQUIRE_FALSE(again);
    CHECK(again.error().kind == error_class::conflict);
  });
}

TEST_CASE("carrier: a campaign is filed once per mark and takes numbers of ours") {
  on_every_carrier([](carrier_fixture& at) {
    if (!at.subject().abilities().registers_brands) return;
    const campaign_filing filing{.mark = "campaign-1",
                                 .kind = campaign_kind::ten_dlc,
                                 .use_case = "customer_care"};
    const auto filed = at.file_campaign(filing);
    REQUIRE(filed);
    CHECK_FALSE(filed->reference.empty());
    const auto again = at.file_campaign(filing);
    REQUIRE(again);
    CHECK(again->reference == filed->reference);
    const auto other = at.file_campaign({.mark = "campaign-2",
                                         .kind = campaign_kind::ten_dlc,
                                         .use_case = "customer_care"});
    REQUIRE(other);
    CHECK(other->reference != filed->reference);

    const std::string number = at.any_number();
    const auto not_ours = at.attach(filed->reference, number);
    REQUIRE_FALSE(not_ours);
    CHECK(not_ours.error().kind == error_class::conflict);
    REQUIRE(at.buy(number, "mark-1"));
    at.let_reviews_pass();
    CHECK(at.attach(filed->reference, number));
    CHECK(at.attach(filed->reference, number));
    const auto unknown_campaign = at.attach("no-such-reference", number);
    REQUIRE_FALSE(unknown_campaign);
    CHECK(unknown_campaign.error().kind == error_class::refused);
    const auto unknown_state = at.campaign_state("no-such-reference");
    REQUIRE_FALSE(unknown_state);
    CHECK(unknown_state.error().kind == error_class::refused);
  });
}

}  // namespace
}  // namespace dialplane::test
