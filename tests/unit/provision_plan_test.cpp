#include "domain/provision_plan.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "domain/provision_outcome.hpp"

using namespace dialplane;

TEST_CASE("a plan comes back from its operation as it was accepted") {
  provision_plan plan;
  plan.type = number_type::toll_free;
  plan.policy = area_code_policy::overlay;
  plan.label = "Support \"A\"\n";
  plan.agent = agent_id{};
  plan.with_campaign = true;
  plan.registers_brand = true;
  plan.price = micro_credits{54'000'000};
  plan.brand_fee = micro_credits{8'000'000};
  plan.campaign_fee = micro_credits{38'000'000};
  const auto back = parse_provision_plan(to_json(plan));
  REQUIRE(back.has_value());
  CHECK(back->type == plan.type);
  CHECK(back->policy == plan.policy);
  CHECK(back->label == plan.label);
  CHECK(back->agent == plan.agent);
  CHECK(back->with_campaign);
  CHECK(back->registers_brand);
  CHECK(back->price == plan.price);
  CHECK(back->brand_fee == plan.brand_fee);
  CHECK(back->campaign_fee == plan.campaign_fee);
  CHECK_FALSE(back->answer_lost);
  CHECK_FALSE(back->last_word.has_value());
}

TEST_CASE("what a plan learned on the way comes back with it") {
  provision_plan plan;
  plan.answer_lost = true;
  plan.last_word = conflicting(error_code::number_unavailable, "This number is gone.");
  plan.asked_after_restore = timestamp{1'700'000'000'000};
  const auto back = parse_provision_plan(to_json(plan));
  REQUIRE(back.has_value());
  CHECK(back->answer_lost);
  REQUIRE(back->last_word.has_value());
  CHECK(back->last_word->kind == error_class::conflict);
  CHECK(back->last_word->code == error_code::number_unavailable);
  CHECK(back->last_word->message == "This number is gone.");
  CHECK(back->asked_after_restore == plan.asked_after_restore);
}

TEST_CASE("a damaged plan is a fault of ours, not a guess") {
  for (const char* text : {"", "[]", "{}", "{\"type\":\"local\"}",
                           "{\"type\":\"fax\",\"policy\":\"any\",\"price_micro\":1}"}) {
    CAPTURE(text);
    const auto back = parse_provision_plan(text);
    REQUIRE_FALSE(back.has_value());
    CHECK(back.error().code == error_code::internal_error);
  }
}

TEST_CASE("the outcome holds what answers are rendered from") {
  number bought;
  bought.e164 = "+14155550100";
  bought.label = "Support";
  agent who;
  who.name = "Customer support";
  campaign filed;
  const provision_outcome told = outcome_of_provision(
      bought, who, filed, std::nullopt, micro_credits{50'000'000}, micro_credits{950'000'000});
  const auto outcome = boost::json::parse(to_json(told)).as_object();
  CHECK(outcome.at("number").at("e164") == "+14155550100");
  CHECK(outcome.at("number").at("agent").at("name") == "Customer support");
  CHECK(outcome.at("number").at("inbound_agent").is_null());  // it answers no calls
  CHECK(outcome.at("campaign").at("status") == "created");
  CHECK(outcome.at("campaign").at("eta") == "1-2 business days");
  CHECK(outcome.at("credits_used_micro") == 50'000'000);
}

TEST_CASE("an outcome at hand and the one read from its text answer the same") {
  number bought;
  bought.e164 = "+14155550100";
  bought.label = "Say \"hi\"\\\n\x01 \xc3\xa9";
  bought.area_code_asked = "415";
  bought.created_at = {1'767'225'600'123};
  bought.updated_at = {1'767'225'601'000};
  agent who;
  who.id.bytes[3] = 7;
  who.name = "Customer \t support";
  bought.inbound_agent = who.id;
  campaign filed;
  filed.id.bytes[0] = 9;
  operation ended;
  ended.state = operation_state::succeeded;
  for (const bool full : {false, true}) {
    const provision_outcome told =
        outcome_of_provision(bought, full ? std::optional(who) : std::nullopt,
                             full ? std::optional(filed) : std::nullopt, std::nullopt,
                             micro_credits{1}, micro_credits{-2});
    ended.outcome_at_hand = std::make_shared<const provision_outcome>(told);
    ended.outcome = to_json(told);
    CHECK(*outcome_of(ended) == ended.outcome_at_hand);
    operation stored = ended;
    stored.outcome_at_hand = nullptr;
    const auto read = outcome_of(stored);
    REQUIRE(read);
    CHECK(to_json(**read) == ended.outcome);
    CHECK((*read)->number.label == bought.label);
    CHECK((*read)->number.created_at == bought.created_at);
    CHECK((*read)->number.inbound_agent.has_value() == full);
    CHECK((*read)->campaign.has_value() == full);
    CHECK((*read)->remaining == micro_credits{-2});
  }
}
