// Texts and calls of Twilio's: found again without an id of ours, reported in any order, signed.
#include <doctest/doctest.h>

#include <set>

#include "conformance/twilio_fixture.hpp"

namespace dialplane::test {
namespace {

using boost::json::array;
using boost::json::object;
using namespace std::chrono_literals;

received_texts_page received(twilio_line& at, timestamp since,
                             std::optional<std::string> cursor = {}) {
  pending_answer<received_texts_page> answer;
  at.subject().received_texts(since, std::move(cursor), answer.done());
  const auto page = at.await(answer);
  if (!page) FAIL(describe(page.error()));
  return *page;
}

// The emulator has got the answer to the call's webhook, and goes by it.
void await_plan(twilio_line& at) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  for (;;) {
    const object calls = at.control("GET", "calls");
    const object& first = calls.at("calls").as_array().at(0).as_object();
    if (!first.at("answers").as_array().empty()) return;
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  }
}

}  // namespace

TEST_CASE("twilio texts: taken once, and its state can be asked for") {
  twilio_line at;
  const auto sent = at.send("msg_1", "Hello & welcome");
  REQUIRE(sent);
  CHECK(sent->carrier_message_id.starts_with("SM"));
  CHECK(at.texts_taken() == 1);
  CHECK(at.text_state(sent->carrier_message_id)->status == message_status::queued);
  at.pass(60ms);
  CHECK(at.text_state(sent->carrier_message_id)->status == message_status::sent);
  at.pass(60ms);
  CHECK(at.text_state(sent->carrier_message_id)->status == message_status::delivered);
  CHECK_FALSE(at.text_state("SM00000000000000000000000000000001"));
  CHECK_FALSE(at.text_state("../../Accounts"));
}

TEST_CASE("twilio texts: reports repeat and cross, each status has a key of its own") {
  twilio_line at;
  const auto sent = at.send("msg_1");
  REQUIRE(sent);
  at.pass(60ms);
  at.pass(60ms);
  std::map<std::string, std::set<message_status>> by_key;
  for (int report = 0; report < 4; ++report) {
    const carrier_webhook came = at.next_webhook();
    CHECK(came.url.ends_with("/status?text=msg_1"));
    const auto news = at.news_of(came);
    REQUIRE(news.size() == 1);
    CHECK(news[0].kind == carrier_news_kind::text_status);
    CHECK(news[0].carrier_message_id == sent->carrier_message_id);
    by_key[at.subject().verify_webhook(came)->event_key].insert(news[0].status);
  }
  CHECK(by_key.size() == 2);
  for (const auto& [key, statuses] : by_key) CHECK(statuses.size() == 1);
}

TEST_CASE("twilio texts: a lost answer is unknown, and what was said finds the text") {
  twilio_line at;
  REQUIRE(at.send("msg_0", "hello"));  // the same words before, known to be another
  for (const char* how : {"lose_answer", "error_after", "garbage", "truncated"}) {
    INFO("fault ", how);
    const std::string id = std::string("msg_") + how;
    at.order(how, "send");
    const auto outcome = at.send(id);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == error_class::unknown);
    const auto found = at.look(id);
    REQUIRE(found);
    REQUIRE(found->has_value());
    // The same one each time it is asked for.
    CHECK((*at.look(id))->carrier_message_id == (*found)->carrier_message_id);
  }
  CHECK(at.texts_taken() == 5);
  at.order("lose_request", "send");
  REQUIRE_FALSE(at.send("msg_never", "never taken"));
  const auto absent = at.look("msg_never");
  REQUIRE(absent);
  CHECK_FALSE(absent->has_value());
  at.order("filter_ignored", "texts");
  CHECK_FALSE(at.look("msg_never")->has_value());
}

TEST_CASE("twilio texts: after a restart it says that it cannot tell, so nothing goes again") {
  twilio_line at;
  for (const char* how : {"lose_answer", "lose_request"}) {
    at.order(how, "send");
    REQUIRE_FALSE(at.send("msg_1"));
    at.reopen();
    const auto unsure = at.look("msg_1");
    REQUIRE_FALSE(unsure);
    CHECK(unsure.error().kind == error_class::refused);
    CHECK(unsure.error().code == error_code::not_configured);
  }
  CHECK(at.texts_taken() == 1);
}

TEST_CASE("twilio texts: refusals in their classes") {
  twilio_line at;
  at.order("rate_limited", "send");
  CHECK(at.send("a").error().kind == error_class::not_done);
  at.order("queue_full", "send");
  CHECK(at.send("b").error().kind == error_class::not_done);
  at.order("no_funds", "send");
  CHECK(at.send("c").error().code == error_code::carrier_out_of_funds);
  // A STOP that we never heard of.
  at.text_in("STOP", {{"silent", true}});
  const auto stopped = at.send("d");
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().kind == error_class::refused);
  CHECK(stopped.error().code == error_code::recipient_opted_out);
  CHECK(at.texts_taken() == 0);
}

TEST_CASE("twilio texts: taken and then not delivered, with the reason in words") {
  twilio_line at;
  at.control("POST", "account", {{"strict_registration", true}});
  const auto sent = at.send("msg_1");
  REQUIRE(sent);
  at.pass(60ms);
  at.pass(60ms);
  const auto state = at.text_state(sent->carrier_message_id);
  REQUIRE(state);
  CHECK(state->status == message_status::failed);
  CHECK(state->failure_code == "30034");
  CHECK(state->failure_reason == "The number is not on an approved campaign.");
  bool was_told = false;
  for (int report = 0; report < 4; ++report) {
    for (const carrier_news& news : at.news_of(at.next_webhook())) {
      was_told = was_told || news.failure_code == "30034";
    }
  }
  CHECK(was_told);
}

TEST_CASE("twilio texts: what came in is listed for webhooks that were lost") {
  twilio_line at;
  at.order("webhook_never", "text", 0);
  const timestamp begin = at.clock().now();
  at.text_in("too early");
  at.pass(60'000ms);
  const timestamp since = at.clock().now();
  for (int i = 0; i < 3; ++i) at.text_in("text " + std::to_string(i));
  REQUIRE(at.send("msg_1"));
  at.pass(1ms);
  CHECK(at.webhooks_waiting() == 0);
  const auto page = received(at, since);
  CHECK(page.texts.size() == 3);
  std::set<std::string> bodies;
  for (const carrier_news& news : page.texts) {
    CHECK(news.kind == carrier_news_kind::text_received);
    CHECK(news.from == twilio_line::handset);
    CHECK(news.to == at.line);
    bodies.insert(news.body);
  }
  CHECK(bodies == std::set<std::string>{"text 0", "text 1", "text 2"});
  CHECK(received(at, begin).texts.size() == 4);
  pending_answer<received_texts_page> answer;
  at.subject().received_texts(begin, "nonsense", answer.done());
  CHECK_FALSE(at.await(answer));
}

TEST_CASE("twilio texts: received ones come page by page") {
  twilio_line at;
  at.order("webhook_never", "text", 0);
  for (int i = 0; i < 450; ++i) at.text_in("text " + std::to_string(i));
  std::set<std::string> ids;
  std::optional<std::string> cursor;
  int pages = 0;
  do {
    const auto page = received(at, {0}, cursor);
    for (const carrier_news& news : page.texts) ids.insert(news.carrier_message_id);
    cursor = page.next_cursor;
    ++pages;
  } while (cursor);
  CHECK(ids.size() == 450);
  CHECK(pages == 3);
}

TEST_CASE("twilio texts: opting out is told beside the text") {
  twilio_line at;
  at.text_in("stop");
  at.pass(1ms);
  const auto news = at.news_of(at.next_webhook());
  REQUIRE(news.size() == 2);
  CHECK(news[0].kind == carrier_news_kind::recipient_opted_out);
  CHECK(news[0].to == at.line);
  CHECK(news[1].body == "stop");
  CHECK(at.subject().acknowledgement().content_type == "text/xml");
  CHECK(at.subject().acknowledgement().body == "<Response/>");
}

TEST_CASE("twilio texts: a replay a day later has the key it had") {
  twilio_line at;
  at.text_in("once");
  at.pass(1ms);
  const carrier_webhook came = at.next_webhook();
  const std::string key = at.subject().verify_webhook(came)->event_key;
  at.loop().advance(24h);
  CHECK(at.subject().verify_webhook(came)->event_key == key);
}

// ---- calls ----------------------------------------------------------------------------------

TEST_CASE("twilio calls: one that rings asks, is answered with a plan, and tells how it ended") {
  twilio_line at;
  at.control("POST", "calls", {{"from", twilio_line::handset}, {"to", at.line}});
  at.pass(1ms);
  const carrier_webhook rings = at.next_webhook();
  CHECK(rings.url == at.our_routing().voice_url);
  const auto key = at.subject().verify_webhook(rings);
  REQUIRE(key);
  const auto call = at.subject().read_call(rings.body);
  REQUIRE(call);
  CHECK(call->asks_for_plan);
  CHECK(call->to == at.line);
  CHECK(call->from == twilio_line::handset);
  call_plan plan{.action = call_action::connect_stream, .target = "wss://agent.example/media"};
  plan.parameters = {{"call", call->carrier_call_id}};
  const webhook_answer answer = at.subject().call_instructions(plan);
  CHECK(answer.content_type == "text/xml");
  CHECK(answer.body.find("<Stream url=\"wss://agent.example/media\">") != std::string::npos);
  // The receiver answered with no plan, so the call ends, which is told out of order and twice.
  await_plan(at);
  at.pass(200ms);
  std::set<std::string> keys{key->event_key};
  std::optional<carrier_call> last;
  for (int report = 0; report < 3; ++report) {
    const carrier_webhook came = at.next_webhook();
    keys.insert(at.subject().verify_webhook(came)->event_key);
    const auto told = at.subject().read_call(came.body);
    REQUIRE(told);
    CHECK_FALSE(told->asks_for_plan);
    CHECK(told->carrier_call_id == call->carrier_call_id);
    if (!last || *told->sequence > *last->sequence) last = *told;
  }
  CHECK(keys.size() == 3);
  CHECK(last->status == call_status::completed);
  CHECK(last->duration_s == 12);
}

TEST_CASE("twilio calls: a number whose calls go elsewhere does not ring here") {
  twilio_line at;
  pending_answer<void> moved;
  at.subject().restore_routing(at.line, {.fields = {{"trunk_sid", "TK1"}}}, moved.done());
  REQUIRE(at.await(moved));
  at.control("POST", "calls", {{"from", twilio_line::handset}, {"to", at.line}});
  at.pass(1ms);
  const auto told = at.subject().read_call(at.next_webhook().body);
  REQUIRE(told);
  CHECK_FALSE(told->asks_for_plan);  // only the end is told
}

}  // namespace dialplane::test
