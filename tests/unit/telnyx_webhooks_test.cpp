// What comes from Telnyx by itself: signatures, events, the forms of calls.
#include <doctest/doctest.h>

#include <functional>

#include "base/crypto.hpp"
#include "carriers/telnyx/message_news.hpp"
#include "carriers/telnyx/webhooks.hpp"
#include "support/show_results.hpp"
#include "support/signing_example.hpp"

namespace dialplane::telnyx {
namespace {

using test::signing_time;

// The documented vector; its private key is the bytes 00 to 1f.
carrier_webhook vector_webhook() {
  carrier_webhook received;
  received.headers = {{"telnyx-signature-ed25519",
                       "w9TRWL8lGhA1V+KmZC5wbt48fq+X2Dql5Eh4MLmoxZhFizn++kr7ZP31IUpUX9OJyWpo"
                       "H8Ko7joZ92GsfajmCg=="},
                      {"telnyx-timestamp", "1767225600"}};
  received.body = R"({"data":{"event_type":"message.received"}})";
  return received;
}

const ed25519_public_key vector_key =
    *parse_ed25519_public_key("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");

TEST_CASE("telnyx webhooks: the vector is verified, within 300 seconds both ways") {
  const carrier_webhook received = vector_webhook();
  for (const std::int64_t apart_s : {0, 300, -300}) {
    CHECK(verify_signed(received, vector_key, {signing_time.unix_ms + apart_s * 1'000}));
  }
  for (const std::int64_t apart_s : {301, -301, 86'400, -86'400}) {
    CHECK_FALSE(verify_signed(received, vector_key, {signing_time.unix_ms + apart_s * 1'000}));
  }
}

TEST_CASE("telnyx webhooks: every mutation is refused, and says nothing of why") {
  using change = std::function<void(carrier_webhook&)>;
  const std::vector<change> changes = {
      [](carrier_webhook& at) { at.body += " "; },
      [](carrier_webhook& at) { at.body[3] = 'D'; },
      [](carrier_webhook& at) { at.body.clear(); },
      [](carrier_webhook& at) { at.headers.clear(); },
      [](carrier_webhook& at) { at.headers.pop_back(); },
      [](carrier_webhook& at) { at.headers.push_back(at.headers[0]); },
      [](carrier_webhook& at) { at.headers.push_back(at.headers[1]); },
      [](carrier_webhook& at) { at.headers[1].second = "1767225601"; },
      [](carrier_webhook& at) { at.headers[1].second = "01767225600"; },
      [](carrier_webhook& at) { at.headers[1].second = "1767225600.0"; },
      [](carrier_webhook& at) { at.headers[1].second = "-1767225600"; },
      [](carrier_webhook& at) { at.headers[1].second = ""; },
      [](carrier_webhook& at) { at.headers[1].second = "99999999999999999999"; },
      [](carrier_webhook& at) { at.headers[0].second[0] = 'x'; },
      [](carrier_webhook& at) { at.headers[0].second.pop_back(); },
      [](carrier_webhook& at) { at.headers[0].second = ""; },
  };
  for (std::size_t each = 0; each < changes.size(); ++each) {
    INFO("mutation ", each);
    carrier_webhook received = vector_webhook();
    changes[each](received);
    const auto outcome = verify_signed(received, vector_key, signing_time);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == error_code::unauthorized);
    CHECK(outcome.error().message == "The signature of this webhook is not valid.");
  }
  ed25519_public_key other = vector_key;
  other[0] = static_cast<std::uint8_t>(other[0] ^ 1U);
  CHECK_FALSE(verify_signed(vector_webhook(), other, signing_time));
}

TEST_CASE("telnyx webhooks: an event's key is its id, else its body") {
  const ed25519_private_key secret{};
  const ed25519_public_key key = ed25519_public_key_of(secret);
  const auto key_of = [&](std::string body) {
    carrier_webhook received;
    received.headers = {
        {"telnyx-timestamp", "1767225600"},
        {"telnyx-signature-ed25519", base64(ed25519_sign(secret, "1767225600|" + body))}};
    received.body = std::move(body);
    const auto verified = verify_signed(received, key, signing_time);
    REQUIRE(verified);
    return verified->event_key;
  };
  CHECK(key_of(R"({"data":{"id":"e-1"},"meta":{"attempt":1}})") == "e-1");
  CHECK(key_of(R"({"data":{"id":"e-1"},"meta":{"attempt":2}})") == "e-1");
  const std::string campaign = R"({"type":"TCR_EVENT","campaignId":"c","status":"ACCEPTED"})";
  CHECK(key_of(campaign) == key_of(campaign));
  CHECK(key_of(campaign) != key_of(R"({"type":"TCR_EVENT","campaignId":"d"})"));
  CHECK(key_of("CallSid=a") != key_of("CallSid=b"));
  CHECK(key_of(R"({"data":{"id":7}})").starts_with("body:"));
}

std::string text_event(std::string_view type, std::string_view status,
                       std::string_view more = "") {
  return R"({"data":{"id":"e","event_type":")" + std::string(type) +
         R"(","occurred_at":"2026-01-01T00:00:01Z","payload":{"id":"m-1","direction":"outbound",)" +
         R"("from":{"phone_number":"+14157300001"},"to":[{"phone_number":"+12125550147",)" +
         R"("status":")" + std::string(status) + R"("}],"webhook_url":"https://us/x?text=msg_1",)" +
         R"("completed_at":"2026-01-01T00:00:00.500Z")" + std::string(more) + "}}}";
}

TEST_CASE("telnyx webhooks: reports of texts") {
  struct row {
    std::string_view status;
    std::optional<message_status> ours;
  };
  for (const row& each : {row{"sent", message_status::sent},
                          row{"delivered", message_status::delivered},
                          row{"delivery_unconfirmed", message_status::sent},
                          row{"sending_failed", message_status::failed},
                          row{"delivery_failed", message_status::failed},
                          row{"expired", message_status::failed}, row{"queued", {}},
                          row{"sending", {}}, row{"teleported", {}}}) {
    INFO(each.status);
    const auto news = read_events(text_event("message.finalized", each.status));
    REQUIRE(news);
    REQUIRE(news->size() == (each.ours ? 1 : 0));
    if (!each.ours) continue;
    const carrier_news& one = news->front();
    CHECK(one.kind == carrier_news_kind::text_status);
    CHECK(one.status == *each.ours);
    CHECK(one.our_id == "msg_1");
    CHECK(one.carrier_message_id == "m-1");
    CHECK(one.at.unix_ms == 1'767'225'600'500);
    CHECK(one.metadata.at("carrier_status").as_string() == each.status);
  }
}

TEST_CASE("telnyx webhooks: a failure has Telnyx's code; a STOP is told besides") {
  const auto failed = read_events(
      text_event("message.finalized", "delivery_failed",
                 R"(,"errors":[{"code":"40008","title":"Failed","detail":"Switched off."}])"));
  REQUIRE(failed);
  REQUIRE(failed->size() == 1);
  CHECK(failed->front().failure_code == "40008");
  CHECK(failed->front().failure_reason == "Switched off.");
  const auto stopped = read_events(text_event("message.finalized", "sending_failed",
                                              R"(,"errors":[{"code":40300,"title":"STOP"}])"));
  REQUIRE(stopped);
  REQUIRE(stopped->size() == 2);
  CHECK(stopped->at(0).kind == carrier_news_kind::recipient_opted_out);
  CHECK(stopped->at(0).from == "+12125550147");
  CHECK(stopped->at(0).to == "+14157300001");
  CHECK(stopped->at(1).failure_code == "40300");
}

TEST_CASE("telnyx webhooks: received texts, orders, registrations and the rest") {
  const auto text = read_events(
      R"({"data":{"event_type":"message.received","occurred_at":"2026-01-01T00:00:01Z",)"
      R"("payload":{"id":"m-2","direction":"inbound","text":"Hi","received_at":)"
      R"("2026-01-01T00:00:00Z","from":{"phone_number":"+12125550147"},)"
      R"("to":[{"phone_number":"+14157300001"}],"media":[{"url":"https://x/1.png"},{}]}}})");
  REQUIRE(text);
  REQUIRE(text->size() == 1);
  CHECK(text->front().kind == carrier_news_kind::text_received);
  CHECK(text->front().body == "Hi");
  CHECK(text->front().media_urls == std::vector<std::string>{"https://x/1.png"});
  CHECK(text->front().at == signing_time);

  const auto order = read_events(
      R"({"data":{"event_type":"number_order.complete","payload":{"id":"o","customer_reference":)"
      R"("mark-1","phone_numbers":[{"phone_number":"+14157300001"}]}}})");
  REQUIRE(order);
  REQUIRE(order->size() == 1);
  CHECK(order->front().kind == carrier_news_kind::order_changed);
  CHECK(order->front().mark == "mark-1");
  CHECK(order->front().to == "+14157300001");

  for (const char* body : {R"({"type":"MNO_REVIEW","status":"ACCEPTED","campaignId":"c-1"})",
                           R"({"type":"X","campaignId":"c-1","brandId":"b-1","new":[1]})",
                           R"({"data":{"event_type":"10dlc.x","payload":{"campaignId":"c-1"}}})"}) {
    INFO(body);
    const auto news = read_events(body);
    REQUIRE(news);
    REQUIRE(news->size() == 1);
    CHECK(news->front().kind == carrier_news_kind::registration_changed);
    CHECK(news->front().reference == "c-1");
  }
  for (const char* body : {"{}", R"({"data":{"event_type":"call.initiated"}})",
                           R"({"data":{"event_type":"weather","payload":{"id":1}}})",
                           R"({"type":"VERIFIED"})"}) {
    INFO(body);
    const auto news = read_events(body);
    REQUIRE(news);
    CHECK(news->empty());
  }
}

TEST_CASE("telnyx webhooks: hostile bodies are errors") {
  for (const std::string& body :
       {std::string(""), std::string("[]"), std::string("{"), std::string("null"),
        std::string("\xff"), std::string(R"({"data":7})"), std::string(R"({"data":{"id":"1",)"),
        std::string(R"({"data":{"event_type":["message.received"]}})"),
        std::string(R"({"data":{"event_type":"message.received"}})"),
        std::string(R"({"data":{"event_type":"message.received","payload":[]}})"),
        std::string(R"({"data":{"event_type":"message.received","payload":{"id":"1",)"
                    R"("direction":"inbound","from":"+1","to":[]}}})"),
        std::string(R"({"data":{"event_type":"message.sent","payload":{"id":"1","from":{},)"
                    R"("to":[1]}}})"),
        std::string(R"({"data":{"event_type":"number_order.complete","payload":{"phone_numbers":)"
                    R"([null]}}})"),
        std::string(R"({"campaignId":{"a":1}})"),
        std::string(R"({"data":{"occurred_at":"yesterday","event_type":"message.sent"}})")}) {
    INFO(body);
    CHECK_FALSE(read_events(body));
  }
  CHECK_FALSE(read_events("{\"a\":\"" + std::string(300'000, 'x') + "\"}"));
}

TEST_CASE("telnyx webhooks: calls ask, and report") {
  const auto rings = read_call_form(
      "CallSid=v3%3Aabc&From=%2B12125550147&To=%2B14157300001&CallStatus=ringing&"
      "Direction=inbound&AccountSid=x");
  REQUIRE(rings);
  CHECK(rings->carrier_call_id == "v3:abc");
  CHECK(rings->status == call_status::ringing);
  CHECK(rings->asks_for_plan);
  CHECK_FALSE(rings->leg_ended);
  CHECK(rings->inbound);

  const auto leg = read_call_form(
      "CallSid=a&From=anonymous&To=%2B14157300001&CallStatus=in-progress&"
      "DialCallStatus=no-answer");
  REQUIRE(leg);
  CHECK(leg->asks_for_plan);
  CHECK(leg->leg_ended == call_status::no_answer);

  const auto over = read_call_form(
      "CallSid=a&From=b&To=c&CallStatus=completed&CallbackSource=call-progress-events&"
      "CallDuration=45&SequenceNumber=3&Timestamp=2026-01-01T00%3A00%3A00Z");
  REQUIRE(over);
  CHECK_FALSE(over->asks_for_plan);
  CHECK(over->status == call_status::completed);
  CHECK(over->duration_s == 45);
  CHECK(over->sequence == 3);
  CHECK(over->at == signing_time);

  for (const char* bad : {"", "CallSid=a", "To=b", "CallSid=%zz&To=b", "CallSid=%ff&To=b"}) {
    INFO(bad);
    CHECK_FALSE(read_call_form(bad));
  }
  CHECK_FALSE(read_call_form("To=b&CallSid=" + std::string(300, 'a')));
  const auto odd = read_call_form("CallSid=a&To=b&CallStatus=floating&CallDuration=-1");
  REQUIRE(odd);
  CHECK_FALSE(odd->duration_s);
}

TEST_CASE("telnyx texts: our id travels in the report's address") {
  for (const char* base : {"https://us/carriers/t/texts", "https://us/t?x=1"}) {
    const std::string url = report_url_for(base, "msg_0123&x=y z");
    CHECK(our_id_in(url) == "msg_0123&x=y z");
  }
  CHECK(our_id_in("https://us/t").empty());
  CHECK(our_id_in("https://us/t?text=%zz").empty());
  CHECK(our_id_in("https://us/t?text=" + std::string(200, 'a')).empty());
}

}  // namespace
}  // namespace dialplane::telnyx
