// Telnyx beyond the port: asynchronous orders, the routes that are honoured, the deletion lock, and
// what is known about texts and registrations there.
#include <set>

#include "conformance/telnyx_fixture.hpp"

namespace dialplane::test {
namespace {

using namespace std::chrono_literals;
using boost::json::object;

object first_number(telnyx_fixture& at) {
  const object state = at.state();
  const auto& numbers = state.at("numbers").as_array();
  REQUIRE(numbers.size() == 1);
  return numbers[0].as_object();
}

// Bought and routed to us.
std::string routed_number(telnyx_fixture& at, const char* mark = "mark-1") {
  const std::string number = at.any_number();
  const auto bought = at.buy(number, mark, at.our_routing());
  REQUIRE(bought);
  REQUIRE(bought->standing == order_standing::owned);
  REQUIRE(at.set_routing(number, at.our_routing()));
  return number;
}

TEST_CASE("telnyx: a pending order is pending until it is owned") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  at.order("order_pending", "buy", 1, 120'000);
  const auto bought = at.buy(number, "mark-1", at.our_routing());
  REQUIRE(bought);
  CHECK(bought->standing == order_standing::pending);
  CHECK(bought->standing_detail == "pending");
  for (const std::string& e164 : {number, std::string()}) {
    const auto seen = at.look_up(e164, "mark-1");
    REQUIRE(seen);
    REQUIRE(seen->has_value());
    CHECK((*seen)->standing == order_standing::pending);
    CHECK((*seen)->e164 == number);
  }
  CHECK(at.set_routing(number, at.our_routing()).error().kind == error_class::not_done);
  // Asked for again, it is still the one order.
  const auto again = at.buy(number, "mark-1", at.our_routing());
  REQUIRE(again);
  CHECK(again->standing == order_standing::pending);
  CHECK(at.buy(number, "mark-2", at.our_routing()).error().kind == error_class::conflict);
  at.pass(121s);
  const auto owned = at.look_up(number, "mark-1");
  REQUIRE(owned);
  REQUIRE(owned->has_value());
  CHECK((*owned)->standing == order_standing::owned);
  CHECK_FALSE((*owned)->reference.empty());
  CHECK(at.state().at("purchases").as_array().size() == 1);
}

TEST_CASE("telnyx: a failed order is failed, and says nothing of another number") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  at.order("order_fails", "buy", 1, 60'000);
  REQUIRE(at.buy(number, "mark-1"));
  at.pass(61s);
  const auto failed = at.look_up(number, "mark-1");
  REQUIRE(failed);
  REQUIRE(failed->has_value());
  CHECK((*failed)->standing == order_standing::failed);
  const auto other = at.look_up(at.any_number(), "mark-1");
  REQUIRE(other);
  CHECK_FALSE(other->has_value());
  // An order that fails at once is a number that is gone.
  at.order("order_fails", "buy");
  const auto at_once = at.buy(at.any_number(), "mark-2");
  REQUIRE_FALSE(at_once);
  CHECK(at_once.error().kind == error_class::conflict);
  CHECK(at.state().at("purchases").as_array().empty());
  // The same mark may buy another one after that.
  const std::string next = at.any_number();
  REQUIRE(at.buy(next, "mark-1"));
  CHECK((*at.look_up(next, "mark-1"))->standing == order_standing::owned);
}

TEST_CASE("telnyx: a repeated order that is taken and fails does not hide the first") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "mark-1"));
  at.order("repeat_accepted", "buy");
  (void)at.buy(number, "mark-1");
  const auto found = at.look_up(number, "mark-1");
  REQUIRE(found);
  REQUIRE(found->has_value());
  CHECK((*found)->standing == order_standing::owned);
}

TEST_CASE("telnyx: the lock is put on with the routing and falls only with the release") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  const auto bought = at.buy(number, "mark-1", at.our_routing());
  REQUIRE(bought);
  CHECK_FALSE(bought->routing_set);
  REQUIRE(at.set_routing(number, at.our_routing()));
  CHECK(first_number(at).at("locked").as_bool());
  const auto found = at.look_up(number, "mark-1");
  REQUIRE(found);
  CHECK((*found)->routing_set);
  CHECK((*found)->routing.text_url == at.our_routing().text_url);
  CHECK((*found)->routing.voice_url == at.our_routing().voice_url);
  CHECK(at.release(number, "another-mark"));
  CHECK(first_number(at).at("locked").as_bool());
  // Leading nowhere, it is still locked.
  REQUIRE(at.set_routing(number, {}));
  CHECK(first_number(at).at("locked").as_bool());
  CHECK(first_number(at).at("connection_id").as_string().empty());
  CHECK(first_number(at).at("messaging_profile_id").as_string().empty());
  REQUIRE(at.release(number, "mark-1"));
  CHECK(at.state().at("numbers").as_array().empty());
}

TEST_CASE("telnyx: profile and application are made once, whoever asks at once or later") {
  telnyx_fixture at;
  std::vector<pending_answer<carrier_number>> answers;
  const auto offers = at.search({number_type::local, {"415"}, 16});
  for (const number_offer& offer : offers) {
    answers.push_back(at.start_buy(offer.e164, "mark-1", at.our_routing()));
  }
  for (const auto& answer : answers) REQUIRE(at.await(answer));
  at.reopen();
  REQUIRE(at.set_routing(offers[0].e164, at.our_routing()));
  at.reopen();
  at.order("filter_ignored", "", 0);
  REQUIRE(at.set_routing(offers[1].e164, at.our_routing()));
  at.clear_faults();
  CHECK(count_in(at, "messaging_profiles") == 1);
  CHECK(count_in(at, "texml_applications") == 1);
}

TEST_CASE("telnyx: a lost answer to the profile's making orders nothing and makes no second") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  at.order("lose_answer", "create_profile");
  const auto outcome = at.buy(number, "mark-1", at.our_routing());
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == error_class::not_done);
  CHECK(calls_of(at, "buy") == 0);
  REQUIRE(at.buy(number, "mark-1", at.our_routing()));
  CHECK(count_in(at, "messaging_profiles") == 1);
}

TEST_CASE("telnyx: another address has a profile of its own, and routes its numbers alone") {
  telnyx_fixture at;
  const std::string number = routed_number(at);
  const std::string other = at.any_number();
  const number_routing elsewhere{"https://else.example/t", "https://else.example/c"};
  REQUIRE(at.buy(other, "mark-2", elsewhere));
  CHECK((*at.look_up(number, ""))->routing.text_url == at.our_routing().text_url);
  CHECK((*at.look_up(other, ""))->routing.text_url == elsewhere.text_url);
  REQUIRE(at.set_routing(number, elsewhere));
  CHECK((*at.look_up(number, ""))->routing.voice_url == elsewhere.voice_url);
  CHECK(count_in(at, "messaging_profiles") == 2);
}

TEST_CASE("telnyx: a lock that does not fall keeps the number; the release is asked again") {
  for (const char* how : {"lock_stays", "lose_answer", "error_after", "error_before", "garbage",
                          "truncated", "rate_limited"}) {
    INFO("fault ", how);
    telnyx_fixture at;
    const std::string number = at.any_number();
    REQUIRE(at.buy(number, "mark-1", at.our_routing()));
    REQUIRE(at.set_routing(number, at.our_routing()));
    REQUIRE(first_number(at).at("locked").as_bool());
    at.order(how, "update_number");
    const auto first = at.release(number, "mark-1");
    REQUIRE_FALSE(first);
    // Nothing was given back, and the caller may ask again at once.
    CHECK(first.error().kind == error_class::not_done);
    CHECK(calls_of(at, "release") == 0);
    REQUIRE(at.state().at("numbers").as_array().size() == 1);
    REQUIRE(at.release(number, "mark-1"));
    CHECK(at.state().at("numbers").as_array().empty());
  }
}

TEST_CASE("telnyx: a lock that is not put on is no routing that was set") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "mark-1", at.our_routing()));
  at.order("lock_stays", "update_number");
  const auto set = at.set_routing(number, at.our_routing());
  REQUIRE_FALSE(set);
  CHECK(set.error().kind == error_class::unknown);
  CHECK_FALSE(first_number(at).at("locked").as_bool());
  CHECK_FALSE((*at.look_up(number, ""))->routing_set);
  REQUIRE(at.set_routing(number, at.our_routing()));
  CHECK(first_number(at).at("locked").as_bool());
}

TEST_CASE("telnyx: a number's routing is read and put back as it was") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  at.control("POST", "numbers", {{"e164", number}, {"mark", "theirs"}});
  pending_answer<routing_snapshot> before;
  at.subject().read_routing(number, before.done());
  const auto snapshot = at.await(before);
  REQUIRE(snapshot);
  REQUIRE(at.set_routing(number, at.our_routing()));
  CHECK(first_number(at).at("locked").as_bool());
  pending_answer<void> restored;
  at.subject().restore_routing(number, *snapshot, restored.done());
  REQUIRE(at.await(restored));
  CHECK(first_number(at).at("connection_id").as_string().empty());
  CHECK_FALSE(first_number(at).at("locked").as_bool());
  CHECK(first_number(at).at("mark").as_string() == "theirs");
}

TEST_CASE("telnyx: a number that is hidden right after its purchase is neither foreign nor gone") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  at.order("hidden", "buy", 1, 20'000);
  const auto bought = at.buy(number, "mark-1", at.our_routing());
  REQUIRE(bought);
  CHECK(bought->standing == order_standing::pending);
  CHECK(at.set_routing(number, at.our_routing()).error().kind == error_class::not_done);
  CHECK(at.release(number, "mark-1").error().kind == error_class::not_done);
  at.pass(21s);
  CHECK(at.set_routing(number, at.our_routing()));
  REQUIRE(at.release(number, "mark-1"));
  const auto gone = at.look_up(number, "mark-1");  // its order succeeded a moment ago
  REQUIRE(gone);
  CHECK_FALSE(gone->has_value());
}

TEST_CASE("telnyx: offers have prices, and never lie outside the asked area code") {
  telnyx_fixture at;
  at.order("price", "search", 1, 0, 500, "2.50001");
  const auto dear = at.search({number_type::local, {"415"}, 1});
  REQUIRE(dear.size() == 1);
  CHECK(dear[0].price == carrier_price{2'500'010, 1'000'000, false});
  CHECK(dear[0].reservable);
  at.order("best_effort_rows", "search", 2);
  for (const number_offer& offer : at.search({number_type::local, {"415"}, 5})) {
    CHECK(offer.e164.substr(2, 3) == "415");
  }
  number_search anywhere{number_type::local, {}, 5};
  anywhere.contains = "73000";
  for (const number_offer& offer : at.search(anywhere)) {
    CHECK(offer.e164.find("73000") != std::string::npos);
    CHECK(offer.e164.substr(2, 3) != "737");  // best effort, without an area code
  }
  const auto toll_free = at.search({number_type::toll_free, {"833"}, 2});
  CHECK(toll_free.size() == 2);
  number_search in_town{number_type::local, {}, 3};
  in_town.locality = "San Francisco";
  in_town.region = "CA";
  for (const number_offer& offer : at.search(in_town)) CHECK(offer.region == "CA");
}

TEST_CASE("telnyx: a reservation holds a number for as long as it says") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  const auto reserve = [&](const char* mark) {
    pending_answer<number_reservation> answer;
    at.subject().reserve(number, mark, answer.done());
    return at.await(answer);
  };
  at.order("lose_answer", "reserve");
  const auto lost = reserve("mark-1");
  REQUIRE_FALSE(lost);
  CHECK(lost.error().kind == error_class::unknown);
  const auto held = reserve("mark-1");  // ours already
  REQUIRE(held);
  CHECK_FALSE(held->reference.empty());
  CHECK(held->expires_at == at.clock().now() + 30min);
  const auto other = reserve("mark-2");
  REQUIRE_FALSE(other);
  CHECK(other.error().kind == error_class::conflict);
  at.pass(30min + 1ms);
  CHECK(reserve("mark-2"));
  CHECK(at.buy(number, "mark-2"));
}

TEST_CASE("telnyx: an ignored filter over several pages finds the one row, or none") {
  telnyx_fixture at;
  std::string last;
  for (int round = 0; round < 2; ++round) {
    for (const number_offer& offer : at.search({number_type::local, {"512"}, 300})) {
      last = offer.e164;
      at.control("POST", "numbers", {{"e164", last}, {"mark", "m" + last.substr(1)}});
    }
  }
  at.order("filter_ignored", "", 0);
  const auto found = at.look_up(last, "m" + last.substr(1));
  REQUIRE(found);
  REQUIRE(found->has_value());
  CHECK((*found)->e164 == last);
  CHECK_FALSE(at.is_seen("+15127499999", "nobody"));
}

TEST_CASE("telnyx: the account tells its balance and what is missing") {
  telnyx_fixture at;
  const auto check = [&] {
    pending_answer<account_report> answer;
    at.subject().check_account(answer.done());
    return at.await(answer);
  };
  const auto rich = check();
  REQUIRE(rich);
  CHECK(rich->balance_micro_usd == 1'000'000'000'000);
  CHECK(rich->can_buy);
  CHECK(rich->account.find("KEY_test") == std::string::npos);
  CHECK(rich->missing.size() == 1);  // the tests have no https
  at.control("POST", "account", {{"balance_micro_usd", 0}});
  const auto poor = check();
  REQUIRE(poor);
  CHECK_FALSE(poor->can_buy);
  CHECK(poor->missing.size() == 2);
  CHECK(calls_of(at, "create_profile") == 0);
}

// ---- texts ------------------------------------------------------------------------------------

TEST_CASE("telnyx: a text's reports name our id; it can be asked for too") {
  telnyx_fixture at;
  const std::string from = routed_number(at);
  const auto sent = send_text(at, from, "msg_1");
  REQUIRE(sent);
  at.pass(100ms);
  auto news = next_news(at);
  REQUIRE(news.size() == 1);
  CHECK(news[0].our_id == "msg_1");
  CHECK(news[0].carrier_message_id == sent->carrier_message_id);
  CHECK(news[0].status == message_status::sent);
  at.pass(400ms);
  news = next_news(at);
  REQUIRE(news.size() == 1);
  CHECK(news[0].status == message_status::delivered);
  pending_answer<carrier_news> answer;
  at.subject().text_state(sent->carrier_message_id, answer.done());
  const auto state = at.await(answer);
  REQUIRE(state);
  CHECK(state->status == message_status::delivered);
  CHECK(state->our_id == "msg_1");
}

TEST_CASE("telnyx: a lost answer is found by our id; what is not found may still have left") {
  telnyx_fixture at;
  const std::string from = routed_number(at);
  at.order("lose_answer", "send");
  const auto lost = send_text(at, from, "msg_1");
  REQUIRE_FALSE(lost);
  CHECK(lost.error().kind == error_class::unknown);
  CHECK(calls_of(at, "send") == 1);  // never repeated
  const auto found = look_up_text(at, from, "msg_1");
  REQUIRE(found);
  CHECK(found->has_value());
  const auto other = look_up_text(at, from, "msg_2");
  REQUIRE_FALSE(other);
  CHECK(other.error().code == error_code::not_configured);
}

TEST_CASE("telnyx: refused texts have their reasons, failed ones their codes") {
  telnyx_fixture at;
  const std::string from = routed_number(at);
  for (const auto& [fault, code] :
       {std::pair{"opted_out", error_code::recipient_opted_out},
        std::pair{"unregistered", error_code::compliance_pending},
        std::pair{"no_funds", error_code::carrier_out_of_funds}}) {
    at.order(fault, "send");
    const auto outcome = send_text(at, from, "msg_1");
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == error_class::refused);
    CHECK(outcome.error().code == code);
  }
  at.order("text_fails", "send", 1, 0, 500, "40001");
  REQUIRE(send_text(at, from, "msg_2"));
  at.pass(100ms);
  next_news(at);
  at.pass(400ms);
  const auto news = next_news(at);
  REQUIRE(news.size() == 1);
  CHECK(news[0].status == message_status::failed);
  CHECK(news[0].failure_code == "40001");
}

TEST_CASE("telnyx: received texts that never reached us are read from the deliveries") {
  telnyx_fixture at;
  const std::string number = routed_number(at);
  const timestamp since = at.clock().now();
  at.pass(1s);
  at.order("webhook_never", "message.received");
  at.control("POST", "texts", {{"from", "+12125550147"}, {"to", number}, {"body", "Lost?"}});
  pending_answer<received_texts_page> answer;
  at.subject().received_texts(since, std::nullopt, answer.done());
  const auto page = at.await(answer);
  REQUIRE(page);
  REQUIRE(page->texts.size() == 1);
  CHECK(page->texts[0].body == "Lost?");
  CHECK(page->texts[0].to == number);
  CHECK_FALSE(page->next_cursor);
  pending_answer<received_texts_page> later;
  at.subject().received_texts(at.clock().now() + 1s, std::nullopt, later.done());
  CHECK(at.await(later)->texts.empty());
}

TEST_CASE("telnyx: a webhook that fails is tried again, three times in all") {
  telnyx_fixture at;
  const std::string number = at.any_number();
  // Nobody listens there.
  const number_routing dead{"http://127.0.0.1:59999/texts", "http://127.0.0.1:59999/calls"};
  REQUIRE(at.buy(number, "mark-1", dead));
  at.control("POST", "texts", {{"from", "+12125550147"}, {"to", number}, {"body", "Hm"}});
  for (int wait = 0; wait < 20'000 && count_in(at, "webhooks_given_up") == 0; ++wait) at.pass(1s);
  CHECK(count_in(at, "webhooks_given_up") == 1);
}

TEST_CASE("telnyx: an order that ends is told where the account asks for it") {
  telnyx_fixture at;
  at.control("POST", "account", {{"order_webhook_url", at.our_routing().text_url}});
  const std::string number = at.any_number();
  REQUIRE(at.buy(number, "mark-1"));
  at.pass(1ms);
  const auto news = next_news(at);
  REQUIRE(news.size() == 1);
  CHECK(news[0].kind == carrier_news_kind::order_changed);
  CHECK(news[0].mark == "mark-1");
  CHECK(news[0].to == number);
}

// ---- calls ------------------------------------------------------------------------------------

TEST_CASE("telnyx: a call asks us, signed, and the answer connects the stream both ways") {
  telnyx_fixture at;
  const std::string number = routed_number(at);
  at.control("POST", "calls", {{"from", "+12125550147"}, {"to", number}});
  const carrier_webhook came = at.next_webhook();
  CHECK(came.url == at.our_routing().voice_url);
  REQUIRE(at.subject().verify_webhook(came));
  const auto call = at.subject().read_call(came.body);
  REQUIRE(call);
  CHECK(call->asks_for_plan);
  CHECK(call->to == number);
  CHECK(call->from == "+12125550147");
  call_plan plan;
  plan.action = call_action::connect_stream;
  plan.target = "wss://agent.example/stream";
  const webhook_answer answer = at.subject().call_instructions(plan);
  CHECK(answer.content_type == "application/xml");
  CHECK(answer.body.find("bidirectionalMode=\"rtp\"") != std::string::npos);
  CHECK(answer.body.find("wss://agent.example/stream") != std::string::npos);
  // The receiver answered "{}", which is no plan: the call is over and that is reported.
  const carrier_webhook over = at.next_webhook();
  REQUIRE(at.subject().verify_webhook(over));
  const auto report = at.subject().read_call(over.body);
  REQUIRE(report);
  CHECK_FALSE(report->asks_for_plan);
  CHECK(report->status == call_status::completed);
  CHECK(report->carrier_call_id == call->carrier_call_id);
}

// ---- opening an account -----------------------------------------------------------------------

TEST_CASE("telnyx: an account with wrong credentials is not opened, and names the field") {
  struct row {
    const char* field;
    const char* api_key;
    const char* public_key;
    const char* profile;
  };
  const carrier_description& described = find_known_carrier("telnyx")->described;
  for (const row& each :
       {row{"credentials.api_key", "", telnyx_fixture::public_key, ""},
        row{"credentials.api_key", "short", telnyx_fixture::public_key, ""},
        row{"credentials.api_key", "KEY_with\r\nX-Evil: 1", telnyx_fixture::public_key, ""},
        row{"credentials.public_key", "KEY_test_0123456789", "AAAA", ""},
        row{"options.messaging_profile_id", "KEY_test_0123456789", telnyx_fixture::public_key,
            "../balance"}}) {
    INFO(each.field);
    carrier_account_settings settings;
    settings.name = "telnyx";
    settings.credentials.emplace("api_key", secret_string(each.api_key));
    settings.credentials.emplace("public_key", secret_string(each.public_key));
    settings.options.emplace("messaging_profile_id", each.profile);
    const auto made = telnyx::make_telnyx_carrier(described, {}, std::move(settings));
    REQUIRE_FALSE(made);
    CHECK(made.error().code == error_code::carrier_account_invalid);
    CHECK(made.error().field == each.field);
  }
}

}  // namespace
}  // namespace dialplane::test
