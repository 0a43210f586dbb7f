#include "workflow/purchasing/number_choice.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <string>

#include "domain/area_codes.hpp"
#include "support/manual_event_loop.hpp"
#include "support/scripted_carrier.hpp"
#include "workflow/purchasing/search_accounts.hpp"
#include "workflow/purchasing/sellers_for.hpp"

namespace dialplane {

namespace {

using test::offer_for;
using test::scripted_carrier;

struct two_accounts {
  two_accounts() {
    auto first = std::make_unique<scripted_carrier>("north");
    auto second = std::make_unique<scripted_carrier>("south");
    north = first.get();
    south = second.get();
    registry.add(std::move(first), {.preference = 1});
    registry.add(std::move(second), {.preference = 2});
  }

  number_choice choose(number_wish wish) {
    std::optional<number_choice> chosen;
    choice_hooks hooks;
    if (!promised.empty()) {
      hooks.find_promised = [this](std::vector<std::string> numbers,
                                   choice_hooks::told_numbers tell) {
        std::set<std::string> found;
        for (const std::string& one : numbers) {
          if (promised.contains(one)) found.insert(one);
        }
        loop.post([found = std::move(found), tell = std::move(tell)]() mutable {
          tell(std::move(found));
        });
      };
    }
    choose_number(sellers_for(registry, {.type = wish.type}), std::move(wish), rules,
                  std::move(hooks),
                  [&](number_choice choice) { chosen = std::move(choice); });
    loop.run_ready();
    REQUIRE(chosen);
    return *std::move(chosen);
  }

  test::shared_manual_clock time;
  test::manual_event_loop loop{time};
  carrier_registry registry;
  scripted_carrier* north = nullptr;
  scripted_carrier* south = nullptr;
  purchase_rules rules;
  std::set<std::string> promised;  // to others
};

// Has the number whenever its area code is among the wanted ones, or none is.
auto having(std::string e164, std::int64_t price = 1'000'000) {
  return [e164, price](const number_search& wanted) -> result<scripted_carrier::offers> {
    const auto& codes = wanted.area_codes;
    const bool fits = codes.empty() || std::ranges::find(codes, e164.substr(2, 3)) != codes.end();
    if (!fits) return scripted_carrier::offers{};
    return scripted_carrier::offers{offer_for(e164, price)};
  };
}

auto failing(error why) {
  return [why](const number_search&) -> result<scripted_carrier::offers> { return why; };
}

error down() { return not_done(error_code::carrier_unavailable, "Down.", "test"); }

}  // namespace

TEST_CASE("choice: the asked code at another account comes before another code at the first") {
  two_accounts at;
  at.north->on_search = having("+16285550123");  // laid over 415
  at.south->on_search = having("+14155550123");
  const number_choice choice = at.choose({.area_code = "415"});
  REQUIRE(choice.from == at.south);
  CHECK(choice.offer.e164 == "+14155550123");
  CHECK(at.north->count("search") == 1);
}

TEST_CASE("choice: the preferred account, where both have it") {
  two_accounts at;
  at.north->on_search = having("+14155550123", 2'000'000);
  at.south->on_search = having("+14155550124", 1'000'000);
  CHECK(at.choose({.area_code = "415"}).from == at.north);
  CHECK(at.south->count("search") == 0);
}

TEST_CASE("choice: the cheapest of a stage, under the order price") {
  two_accounts at;
  at.rules.order = purchase_order::price;
  at.north->on_search = having("+14155550123", 2'000'000);
  at.south->on_search = having("+14155550124", 1'000'000);
  CHECK(at.choose({.area_code = "415"}).from == at.south);
  // The stage still comes first.
  at.south->on_search = having("+16285550124", 1);
  CHECK(at.choose({.area_code = "415"}).from == at.north);
  // Whoever tells no price is dearer than any.
  at.south->on_search = [](const number_search&) -> result<scripted_carrier::offers> {
    return scripted_carrier::offers{{.e164 = "+14155550125"}};
  };
  CHECK(at.choose({.area_code = "415"}).from == at.north);
}

TEST_CASE("choice: an account that fails is asked once, and named") {
  two_accounts at;
  at.north->on_search = failing(down());
  at.south->on_search = having("+16285550123");
  const number_choice choice = at.choose({.area_code = "415"});
  CHECK(choice.from == at.south);
  REQUIRE(choice.failures.size() == 1);
  CHECK(choice.failures[0].account == "north");
  CHECK(at.north->count("search") == 1);
  CHECK(at.south->count("search") == 2);
}

TEST_CASE("choice: nothing anywhere") {
  two_accounts at;
  at.north->on_search = failing(down());
  const number_choice choice = at.choose({.area_code = "415"});
  CHECK(choice.from == nullptr);
  CHECK(choice.any_answered);
  at.south->on_search = failing(down());
  CHECK_FALSE(at.choose({.area_code = "415"}).any_answered);
}

TEST_CASE("choice: what does not fit is not taken from a carrier that ignores the filter") {
  two_accounts at;
  at.north->on_search = [](const number_search&) -> result<scripted_carrier::offers> {
    return scripted_carrier::offers{offer_for("+12125550123")};
  };
  at.south->on_search = having("+14155550123");
  CHECK(at.choose({.area_code = "415", .policy = area_code_policy::exact}).from == at.south);
  CHECK(at.choose({.exact = "+14155550123"}).from == at.south);
  CHECK(at.choose({.exact = "+14155550124"}).from == nullptr);
}

TEST_CASE("choice: an exact number is searched by its digits") {
  const number_search wanted = search_for_exact("+14155550123", number_type::local);
  CHECK(wanted.area_codes == std::vector<std::string>{"415"});
  CHECK(wanted.contains == "5550123");
}

TEST_CASE("sellers: by preference, the closed ones last, the home first") {
  two_accounts at;
  const auto names = [&](const seller_wish& wish) {
    std::string all;
    for (carrier* one : sellers_for(at.registry, wish)) all += one->abilities().name + " ";
    return all;
  };
  CHECK(names({}) == "north south ");
  CHECK(names({.first = "south"}) == "south north ");
  CHECK(names({.first = "gone"}) == "north south ");
  CHECK(names({.only = "south"}) == "south ");
  CHECK(names({.only = "gone"}).empty());
  at.registry.set_standing("north", account_standing::out_of_funds);
  CHECK(names({}) == "south north ");
  at.south->may().sells_toll_free = false;
  CHECK(names({.type = number_type::toll_free}) == "north ");
  at.north->may().registers_brands = false;
  CHECK(names({.registers = true}) == "south ");
  at.north->may().takes_calls = false;
  CHECK(names({.features = {.calls = true}}) == "south ");
}

TEST_CASE("sellers: real money and play money are never mixed") {
  two_accounts at;
  at.south->may().is_real = true;
  const auto first = [&](const seller_wish& wish) {
    const auto found = sellers_for(at.registry, wish);
    REQUIRE(found.size() == 1);
    return found.front();
  };
  CHECK(first({}) == at.south);
  CHECK(first({.first = "north"}) == at.north);  // who is registered in the sandbox stays there
  CHECK(first({.only = "north"}) == at.north);
  // Even where the real one has no funds, nobody gets a play number instead.
  at.registry.set_standing("south", account_standing::out_of_funds);
  CHECK(first({}) == at.south);
}

TEST_CASE("search of all accounts: who is slow is named, and what comes late is dropped") {
  two_accounts at;
  at.north->on_search = having("+14155550123");
  std::vector<account_offers> answers;
  int ended = 0;
  // A carrier that never answers: its call is kept.
  class mute final : public carrier {
   public:
    const carrier_abilities& abilities() const noexcept override { return abilities_; }
    void search(number_search, carrier_done<std::vector<number_offer>> done) override {
      kept = std::move(done);
    }
    void buy(number_purchase, carrier_done<carrier_number>) override {}
    void look_up(std::string, std::string,
                 carrier_done<std::optional<carrier_number>>) override {}
    void set_routing(std::string, number_routing, carrier_done<void>) override {}
    void release(std::string, std::string, carrier_done<void>) override {}
    void list_owned(std::optional<std::string>, std::size_t,
                    carrier_done<carrier_number_page>) override {}
    void file_campaign(campaign_filing, carrier_done<campaign_report>) override {}
    void campaign_state(std::string, carrier_done<campaign_report>) override {}
    void attach_number(std::string, std::string, carrier_done<void>) override {}
    carrier_done<std::vector<number_offer>> kept;
    carrier_abilities abilities_{.name = "mute"};
  } slow;
  search_accounts({at.north, &slow}, {}, std::chrono::milliseconds(500),
                  [&](std::vector<account_offers> got) {
                    answers = std::move(got);
                    ++ended;
                  });
  at.loop.run_ready();
  CHECK(ended == 0);
  at.loop.advance(std::chrono::milliseconds(500));
  REQUIRE(ended == 1);
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].offers.has_value());
  REQUIRE_FALSE(answers[1].offers.has_value());
  CHECK(answers[1].offers.error().kind == error_class::not_done);
  slow.kept(std::vector<number_offer>{offer_for("+14155550199")});
  at.loop.run_ready();
  CHECK(ended == 1);
}

TEST_CASE("choice: a number that is promised to others is passed over, at either order") {
  for (const purchase_order order : {purchase_order::preference, purchase_order::price}) {
    two_accounts at;
    at.rules.order = order;
    at.promised = {"+14155550101"};
    at.north->on_search = having("+14155550101", 1);
    at.south->on_search = having("+14155550102", 2);
    const number_choice choice = at.choose({.area_code = "415"});
    REQUIRE(choice.from != nullptr);
    CHECK(choice.offer.e164 == "+14155550102");
    CHECK(at.choose({.area_code = "415", .exact = "+14155550101"}).from == nullptr);
  }
}

TEST_CASE("choice: where all offers are promised, more are asked for, once") {
  for (const purchase_order order : {purchase_order::preference, purchase_order::price}) {
    two_accounts at;
    at.rules.order = order;
    at.promised = {"+14155550101", "+14155550102"};
    const auto up_to_limit = [](const number_search& wanted) -> result<scripted_carrier::offers> {
      if (wanted.area_codes != std::vector<std::string>{"415"}) return scripted_carrier::offers{};
      if (wanted.limit <= 10) {
        return scripted_carrier::offers{offer_for("+14155550101"), offer_for("+14155550102")};
      }
      return scripted_carrier::offers{offer_for("+14155550101"), offer_for("+14155550103")};
    };
    at.north->on_search = up_to_limit;
    number_choice choice = at.choose({.area_code = "415"});
    CHECK(choice.offer.e164 == "+14155550103");
    CHECK(at.north->count("search") == 2);

    at.promised.insert("+14155550103");
    choice = at.choose({.area_code = "415", .policy = area_code_policy::exact});
    CHECK(choice.from == nullptr);
    CHECK(at.north->count("search") == 4);
  }
}

}  // namespace dialplane
