// Twilio's adapter against Twilio's emulator.
#pragma once

#include <memory>
#include <string>

#include "carriers/twilio/twilio_carrier.hpp"
#include "conformance/wire_fixture.hpp"
#include "emulators/twilio/twilio_emulator.hpp"
#include "server/known_carriers.hpp"

namespace dialplane::test {

class twilio_fixture : public wire_fixture {
 public:
  twilio_fixture()
      : wire_fixture({.described = &find_known_carrier("twilio")->described,
                      .make = twilio::make_twilio_carrier,
                      .play = emulators::twilio::make_twilio_emulator,
                      .credentials = {{"account_sid",
                                       std::string(emulators::twilio::account_sid)},
                                      {"auth_token",
                                       std::string(emulators::twilio::auth_token)}},
                      .options = {{"primary_profile_sid",
                                   std::string(emulators::twilio::primary_profile_sid)}}}) {}

  std::vector<std::string> area_codes() const override { return {"415", "212"}; }
  // One of the carrier's magic numbers: never valid.
  std::string impossible_number() const override { return "+15005550001"; }

  void prepare(brand_filing& filing) const override {
    auto& entity = filing.entity;
    entity["entity_type"] = filing.sole_proprietor ? "sole_proprietor" : "llc";
    if (!entity.contains("registered_name")) entity["registered_name"] = "Bluebird Supply LLC";
    entity["website"] = "https://bluebird.example";
    entity["industry"] = "retail";
    entity["country"] = "US";
    entity["address"] = {{"line1", "1 Main St"},
                         {"locality", "Oakland"},
                         {"region", "CA"},
                         {"postal_code", "94607"},
                         {"country", "US"}};
    entity["contact"] = {{"first_name", "Ada"},
                         {"last_name", "Bird"},
                         {"email", "ada@bluebird.example"},
                         {"phone_number", "+14155550100"},
                         {"title", "Owner"}};
  }
  void prepare(campaign_filing& filing) const override {
    brand_filing company;
    prepare(company);
    filing.entity = company.entity;
    filing.entity["messaging"] = {
        {"description", "Answers questions of customers about orders that they have placed."},
        {"consent_flow", "Customers tick a box at checkout that says they agree to texts."},
        {"message_samples",
         {"Bluebird: your order has shipped. Reply STOP to end.",
          "Bluebird: your order arrives today between 2 and 4."}},
        {"volume", "low"},
        {"privacy_policy_url", "https://bluebird.example/privacy"},
        {"terms_and_conditions_url", "https://bluebird.example/terms"}};
  }
  void let_reviews_pass() override { pass(milliseconds(3'001)); }
};

// With a number of ours, and short forms of the calls about texts.
struct twilio_line : twilio_fixture {
  twilio_line() : line(any_number()) {
    const auto bought = buy(line, "mark-1", our_routing());
    if (!bought) FAIL(describe(bought.error()));
    reference = bought->reference;
  }

  pending_answer<text_receipt> start_send(const std::string& id, const std::string& body) {
    pending_answer<text_receipt> answer;
    text_order order{id, line, handset, body, {}, ""};
    order.status_url = public_url() + "/status?text=" + id;
    subject().send_text(std::move(order), answer.done());
    return answer;
  }
  result<text_receipt> send(const std::string& id, const std::string& body = "hello") {
    return await(start_send(id, body));
  }
  result<std::optional<text_receipt>> look(const std::string& id) {
    pending_answer<std::optional<text_receipt>> answer;
    subject().look_up_text(id, line, handset, answer.done());
    return await(answer);
  }
  result<carrier_news> text_state(const std::string& sid) {
    pending_answer<carrier_news> answer;
    subject().text_state(sid, answer.done());
    return await(answer);
  }
  result<routing_snapshot> read_routing() {
    pending_answer<routing_snapshot> answer;
    subject().read_routing(line, answer.done());
    return await(answer);
  }
  result<account_report> account_state() {
    pending_answer<account_report> answer;
    subject().check_account(answer.done());
    return await(answer);
  }
  void text_in(const std::string& body, boost::json::object more = {}) {
    more["from"] = handset;
    more["to"] = line;
    more["body"] = body;
    control("POST", "texts", more);
  }
  std::vector<carrier_news> news_of(const carrier_webhook& came) {
    const auto verified = subject().verify_webhook(came);
    if (!verified) FAIL(describe(verified.error()));
    const auto news = subject().read_webhook(came.body);
    REQUIRE(news);
    return *news;
  }
  std::size_t texts_taken() { return state().at("texts").as_array().size(); }

  static constexpr const char* handset = "+12125550147";
  std::string line;
  std::string reference;
};

}  // namespace dialplane::test
