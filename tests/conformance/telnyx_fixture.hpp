// The adapter of Telnyx against its emulator, for the suite of all carriers.
#pragma once

#include <boost/json/parse.hpp>
#include <memory>
#include <string>

#include "carriers/telnyx/telnyx_carrier.hpp"
#include "conformance/wire_fixture.hpp"
#include "emulators/telnyx/telnyx_emulator.hpp"
#include "server/known_carriers.hpp"

namespace dialplane::test {

class telnyx_fixture : public wire_fixture {
 public:
  // Of the played account: the public key of the vector in the facts about Telnyx's webhooks.
  static constexpr const char* public_key = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

  telnyx_fixture()
      : wire_fixture({.described = &find_known_carrier("telnyx")->described,
                      .make = telnyx::make_telnyx_carrier,
                      .play = emulators::telnyx::make_telnyx_emulator,
                      .credentials = {{"api_key", "KEY_test_0123456789"},
                                      {"public_key", public_key}},
                      .base_path = "/v2"}) {}

  std::vector<std::string> area_codes() const override { return {"415", "212"}; }
  std::string impossible_number() const override { return "+14155550123"; }

  void prepare(brand_filing& filing) const override {
    boost::json::object full = some_company();
    for (auto& member : filing.entity) full[member.key()] = member.value();
    filing.entity = std::move(full);
  }
  void prepare(campaign_filing& filing) const override {
    if (filing.entity.empty()) filing.entity = some_company();
  }
  // Four steps of a campaign; the next is ordered when the last was taken.
  void let_reviews_pass() override {
    for (int step = 0; step < 6; ++step) pass(milliseconds(1'000));
  }

  static boost::json::object some_company() {
    return boost::json::parse(R"({
      "entity_type": "llc", "registered_name": "Bluebird Supply LLC",
      "display_name": "Bluebird", "country": "US",
      "address": {"line1": "1 Main St", "locality": "San Francisco", "region": "CA",
                  "postal_code": "94105"},
      "contact": {"first_name": "Ada", "last_name": "Byron", "email": "ada@bluebird.example",
                  "phone_number": "+14155550142", "title": "Chief Executive Officer"},
      "website": "https://bluebird.example", "industry": "Retail",
      "messaging": {"description": "Answers to customers who wrote to us about their orders.",
                    "consent_flow": "Customers text us first.",
                    "message_samples": ["Bluebird: you are subscribed. Reply STOP to end.",
                                        "Your order has left."],
                    "use_cases": ["customer_care"], "volume": "low",
                    "privacy_policy_url": "https://bluebird.example/privacy",
                    "terms_and_conditions_url": "https://bluebird.example/terms"}})")
        .as_object();
  }
};

// A count in what the emulator tells of itself.
inline std::int64_t count_in(telnyx_fixture& at, const char* name) {
  const boost::json::value found = at.state().at(name);
  return found.is_int64() ? found.as_int64() : static_cast<std::int64_t>(found.as_uint64());
}

}  // namespace dialplane::test
