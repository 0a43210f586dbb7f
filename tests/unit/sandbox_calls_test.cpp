// The sandbox's small language for calls: what it posts is read strictly, what it is told is
// written completely.
#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>
#include <string>

#include "carriers/sandbox/call_desk.hpp"
#include "support/show_results.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

json::object good(std::string_view type = "call.incoming") {
  return {{"type", type},
          {"data", json::object{{"id", "sbx_1"},
                                {"from", "+14155550142"},
                                {"to", "+14155550100"},
                                {"status", "ringing"},
                                {"sequence", 3},
                                {"at", "2026-01-01T00:00:00.000Z"}}}};
}

json::object good_with(std::string_view member, json::value value) {
  json::object body = good();
  body.at("data").as_object()[member] = std::move(value);
  return body;
}

result<carrier_call> read_posted_call(const json::object& body) {
  return sandbox::read_call_body(json::serialize(body));
}

}  // namespace

TEST_CASE("sandbox calls: questions and reports") {
  const auto asked = read_posted_call(good());
  REQUIRE(asked);
  CHECK(asked->asks_for_plan);
  CHECK(asked->carrier_call_id == "sbx_1");
  CHECK(asked->sequence == 3);
  CHECK(asked->at == timestamp{1'767'225'600'000});
  CHECK_FALSE(asked->leg_ended);
  CHECK_FALSE(read_posted_call(good("call.status"))->asks_for_plan);
  json::object ended = good("call.leg_ended");
  ended.at("data").as_object()["leg_ended"] = "no_answer";
  CHECK(read_posted_call(ended)->asks_for_plan);
  CHECK(read_posted_call(ended)->leg_ended == call_status::no_answer);
}

TEST_CASE("sandbox calls: whatever is wrong is refused") {
  CHECK_FALSE(sandbox::read_call_body(""));
  CHECK_FALSE(sandbox::read_call_body("[]"));
  CHECK_FALSE(sandbox::read_call_body("{}"));
  CHECK_FALSE(read_posted_call(good("call.other")));
  CHECK_FALSE(read_posted_call({{"type", "call.incoming"}, {"data", json::array()}}));
  for (const char* member : {"id", "from", "to", "status", "at"}) {
    CAPTURE(member);
    json::object without = good();
    without.at("data").as_object().erase(member);
    CHECK_FALSE(read_posted_call(without));
    CHECK_FALSE(read_posted_call(good_with(member, nullptr)));
    CHECK_FALSE(read_posted_call(good_with(member, 7)));
    CHECK_FALSE(read_posted_call(good_with(member, "")));
    CHECK_FALSE(read_posted_call(good_with(member, json::string(5'000, 'x'))));
  }
  CHECK_FALSE(read_posted_call(good_with("status", "ringing ")));
  CHECK_FALSE(read_posted_call(good_with("leg_ended", "gone")));
  CHECK_FALSE(read_posted_call(good_with("leg_ended", nullptr)));
  CHECK_FALSE(read_posted_call(good_with("sequence", -1)));
  CHECK_FALSE(read_posted_call(good_with("sequence", 1.5)));
  CHECK_FALSE(read_posted_call(good_with("duration_s", "7")));
  CHECK_FALSE(read_posted_call(good_with("duration_s", 1'000'000'000)));
  CHECK_FALSE(read_posted_call(good_with("at", "yesterday")));
  CHECK(read_posted_call(good_with("duration_s", nullptr)));
}

TEST_CASE("sandbox calls: plans in its language") {
  call_plan plan;
  CHECK(json::serialize(sandbox::written_plan(plan)) == R"({"hang_up":true})");
  plan.action = call_action::say;
  plan.sentence = "Good \"day\".";
  CHECK(json::serialize(sandbox::written_plan(plan)) ==
        R"({"say":{"sentence":"Good \"day\"."}})");
  plan.action = call_action::connect_stream;
  plan.target = "wss://agent.example/";
  plan.parameters = {{"call_id", "ac_1"}};
  plan.next_url = "next";
  plan.status_url = "status";
  CHECK(json::serialize(sandbox::written_plan(plan)) ==
        R"({"connect_stream":{"url":"wss://agent.example/","parameters":{"call_id":"ac_1"},)"
        R"("next_url":"next","status_url":"status"}})");
  plan.action = call_action::dial_sip;
  plan.target = "sip:desk@edge.example";
  plan.sip_username = "desk";
  plan.sip_password = secret_string("word");
  plan.caller_id = "+14155550142";
  const auto written = sandbox::written_plan(plan);
  const auto& dialled = written.at("dial_sip").as_object();
  CHECK(dialled.at("password").as_string() == "word");
  CHECK(dialled.at("caller_id").as_string() == "+14155550142");
}

}  // namespace dialplane
