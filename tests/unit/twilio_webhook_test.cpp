#include "carriers/twilio/webhook_form.hpp"

#include <doctest/doctest.h>

#include "support/moments.hpp"
#include "support/show_results.hpp"

namespace dialplane::twilio {

namespace {

using test::new_year;

const std::string message_sid = "SM00000000000000000000000000000001";
const std::string call_sid = "CA00000000000000000000000000000001";

std::vector<carrier_news> read_text(const std::string& body) {
  const auto news = read_text_webhook(body, new_year);
  if (!news) FAIL(describe(news.error()));
  return *news;
}

carrier_call read_call(const std::string& body) {
  const auto told = read_call_webhook(body);
  if (!told) FAIL(describe(told.error()));
  return *told;
}

}  // namespace

TEST_CASE("twilio webhook: a text with pictures") {
  const auto news =
      read_text("MessageSid=" + message_sid + "&SmsSid=" + message_sid +
                "&SmsStatus=received&From=%2B14155550142&To=%2B14155550100&Body=a%0Ab"
                "&NumMedia=2&MediaUrl0=https%3A%2F%2Fx.test%2F1&MediaUrl1=u&Strange=1");
  REQUIRE(news.size() == 1);
  CHECK(news[0].kind == carrier_news_kind::text_received);
  CHECK(news[0].carrier_message_id == message_sid);
  CHECK(news[0].from == "+14155550142");
  CHECK(news[0].to == "+14155550100");
  CHECK(news[0].body == "a\nb");
  CHECK(news[0].media_urls == std::vector<std::string>{"https://x.test/1", "u"});
  CHECK(news[0].at == new_year);
}

TEST_CASE("twilio webhook: choices of the recipient come first, the text stays") {
  const std::string text =
      "MessageSid=" + message_sid + "&From=%2B14155550142&To=%2B14155550100&Body=STOP&OptOutType=";
  const auto stop = read_text(text + "STOP");
  REQUIRE(stop.size() == 2);
  CHECK(stop[0].kind == carrier_news_kind::recipient_opted_out);
  CHECK(stop[0].from == "+14155550142");
  CHECK(stop[1].kind == carrier_news_kind::text_received);
  CHECK(read_text(text + "START")[0].kind == carrier_news_kind::recipient_opted_in);
  CHECK(read_text(text + "HELP").size() == 1);
  CHECK(read_text(text + "LATER").size() == 1);
}

TEST_CASE("twilio webhook: statuses, known and unknown") {
  const std::string report = "MessageSid=" + message_sid + "&From=%2B14155550100&To=%2B14155550142";
  CHECK(read_text(report + "&MessageStatus=sent")[0].status == message_status::sent);
  CHECK(read_text(report + "&MessageStatus=delivered")[0].status == message_status::delivered);
  CHECK(read_text(report + "&MessageStatus=read")[0].status == message_status::delivered);
  CHECK(read_text(report + "&MessageStatus=queued").empty());
  CHECK(read_text(report + "&MessageStatus=sending").empty());
  CHECK(read_text(report + "&MessageStatus=beamed").empty());
  const auto failed = read_text(report + "&MessageStatus=undelivered&ErrorCode=30034");
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].status == message_status::failed);
  CHECK(failed[0].failure_code == "30034");
  CHECK(failed[0].failure_reason == "The number is not on an approved campaign.");
  CHECK(read_text(report + "&MessageStatus=failed&ErrorCode=39999")[0].failure_reason ==
        "The carrier could not deliver the text.");
  const auto stopped = read_text(report + "&MessageStatus=failed&ErrorCode=21610");
  REQUIRE(stopped.size() == 2);
  CHECK(stopped[0].kind == carrier_news_kind::recipient_opted_out);
  CHECK(stopped[0].from == "+14155550142");
  CHECK(stopped[0].to == "+14155550100");
}

TEST_CASE("twilio webhook: hostile bodies are errors, foreign ones say nothing") {
  for (const std::string& body :
       {std::string("MessageSid=SMx&From=a&To=b"), "MessageSid=" + message_sid + "&From=a",
        "MessageSid=" + message_sid + "&From=a&To=b&NumMedia=-1",
        "MessageSid=" + message_sid + "&From=a&To=b&NumMedia=99999999999999999999",
        "MessageSid=" + message_sid + "&From=a&To=b&MessageStatus=failed&ErrorCode=x",
        "MessageSid=" + message_sid + "&From=a&To=b&Body=" + std::string(20'000, 'x'),
        "MessageSid=" + std::string(70, 'S'), std::string("MessageSid=%"),
        "MessageSid=" + message_sid + "&Body=%FF", std::string("{\"a\":1,\"a\":2}"),
        std::string("{"), std::string(70'000, 'a')}) {
    INFO(body.substr(0, 80));
    CHECK_FALSE(read_text_webhook(body, new_year));
  }
  CHECK(read_text("").empty());
  CHECK(read_text("CallSid=" + call_sid + "&CallStatus=ringing").empty());
  CHECK(read_text("{\"event\":\"ping\"}").empty());
  const std::string many =
      "MessageSid=" + message_sid + "&From=a&To=b&NumMedia=1000000&MediaUrl0=u";
  CHECK(read_text(many)[0].media_urls.size() == 1);
}

TEST_CASE("twilio calls: one that rings asks, reports do not") {
  const std::string ringing =
      "CallSid=" + call_sid +
      "&From=%2B14155550160&To=%2B14155550100&Direction=inbound&CallStatus=";
  const auto rings = read_call(ringing + "ringing");
  CHECK(rings.asks_for_plan);
  CHECK(rings.inbound);
  CHECK(rings.status == call_status::ringing);
  CHECK(rings.from == "+14155550160");
  CHECK_FALSE(rings.leg_ended);
  CHECK_FALSE(rings.sequence);

  const auto ended = read_call(ringing +
                               "completed&CallbackSource=call-progress-events&SequenceNumber=3"
                               "&CallDuration=12"
                               "&Timestamp=Thu%2C+01+Jan+2026+00%3A00%3A00+%2B0000");
  CHECK_FALSE(ended.asks_for_plan);
  CHECK(ended.status == call_status::completed);
  CHECK(ended.sequence == 3);
  CHECK(ended.duration_s == 12);
  CHECK(ended.at == new_year);
  CHECK(read_call(ringing + "no-answer").status == call_status::no_answer);
  CHECK_FALSE(read_call(ringing + "completed").asks_for_plan);
  const auto odd = read_call(ringing + "levitating");
  CHECK(odd.status == call_status::in_progress);
  CHECK_FALSE(odd.asks_for_plan);
}

TEST_CASE("twilio calls: after a leg or a stream it asks again") {
  const std::string going = "CallSid=" + call_sid +
                            "&From=%2B14155550160&To=%2B14155550100&Direction=inbound"
                            "&CallStatus=in-progress";
  const auto leg = read_call(going + "&DialCallStatus=no-answer&DialCallSid=CA2");
  CHECK(leg.asks_for_plan);
  CHECK(leg.leg_ended == call_status::no_answer);
  const auto stream = read_call(going);
  CHECK(stream.asks_for_plan);
  CHECK(stream.leg_ended == call_status::completed);
  CHECK(read_call(going + "&DialCallStatus=odd").leg_ended == call_status::failed);
}

TEST_CASE("twilio calls: reports of a stream or a leg are told of their call") {
  const auto error = read_call("CallSid=" + call_sid + "&StreamSid=MZ1&StreamEvent=stream-error");
  CHECK_FALSE(error.asks_for_plan);
  CHECK(error.carrier_call_id == call_sid);
  CHECK(error.leg_ended == call_status::failed);
  CHECK(error.status == call_status::in_progress);
  const auto leg = read_call("CallSid=CA9&ParentCallSid=" + call_sid +
                             "&Direction=outbound-dial&CallStatus=completed&SequenceNumber=4"
                             "&CallbackSource=call-progress-events&To=sip%3Aa%40b");
  CHECK(leg.carrier_call_id == call_sid);
  CHECK(leg.status == call_status::in_progress);
  CHECK(leg.leg_ended == call_status::completed);
  CHECK_FALSE(leg.asks_for_plan);
  CHECK(leg.to.empty());
  // It rings until somebody answers it; that its end is known needs no answer.
  const auto of_leg = [](const std::string& word) {
    return read_call(
        "CallSid=CA9&ParentCallSid=" + call_sid +
        "&Direction=outbound-dial&CallbackSource=call-progress-events&CallStatus=" + word);
  };
  for (const char* word : {"queued", "initiated", "ringing", "levitating"}) {
    INFO(word);
    CHECK(of_leg(word).status == call_status::ringing);
    CHECK_FALSE(of_leg(word).leg_ended);
    CHECK_FALSE(of_leg(word).asks_for_plan);
  }
  CHECK(of_leg("in-progress").status == call_status::in_progress);
  CHECK_FALSE(of_leg("in-progress").leg_ended);
  CHECK(of_leg("no-answer").leg_ended == call_status::no_answer);
}

TEST_CASE("twilio calls: hostile bodies are errors") {
  for (const std::string& body :
       {std::string(), std::string("{}"), "CallSid=" + call_sid, std::string("CallStatus=ringing"),
        "CallSid=" + std::string(100, 'a') + "&CallStatus=ringing",
        "CallSid=" + call_sid + "&CallStatus=ringing&From=" + std::string(300, 'a'),
        "CallSid=" + call_sid + "&CallStatus=ringing&SequenceNumber=x",
        "CallSid=" + call_sid + "&CallStatus=completed&CallDuration=-3"}) {
    INFO(body.substr(0, 80));
    CHECK_FALSE(read_call_webhook(body));
  }
}

}  // namespace dialplane::twilio
