// What the adapters of real carriers make of a bad day at the carrier: every fault that its wire
// emulator can be ordered, and in each case what is bought, and what is known about it.
#include <algorithm>
#include <set>

#include "conformance/all_carriers.hpp"

namespace dialplane::test {
namespace {

using boost::json::object;

std::size_t purchases(wire_fixture& at) {
  const object state = at.state();
  const boost::json::value* all = state.if_contains("purchases");
  REQUIRE(all != nullptr);
  REQUIRE(all->is_array());
  return all->get_array().size();
}

// Looks it up until it is found and owned, or not there for good.
std::optional<carrier_number> settled(wire_fixture& at, const std::string& e164,
                                      const std::string& mark) {
  for (int look = 0; look < 20; ++look) {
    const auto seen = at.look_up(e164, mark);
    if (seen && seen->has_value() && (*seen)->standing == order_standing::owned) return **seen;
    at.pass(at.subject().abilities().settling_time / 10 + milliseconds(1));
  }
  return std::nullopt;
}

// Buys, and waits for orders that are delivered later.
std::optional<carrier_number> buy_and_settle(wire_fixture& at, const std::string& e164,
                                             const std::string& mark) {
  const auto bought = at.buy(e164, mark, at.our_routing());
  if (!bought) FAIL(describe(bought.error()));
  if (bought->standing == order_standing::owned) return *bought;
  return settled(at, e164, mark);
}

TEST_CASE("wire: a lost answer is unknown, and the look-up finds what was bought") {
  on_every_wire([](wire_fixture& at) {
    for (const char* how : {"lose_answer", "error_after", "garbage", "truncated", "slow"}) {
      INFO("fault ", how);
      const std::string number = at.any_number();
      const std::size_t before = purchases(at);
      at.order(how, "buy", 1, 4'000);
      const std::string mark = std::string("mark-") + how;
      const auto outcome = at.buy(number, mark, at.our_routing());
      REQUIRE_FALSE(outcome);
      CHECK(outcome.error().kind == error_class::unknown);
      const auto found = settled(at, number, mark);
      REQUIRE(found.has_value());
      CHECK(found->mark == mark);
      CHECK(purchases(at) == before + 1);
    }
  });
}

TEST_CASE("wire: a purchase asked for again is what an earlier try has bought") {
  on_every_wire([](wire_fixture& at) {
    for (const char* how : {"lose_answer", "error_after", "garbage", "truncated", "slow"}) {
      INFO("fault ", how);
      const std::string number = at.any_number();
      const std::size_t before = purchases(at);
      at.order(how, "buy", 1, 4'000);
      const std::string mark = std::string("mark-") + how;
      REQUIRE_FALSE(at.buy(number, mark, at.our_routing()));
      const auto again = at.buy(number, mark, at.our_routing());
      if (!again) FAIL(describe(again.error()));
      CHECK(again->e164 == number);
      CHECK(again->mark == mark);
      CHECK(settled(at, number, mark).has_value());
      // Of another mark it is somebody else's, and so it is after a restart.
      for (const bool reopened : {false, true}) {
        if (reopened) at.reopen();
        const auto other = at.buy(number, "another-mark", at.our_routing());
        REQUIRE_FALSE(other);
        CHECK(other.error().kind == error_class::conflict);
        const auto ours = at.buy(number, mark, at.our_routing());
        REQUIRE(ours);
        CHECK(ours->mark == mark);
      }
      CHECK(purchases(at) == before + 1);
    }
  });
}

TEST_CASE("wire: sold, and nobody says to whom: never taken for somebody else's") {
  on_every_wire([](wire_fixture& at) {
    for (const char* how : {"lose_answer", "error_before", "garbage"}) {
      INFO("fault of the look-up ", how);
      const std::string number = at.any_number();
      const std::size_t before = purchases(at);
      const std::string mark = std::string("mark-") + how;
      at.order("lose_answer", "buy");
      REQUIRE_FALSE(at.buy(number, mark, at.our_routing()));
      at.order(how, "list", 3);
      const auto again = at.buy(number, mark, at.our_routing());
      at.clear_faults();
      if (!again) {
        CHECK(again.error().kind != error_class::conflict);
        CHECK(again.error().kind != error_class::refused);
      }
      CHECK(settled(at, number, mark).has_value());
      CHECK(purchases(at) == before + 1);
    }
  });
}

TEST_CASE("wire: sold to us, and not shown yet: never taken for somebody else's") {
  on_every_wire([](wire_fixture& at) {
    const std::string number = at.any_number();
    const milliseconds hidden = at.subject().abilities().settling_time / 2;
    at.order("hidden", "buy", 1, hidden.count());
    at.order("lose_answer", "buy");
    REQUIRE_FALSE(at.buy(number, "mark-1", at.our_routing()));
    const auto again = at.buy(number, "mark-1", at.our_routing());
    if (!again) CHECK(again.error().kind == error_class::unknown);
    at.pass(hidden + milliseconds(1));
    const auto shown = at.buy(number, "mark-1", at.our_routing());
    REQUIRE(shown);
    CHECK(shown->e164 == number);
    CHECK(settled(at, number, "mark-1").has_value());
    CHECK(purchases(at) == 1);
  });
}

TEST_CASE("wire: what never reached the books is absent after the settling time") {
  on_every_wire([](wire_fixture& at) {
    for (const char* how : {"lose_request", "error_before"}) {
      INFO("fault ", how);
      const std::string number = at.any_number();
      const std::size_t before = purchases(at);
      at.order(how, "buy");
      const auto outcome = at.buy(number, "mark-1", at.our_routing());
      REQUIRE_FALSE(outcome);
      CHECK(outcome.error().kind == error_class::unknown);
      at.pass(at.subject().abilities().settling_time);
      const auto seen = at.look_up(number, "mark-1");
      REQUIRE(seen);
      CHECK_FALSE(seen->has_value());
      CHECK(purchases(at) == before);
    }
  });
}

TEST_CASE("wire: a late commit shows before the settling time is over") {
  on_every_wire([](wire_fixture& at) {
    const std::string number = at.any_number();
    const milliseconds late = at.subject().abilities().settling_time / 2;
    at.order("late_commit", "buy", 1, late.count());
    const auto outcome = at.buy(number, "mark-1", at.our_routing());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == error_class::unknown);
    const auto early = at.look_up(number, "mark-1");
    REQUIRE(early);
    CHECK_FALSE(early->has_value());
    at.pass(late + milliseconds(1));
    CHECK(settled(at, number, "mark-1").has_value());
  });
}

TEST_CASE("wire: too many requests are not done, and the next one works") {
  on_every_wire([](wire_fixture& at) {
    const std::string number = at.any_number();
    at.order("rate_limited", "buy");
    const auto outcome = at.buy(number, "mark-1", at.our_routing());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == error_class::not_done);
    CHECK(purchases(at) == 0);
    CHECK(buy_and_settle(at, number, "mark-1").has_value());
    CHECK(purchases(at) == 1);
  });
}

TEST_CASE("wire: a number that went between search and purchase is a conflict") {
  on_every_wire([](wire_fixture& at) {
    const std::string number = at.any_number();
    at.order("gone", "buy");
    const auto outcome = at.buy(number, "mark-1", at.our_routing());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == error_class::conflict);
    CHECK(outcome.error().code == error_code::number_unavailable);
    CHECK(purchases(at) == 0);
  });
}

TEST_CASE("wire: a bought number that lists do not show yet is found within the settling time") {
  on_every_wire([](wire_fixture& at) {
    const std::string number = at.any_number();
    const milliseconds hidden = at.subject().abilities().settling_time / 2;
    at.order("hidden", "buy", 1, hidden.count());
    at.order("lose_answer", "buy");
    REQUIRE_FALSE(at.buy(number, "mark-1", at.our_routing()));
    at.pass(hidden + milliseconds(1));
    CHECK(settled(at, number, "mark-1").has_value());
    CHECK(purchases(at) == 1);
  });
}

TEST_CASE("wire: a list filter that is silently ignored fools nobody") {
  on_every_wire([](wire_fixture& at) {
    const std::string mine = at.any_number();
    REQUIRE(buy_and_settle(at, mine, "mark-1").has_value());
    const std::string other = at.any_number();
    at.order("filter_ignored", "", 0);
    const auto seen = at.look_up(other, "mark-2");
    REQUIRE(seen);
    CHECK_FALSE(seen->has_value());
    const auto found = at.look_up(mine, "mark-1");
    REQUIRE(found);
    REQUIRE(found->has_value());
    CHECK((*found)->e164 == mine);
  });
}

TEST_CASE("wire: releasing what the carrier does not know any more is success") {
  on_every_wire([](wire_fixture& at) {
    const std::string number = at.any_number();
    REQUIRE(buy_and_settle(at, number, "mark-1").has_value());
    at.order("release_404", "release");
    CHECK(at.release(number, "mark-1"));
  });
}

TEST_CASE("wire: an account without funds or with revoked keys says so, and buys nothing") {
  on_every_wire([](wire_fixture& at) {
    const std::string number = at.any_number();
    at.order("no_funds", "buy");
    const auto poor = at.buy(number, "mark-1", at.our_routing());
    REQUIRE_FALSE(poor);
    CHECK(poor.error().kind == error_class::refused);
    CHECK(poor.error().code == error_code::carrier_out_of_funds);

    at.control("POST", "account", object{{"revoked", true}});
    const auto revoked = at.buy(number, "mark-1", at.our_routing());
    REQUIRE_FALSE(revoked);
    CHECK(revoked.error().kind == error_class::refused);
    CHECK(revoked.error().code == error_code::carrier_credentials_rejected);
    pending_answer<account_report> answer;
    at.subject().check_account(answer.done());
    const auto report = at.await(answer);
    REQUIRE_FALSE(report);
    CHECK(report.error().code == error_code::carrier_credentials_rejected);
    CHECK(purchases(at) == 0);
  });
}

TEST_CASE("wire: a received text comes as a signed webhook, and a changed one is refused") {
  on_every_wire([](wire_fixture& at) {
    if (!at.has_texts()) return;
    const std::string number = at.any_number();
    REQUIRE(buy_and_settle(at, number, "mark-1").has_value());
    while (at.webhooks_waiting() > 0) at.next_webhook();
    at.order("webhook_twice", "", 1);
    at.control("POST", "texts",
               object{{"from", "+12125550147"}, {"to", number}, {"body", "What is 2 & 2?"}});
    at.pass(milliseconds(1));
    const carrier_webhook first = at.next_webhook();
    const carrier_webhook second = at.next_webhook();
    const auto verified = at.subject().verify_webhook(first);
    if (!verified) FAIL(describe(verified.error()));
    const auto again = at.subject().verify_webhook(second);
    REQUIRE(again);
    CHECK(again->event_key == verified->event_key);
    const auto news = at.subject().read_webhook(first.body);
    REQUIRE(news);
    REQUIRE(news->size() == 1);
    CHECK(news->front().kind == carrier_news_kind::text_received);
    CHECK(news->front().from == "+12125550147");
    CHECK(news->front().to == number);
    CHECK(news->front().body == "What is 2 & 2?");

    carrier_webhook changed = first;
    changed.body.back() = changed.body.back() == '0' ? '1' : '0';
    CHECK_FALSE(at.subject().verify_webhook(changed));
    carrier_webhook unsigned_one = first;
    unsigned_one.headers.clear();
    CHECK_FALSE(at.subject().verify_webhook(unsigned_one));

    at.order("webhook_bad_signature", "", 1);
    at.control("POST", "texts",
               object{{"from", "+12125550147"}, {"to", number}, {"body", "Forged"}});
    at.pass(milliseconds(1));
    CHECK_FALSE(at.subject().verify_webhook(at.next_webhook()));
  });
}

TEST_CASE("wire: a rejected campaign tells why, and is accepted once corrected") {
  on_every_wire([](wire_fixture& at) {
    if (!at.subject().abilities().registers_brands) return;
    at.verified_brand();
    at.control("POST", "reviews",
               object{{"outcome", "reject"}, {"reason", "The message flow is unclear."}});
    campaign_filing filing = ten_dlc_filing("campaign-1");
    const auto filed = at.file_campaign(filing);
    if (!filed) FAIL(describe(filed.error()));
    at.let_reviews_pass();
    const auto rejected = at.campaign_state(filed->reference);
    REQUIRE(rejected);
    CHECK(rejected->status == campaign_status::rejected);
    filing = ten_dlc_filing("campaign-1");
    filing.submission = 2;
    const auto refiled = at.file_campaign(std::move(filing));
    if (!refiled) FAIL(describe(refiled.error()));
    at.let_reviews_pass();
    const auto active = at.campaign_state(refiled->reference);
    REQUIRE(active);
    CHECK(active->status == campaign_status::active);
  });
}

TEST_CASE("wire: hostile answers are errors") {
  on_every_wire([](wire_fixture& at) {
    for (const char* call : {"search", "list"}) {
      for (const char* how : {"garbage", "truncated"}) {
        INFO(how, " on ", call);
        at.order(how, call);
        pending_answer<std::vector<number_offer>> offers;
        pending_answer<carrier_number_page> page;
        if (std::string(call) == "search") {
          at.subject().search({number_type::local, {at.area_codes()[0]}, 3}, offers.done());
          CHECK_FALSE(at.await(offers));
        } else {
          at.subject().list_owned(std::nullopt, 10, page.done());
          CHECK_FALSE(at.await(page));
        }
      }
    }
  });
}

}  // namespace
}  // namespace dialplane::test
