// What is read out of Surge's webhooks, and what is not.
#include <doctest/doctest.h>

#include "carriers/surge/webhook_news.hpp"
#include "support/show_results.hpp"

namespace dialplane::surge {
namespace {

std::string event(const std::string& type, const std::string& data) {
  return R"({"type":")" + type +
         R"(","account_id":"acct_1","timestamp":"2026-01-01T00:00:00Z","data":)" + data + "}";
}

const std::string conversation =
    R"("conversation":{"id":"cnv_1","contact":{"id":"ctc_1","phone_number":"+12125550147"},)"
    R"("phone_number":{"id":"pn_1","number":"+14155550100","type":"local"}})";

std::vector<carrier_news> read_news(const std::string& body, contact_memory& contacts) {
  const auto news = read_webhook_news(body, contacts);
  if (!news) FAIL(describe(news.error()));
  return *news;
}

std::vector<carrier_news> read_news(const std::string& body) {
  contact_memory contacts(10);
  return read_news(body, contacts);
}

}  // namespace

TEST_CASE("surge webhooks: a received text") {
  const auto news = read_news(
      event("message.received",
            R"({"id":"msg_1","body":"Hi","received_at":"2026-01-01T00:00:01Z",)" + conversation +
                R"(,"attachments":[{"id":"att_1","type":"image","url":"https://a.example/1"}],)"
                R"("metadata":{},"blast_id":null,"something_new":[1,2]})"));
  REQUIRE(news.size() == 1);
  CHECK(news[0].kind == carrier_news_kind::text_received);
  CHECK(news[0].carrier_message_id == "msg_1");
  CHECK(news[0].from == "+12125550147");
  CHECK(news[0].to == "+14155550100");
  CHECK(news[0].body == "Hi");
  CHECK(news[0].media_urls == std::vector<std::string>{"https://a.example/1"});
  CHECK(news[0].metadata.at("conversation_id") == "cnv_1");
  CHECK(news[0].at == timestamp{1'767'225'601'000});
}

TEST_CASE("surge webhooks: how a text goes") {
  const auto status = [](const char* type, const std::string& more) {
    return read_news(event(type, R"({"id":"msg_1","metadata":{"our_message_id":"msg_ours"},)" +
                                     conversation + more + "}"))
        .at(0);
  };
  const auto sent = status("message.sent", R"(,"sent_at":"2026-01-01T00:00:02Z")");
  CHECK(sent.kind == carrier_news_kind::text_status);
  CHECK(sent.status == message_status::sent);
  CHECK(sent.our_id == "msg_ours");
  CHECK(sent.at == timestamp{1'767'225'602'000});
  const auto delivered = status("message.delivered", "");
  CHECK(delivered.status == message_status::delivered);
  CHECK(delivered.at == timestamp{1'767'225'600'000});
  const auto failed = status("message.failed", R"(,"failure_reason":"invalid_mobile_number")");
  CHECK(failed.status == message_status::failed);
  CHECK(failed.failure_code == "invalid_mobile_number");
  CHECK(failed.failure_reason == "The recipient is not a mobile number.");
  const auto strange = status("message.failed", R"(,"failure_reason":"moon_phase")");
  CHECK(strange.failure_code == "moon_phase");
  CHECK(strange.failure_reason == "Surge could not deliver the text: moon phase.");
}

TEST_CASE("surge webhooks: registrations, by the campaign's id") {
  for (const auto& [type, data] :
       {std::pair<const char*, const char*>{"campaign.approved",
                                            R"({"id":"cpn_1","status":"active"})"},
        {"phone_number.attached_to_campaign",
         R"({"id":"pn_1","number":"+14155550100","campaign":{"id":"cpn_1"}})"},
        {"phone_number.attached_to_campaign", R"({"id":"pn_1","campaign_id":"cpn_1"})"}}) {
    const auto news = read_news(event(type, data));
    REQUIRE(news.size() == 1);
    CHECK(news[0].kind == carrier_news_kind::registration_changed);
    CHECK(news[0].reference == "cpn_1");
  }
}

TEST_CASE("surge webhooks: an opt-out names a contact, whom earlier messages made known") {
  contact_memory contacts(10);
  const std::string out = event("contact.opted_out", R"({"id":"ctc_1"})");
  CHECK(read_news(out, contacts).empty());
  read_news(event("message.received", R"({"id":"msg_1","body":"STOP",)" + conversation + "}"),
            contacts);
  const auto news = read_news(out, contacts);
  REQUIRE(news.size() == 1);
  CHECK(news[0].kind == carrier_news_kind::recipient_opted_out);
  CHECK(news[0].from == "+12125550147");
  CHECK(news[0].to == "+14155550100");
  const auto in = read_news(event("contact.opted_in", R"({"id":"ctc_1"})"), contacts);
  REQUIRE(in.size() == 1);
  CHECK(in[0].kind == carrier_news_kind::recipient_opted_in);
  const auto told =
      read_news(event("contact.opted_out", R"({"id":"ctc_2","phone_number":"+13125550101"})"));
  REQUIRE(told.size() == 1);
  CHECK(told[0].from == "+13125550101");
  CHECK(told[0].to.empty());
}

TEST_CASE("surge webhooks: what does not concern us tells nothing") {
  for (const char* type : {"call.ended", "link.followed", "conversation.created", "message.read",
                           "contact.opted_sideways", "phone_number.imported", "brand.new.thing"}) {
    CHECK(read_news(event(type, R"({"id":"x_1"})")).empty());
  }
}

TEST_CASE("surge webhooks: hostile bodies are errors") {
  const std::string good = R"({"id":"msg_1","body":"Hi",)" + conversation + "}";
  const auto changed = [&](const std::string& what, const std::string& by) {
    std::string data = good;
    const std::size_t at = data.find(what);
    REQUIRE(at != std::string::npos);
    data.replace(at, what.size(), by);
    return event("message.received", data);
  };
  contact_memory contacts(10);
  REQUIRE(read_webhook_news(event("message.received", good), contacts));
  std::vector<std::string> bodies = {
      "", "{", "[]", "null", R"({"type":7})", R"({"type":"message.received"})",
      R"({"type":"message.received","data":[]})", "\xff\xfe",
      R"({"type":"message.received","type":"x","data":{}})",
      event("message.received", "{}"), event("campaign.approved", "{}"),
      event("campaign.approved", R"({"id":"../x"})"), event("contact.opted_out", "{}"),
      event("message.sent", R"({"id":"msg_1","metadata":[]})"),
      event("message.sent", R"({"id":"msg_1","sent_at":"yesterday"})"),
      event("phone_number.attached_to_campaign", R"({"campaign":"cpn_1"})"),
      changed(R"("msg_1")", "5"), changed(R"("msg_1")", R"("msg 1")"),
      changed(R"("Hi")", "5"), changed(R"("Hi")", "null"),
      changed(R"("+12125550147")", "null"), changed(R"("+14155550100")", "{}"),
      changed(R"({"id":"cnv_1")", R"({"id":[])"), changed("\"conversation\"", "\"convers\""),
      changed(R"("Hi")", "\"" + std::string(16'385, 'a') + "\""),
      changed(R"("Hi")", R"("Hi","attachments":{})"),
      changed(R"("Hi")", R"("Hi","attachments":["x"])"),
      changed(R"("Hi")", R"("Hi","attachments":[{"url":5}])"),
      std::string(70'000, ' ')};
  for (const std::string& body : bodies) {
    CAPTURE(body.substr(0, 200));
    CHECK_FALSE(read_webhook_news(body, contacts));
  }
}

}  // namespace dialplane::surge
