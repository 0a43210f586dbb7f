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

}  // namespace dialplane::test
