// What only Twilio has, or has in its own way: routing with applications and trunks, emergency
// addresses, two answers to a second purchase, texts without an id of ours, the trust hub, TwiML.
#include <doctest/doctest.h>

#include <set>

#include "conformance/twilio_fixture.hpp"

namespace dialplane::test {
namespace {

using boost::json::array;
using boost::json::object;
using namespace std::chrono_literals;

// ---- numbers --------------------------------------------------------------------------------

TEST_CASE("twilio: a purchase sets every address, and the mark is the friendly name") {
  twilio_line at;
  const auto kept = at.read_routing();
  REQUIRE(kept);
  const number_routing ours = at.our_routing();
  for (const char* member : {"sms_url", "sms_fallback_url"}) {
    CHECK(kept->fields.at(member).as_string() == ours.text_url);
  }
  for (const char* member : {"voice_url", "voice_fallback_url", "status_callback"}) {
    CHECK(kept->fields.at(member).as_string() == ours.voice_url);
  }
  const auto found = at.look_up(at.line, "");
  REQUIRE(found);
  CHECK((*found)->mark == "mark-1");
  CHECK((*found)->routing.text_url == ours.text_url);
  CHECK((*found)->reference.starts_with("PN"));
}

TEST_CASE("twilio: a second purchase that acts as an update never reaches another's number") {
  twilio_line at;
  at.order("buy_again_updates", "buy", 0);
  const auto again = at.buy(at.line, "mark-2", at.our_routing());
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == error_class::conflict);
  // Also while the list does not show it yet, and after a lost answer.
  const std::string other = at.any_number();
  at.order("hidden", "buy", 1, 10'000);
  at.order("lose_answer", "buy");
  REQUIRE_FALSE(at.buy(other, "mark-3", at.our_routing()));
  const auto thief = at.buy(other, "mark-4", at.our_routing());
  REQUIRE_FALSE(thief);
  CHECK(thief.error().kind == error_class::conflict);
  at.pass(10'001ms);
  const auto found = at.look_up(other, "mark-3");
  REQUIRE(found);
  REQUIRE(found->has_value());
  CHECK((*found)->mark == "mark-3");
  CHECK((*at.look_up(at.line, ""))->mark == "mark-1");
  CHECK(at.state()["purchases"].as_array().size() == 2);
}

TEST_CASE("twilio: the same mark again finds what came through meanwhile") {
  for (const bool updates : {false, true}) {
    twilio_line at;
    if (updates) at.order("buy_again_updates", "buy", 0);
    const std::string other = at.any_number();
    at.order("hidden", "buy", 1, 10'000);
    at.order("lose_answer", "buy");
    REQUIRE_FALSE(at.buy(other, "mark-3", at.our_routing()));
    const auto again = at.buy(other, "mark-3", at.our_routing());
    // Hidden still: an update gives it back, a refusal says it is not to be had.
    CHECK(again.has_value() == updates);
    at.pass(10'001ms);
    CHECK((*at.look_up(other, "mark-3"))->e164 == other);
    CHECK(at.state()["purchases"].as_array().size() == 2);
  }
}

TEST_CASE("twilio: routing is ours even where an application or a trunk had it") {
  twilio_line at;
  const auto before = at.read_routing();
  REQUIRE(before);
  routing_snapshot elsewhere = *before;
  elsewhere.fields["trunk_sid"] = "TK00000000000000000000000000000001";
  elsewhere.fields["sms_application_sid"] = "AP00000000000000000000000000000001";
  elsewhere.fields["voice_url"] = "https://elsewhere.example/voice";
  pending_answer<void> restored;
  at.subject().restore_routing(at.line, elsewhere, restored.done());
  REQUIRE(at.await(restored));
  const auto foreign = at.look_up(at.line, "");
  REQUIRE(foreign);
  CHECK((*foreign)->routing.voice_url.empty());
  CHECK((*foreign)->routing.text_url.empty());
  CHECK_FALSE((*foreign)->routing_set);
  CHECK(at.read_routing()->fields == elsewhere.fields);

  REQUIRE(at.set_routing(at.line, at.our_routing()));
  const auto ours = at.look_up(at.line, "");
  CHECK((*ours)->routing.voice_url == at.our_routing().voice_url);
  CHECK((*ours)->routing.text_url == at.our_routing().text_url);
  CHECK((*ours)->mark == "mark-1");

  pending_answer<void> again;
  at.subject().restore_routing(at.line, elsewhere, again.done());
  REQUIRE(at.await(again));
  CHECK(at.read_routing()->fields == elsewhere.fields);
  CHECK((*at.look_up(at.line, ""))->mark == "mark-1");
}

TEST_CASE("twilio: a snapshot that is none is refused") {
  twilio_line at;
  pending_answer<void> answer;
  at.subject().restore_routing(at.line, {.fields = {{"sms_url", 7}}}, answer.done());
  REQUIRE_FALSE(at.await(answer));
  CHECK((*at.look_up(at.line, ""))->routing.text_url == at.our_routing().text_url);
}

TEST_CASE("twilio: an emergency address is taken off first") {
  twilio_line at;
  at.control("POST", "numbers", {{"e164", at.line}, {"emergency_address", true}});
  CHECK(at.release(at.line, "mark-2"));  // not that mark's
  CHECK(at.is_seen(at.line, "mark-1"));
  REQUIRE(at.release(at.line, "mark-1"));
  CHECK_FALSE(at.is_seen(at.line, ""));
  CHECK(at.state()["releases"].as_int64() == 1);
}

TEST_CASE("twilio: a number gone behind our back is gone, one changed there is shown so") {
  twilio_line at;
  at.control("POST", "numbers", {{"e164", at.line}, {"text_url", "https://else.example/"}});
  CHECK((*at.look_up(at.line, "mark-1"))->routing.text_url == "https://else.example/");
  at.control("DELETE", "numbers", {{"e164", at.line}});
  CHECK_FALSE(at.is_seen(at.line, "mark-1"));
  CHECK(at.release(at.line, "mark-1"));
  const auto routed = at.set_routing(at.line, at.our_routing());
  REQUIRE_FALSE(routed);
  CHECK(routed.error().kind == error_class::conflict);
}

TEST_CASE("twilio: searches by place, digits and ability, though the carrier ignores it all") {
  twilio_fixture at;
  const number_search wanted{.type = number_type::local, .area_codes = {}, .limit = 10,
                             .contains = "77", .locality = "Austin", .region = "TX",
                             .features = {.texts = true, .media = true}};
  for (const bool ignores : {false, true}) {
    if (ignores) at.order("filter_ignored", "search");
    const auto offers = at.search(wanted);
    if (!ignores) CHECK(offers.size() == 10);
    for (const number_offer& offer : offers) {
      CHECK(offer.e164.starts_with("+1512"));
      CHECK(offer.e164.find("77") != std::string::npos);
      CHECK(offer.features.media);
      REQUIRE(offer.price);
      CHECK(offer.price->is_estimate);
    }
  }
  const auto free = at.search({number_type::toll_free, {}, 3});
  REQUIRE(free.size() == 3);
  CHECK(free[0].price->monthly_micro_usd == 2'150'000);
}

TEST_CASE("twilio: an API key makes the requests, the token still judges signatures") {
  struct keyed_fixture : twilio_fixture {
    carrier_account_settings account() const override {
      auto settings = twilio_fixture::account();
      using namespace emulators::twilio;
      settings.credentials["api_key_sid"] = secret_string(api_key_sid);
      settings.credentials["api_key_secret"] = secret_string(api_key_secret);
      return settings;
    }
  } at;
  at.reopen();
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "m", at.our_routing()));
  at.control("POST", "texts", {{"from", twilio_line::handset}, {"to", number}, {"body", "Hi"}});
  at.pass(1ms);
  CHECK(at.subject().verify_webhook(at.next_webhook()));
  pending_answer<account_report> answer;
  at.subject().check_account(answer.done());
  CHECK(at.await(answer));
}

TEST_CASE("twilio: credentials that cannot be right are refused by name") {
  const auto& described = find_known_carrier("twilio")->described;
  const auto field_of = [&](std::string_view sid, std::string_view token,
                            std::map<std::string, std::string, std::less<>> options = {}) {
    carrier_account_settings account;
    account.name = "main";
    account.credentials.emplace("account_sid", secret_string(sid));
    account.credentials.emplace("auth_token", secret_string(token));
    account.options = std::move(options);
    asio_event_loop outgoing;
    address_guard guard;
    system_clock time;
    seeded_random random(1);
    const carrier_tools tools{&outgoing, &guard, {}, &time, &random};
    const auto made = twilio::make_twilio_carrier(described, tools, std::move(account));
    return made ? std::string("made") : made.error().field;
  };
  const std::string sid(emulators::twilio::account_sid);
  const std::string token(emulators::twilio::auth_token);
  CHECK(field_of(sid, token) == "made");
  CHECK(field_of("", token) == "credentials.account_sid");
  CHECK(field_of("AC12", token) == "credentials.account_sid");
  CHECK(field_of(sid, "") == "credentials.auth_token");
  CHECK(field_of(sid, "short") == "credentials.auth_token");
  CHECK(field_of(sid, token, {{"region", "Ie/1"}}) == "options.region");
  CHECK(field_of(sid, token, {{"primary_profile_sid", "x"}}) == "options.primary_profile_sid");
  CHECK(field_of(sid, token, {{"messaging_service_sid", "x"}}) ==
        "options.messaging_service_sid");
}

TEST_CASE("twilio: an account tells its balance and what is missing") {
  twilio_line at;
  auto report = at.account_state();
  REQUIRE(report);
  CHECK(report->can_buy);
  CHECK(report->balance_micro_usd == 100'000'000);
  CHECK(report->missing.empty());
  at.control("POST", "account", {{"trial", true}});
  report = at.account_state();
  REQUIRE(report);
  CHECK(report->missing.size() == 1);
  const auto second = at.buy(at.any_number(), "mark-2", at.our_routing());
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == error_class::refused);
  const std::string number = at.any_number();
  at.control("POST", "account", {{"trial", false}, {"suspended", true}});
  const auto stopped = at.account_state();
  REQUIRE(stopped);
  CHECK_FALSE(stopped->can_buy);
  const auto suspended = at.buy(number, "mark-2", at.our_routing());
  REQUIRE_FALSE(suspended);
  CHECK(suspended.error().code == error_code::carrier_out_of_funds);
}

}  // namespace
}  // namespace dialplane::test
