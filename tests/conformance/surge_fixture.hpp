// The adapter of Surge against its emulator, for the suite of all carriers.
#pragma once

#include <boost/json/parse.hpp>
#include <memory>
#include <string>

#include "carriers/surge/surge_carrier.hpp"
#include "conformance/wire_fixture.hpp"
#include "emulators/surge/surge_emulator.hpp"
#include "server/known_carriers.hpp"

namespace dialplane::test {

class surge_fixture : public wire_fixture {
 public:
  static constexpr const char* secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

  surge_fixture()
      : wire_fixture({.described = &find_known_carrier("surge")->described,
                      .make = surge::make_surge_carrier,
                      .play = play,
                      .credentials = {{"api_key", "sk_live_test"}, {"webhook_secret", secret}}}) {
    control("POST", "account", {{"webhook_url", our_routing().text_url}});
  }

  std::vector<std::string> area_codes() const override { return {"415", "212"}; }
  std::string impossible_number() const override { return "+10005550100"; }

  // The company of all filings owns the numbers that belong to nobody, so that they fit together.
  void prepare(brand_filing& filing) const override {
    if (filing.mark == "brand-of-all") filing.owner = "dialplane-test00";
    boost::json::object full = some_company();
    for (auto& member : filing.entity) full[member.key()] = member.value();
    filing.entity = std::move(full);
  }
  void prepare(campaign_filing& filing) const override {
    if (filing.entity.empty()) filing.entity = some_company();
  }
  void let_reviews_pass() override {
    pass(milliseconds(31'000));
    pass(milliseconds(6'000));
  }

  static boost::json::object some_company() {
    return boost::json::parse(R"({
      "entity_type": "llc", "registered_name": "Bluebird Supply LLC",
      "display_name": "Bluebird", "country": "US",
      "address": {"line1": "1 Main St", "locality": "San Francisco", "region": "CA",
                  "postal_code": "94105"},
      "contact": {"first_name": "Ada", "last_name": "Byron", "email": "ada@bluebird.example",
                  "phone_number": "+14155550142", "title": "Chief Executive Officer"},
      "website": "https://bluebird.example", "industry": "Retail", "time_zone":
      "America/Los_Angeles", "regions_of_operation": ["usa_and_canada"],
      "messaging": {"description": "Answers to customers who wrote to us about their orders.",
                    "consent_flow": "Customers text us first.",
                    "message_samples": ["Bluebird: you are subscribed. Reply STOP to end.",
                                        "Your order has left."],
                    "use_cases": ["customer_care"], "volume": "low",
                    "privacy_policy_url": "https://bluebird.example/privacy",
                    "terms_and_conditions_url": "https://bluebird.example/terms"}})")
        .as_object();
  }

 private:
  static std::unique_ptr<emulators::carrier_emulator> play(emulators::emulator_tools tools) {
    emulators::surge::surge_options options;
    options.webhook_secret = secret;
    return std::make_unique<emulators::surge::surge_emulator>(std::move(tools),
                                                              std::move(options));
  }
};

}  // namespace dialplane::test
