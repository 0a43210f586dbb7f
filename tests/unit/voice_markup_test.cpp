#include "carriers/voice_markup.hpp"

#include <doctest/doctest.h>

namespace dialplane {

namespace {

const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

}  // namespace

TEST_CASE("voice markup: a stream with its parameters, and what follows it") {
  call_plan plan{.action = call_action::connect_stream, .target = "wss://agent.example/media"};
  plan.parameters = {{"operation", "op_1"}, {"who", "A & \"B\" <c>"}};
  plan.next_url = "https://d.example/next?a=1&b=2";
  plan.status_url = "https://d.example/status";
  const std::string stream_and_rest =
      " statusCallback=\"https://d.example/status\" statusCallbackMethod=\"POST\">"
      "<Parameter name=\"operation\" value=\"op_1\"/>"
      "<Parameter name=\"who\" value=\"A &amp; &quot;B&quot; &lt;c&gt;\"/>"
      "</Stream></Connect></Response>";
  const std::string begin =
      head + "<Response><Connect action=\"https://d.example/next?a=1&amp;b=2\">"
             "<Stream url=\"wss://agent.example/media\"";
  CHECK(voice_markup(plan) == begin + stream_and_rest);
  CHECK(voice_markup(plan, {.names_stream_mode = true}) ==
        begin + " bidirectionalMode=\"rtp\"" + stream_and_rest);
}

TEST_CASE("voice markup: a stream's query becomes parameters, unless it may stay") {
  call_plan plan{.action = call_action::connect_stream,
                 .target = "wss://agent.example/media?key=a%20b"};
  const std::string moved = voice_markup(plan);
  CHECK(moved.find("url=\"wss://agent.example/media\"") != std::string::npos);
  CHECK(moved.find("<Parameter name=\"key\" value=\"a b\"/>") != std::string::npos);
  const std::string kept = voice_markup(plan, {.stream_takes_query = true});
  CHECK(kept.find("url=\"wss://agent.example/media?key=a%20b\"") != std::string::npos);
  CHECK(kept.find("Parameter") == std::string::npos);
}

TEST_CASE("voice markup: parameters that the carrier would cut the call at are left out") {
  call_plan plan{.action = call_action::connect_stream, .target = "wss://agent.example/"};
  plan.parameters = {{"big", std::string(497, 'x')}, {"fits", std::string(495, 'y')}, {"", "z"}};
  const std::string markup = voice_markup(plan);
  CHECK(markup.find("big") == std::string::npos);
  CHECK(markup.find("fits") != std::string::npos);
  CHECK(markup.find("name=\"\"") == std::string::npos);
}

TEST_CASE("voice markup: a SIP target") {
  call_plan plan{.action = call_action::dial_sip, .target = "sip:agent@edge.example;transport=tls"};
  plan.sip_username = "u";
  plan.sip_password = secret_string("p&w");
  plan.caller_id = "+14155550100";
  plan.next_url = "https://d.example/next";
  plan.status_url = "https://d.example/leg";
  plan.parameters = {{"Operation", "op 1"}};
  CHECK(voice_markup(plan) ==
        head + "<Response><Dial answerOnBridge=\"true\" callerId=\"+14155550100\""
               " action=\"https://d.example/next\"><Sip username=\"u\" password=\"p&amp;w\""
               " statusCallback=\"https://d.example/leg\""
               " statusCallbackEvent=\"initiated ringing answered completed\">"
               "sip:agent@edge.example;transport=tls?X-Operation=op%201</Sip></Dial></Response>");
}

TEST_CASE("voice markup: a sentence, and nothing to do") {
  call_plan plan{.action = call_action::say};
  plan.sentence = "Nobody is here <now> & later.";
  CHECK(voice_markup(plan) == head + "<Response><Say>Nobody is here &lt;now&gt; &amp; later."
                                     "</Say><Hangup/></Response>");
  CHECK(voice_markup(call_plan{}) == head + "<Response><Hangup/></Response>");
}

TEST_CASE("voice markup: targets of another kind hang up") {
  for (const char* target : {"", "https://a.example", "ws://a.example", "sip:a@b"}) {
    const call_plan plan{.action = call_action::connect_stream, .target = target};
    CHECK(voice_markup(plan) == head + "<Response><Hangup/></Response>");
  }
  const call_plan plan{.action = call_action::dial_sip, .target = "tel:+14155550100"};
  CHECK(voice_markup(plan) == head + "<Response><Hangup/></Response>");
}

TEST_CASE("voice markup: what XML cannot hold is left out") {
  call_plan plan{.action = call_action::say};
  plan.sentence = std::string("a\0b\x01\x1b c\x7f", 8);
  CHECK(voice_markup(plan).find("<Say>ab c</Say>") != std::string::npos);
  plan.sentence = "caf\xc3\xa9 \xff\xfe";
  CHECK(voice_markup(plan).find("<Say>caf ") != std::string::npos);
  plan.sentence = "caf\xc3\xa9";
  CHECK(voice_markup(plan).find("<Say>caf\xc3\xa9</Say>") != std::string::npos);
  markup_writer xml;
  CHECK(xml.open("A", {{"b", "1\n2\t3\r4"}}).take() ==
        head + "<A b=\"1&#10;2&#9;3&#13;4\"/>");
}

}  // namespace dialplane
