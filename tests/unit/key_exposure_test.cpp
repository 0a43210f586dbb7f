#include "domain/key_exposure.hpp"

#include <doctest/doctest.h>

using namespace dialplane;

TEST_CASE("exposure: under the defaults a stolen agent key spends less than one day's cap") {
  const business_rules rules;
  const key_exposure found = exposure_of_agent_key(rules, {.slots = 10});
  CHECK(found.texts.credits == micro_credits::credits(40));
  CHECK(found.texts.set_by == "messaging.caps.agent_credits_per_day");
  CHECK(found.numbers.credits == micro_credits{0});
  CHECK(found.total.credits == micro_credits::credits(40));
  CHECK(found.organization_cap == micro_credits::credits(400));
  CHECK(found.within_one_day);
}

TEST_CASE("exposure: the tightest limit counts, and says its name") {
  business_rules rules;
  auto& agent = rules.messaging.caps.of(cap_scope::key);
  agent.texts_per_day = 50;  // 50 texts of 10 segments at 0.04: 20 credits
  CHECK(exposure_of_agent_key(rules, {}).texts.credits == micro_credits::credits(20));
  CHECK(exposure_of_agent_key(rules, {}).texts.set_by == "messaging.caps.agent_texts_per_day");
  rules.messaging.segments_max = 1;
  CHECK(exposure_of_agent_key(rules, {}).texts.credits == micro_credits::credits(2));
  const key_exposure capped =
      exposure_of_agent_key(rules, {.key_spend_cap = micro_credits::credits(1)});
  CHECK(capped.total.credits == micro_credits::credits(1));
  CHECK(capped.total.set_by == "the key's spend cap");
  agent = {};
  CHECK(exposure_of_agent_key(rules, {}).texts.credits == micro_credits::credits(400));
  CHECK_FALSE(exposure_of_agent_key(rules, {}).within_one_day);
}

TEST_CASE("exposure: without caps there is no bound, and no claim") {
  business_rules rules;
  for (cap_limits& limits : rules.messaging.caps.of_scope) limits = {};
  const key_exposure found = exposure_of_agent_key(rules, {});
  CHECK_FALSE(found.texts.credits.has_value());
  CHECK_FALSE(found.total.credits.has_value());
  CHECK_FALSE(found.within_one_day);
  CHECK(exposure_of_agent_key(rules, {.key_spend_cap = micro_credits::credits(5)}).total.credits ==
        micro_credits::credits(5));
}

TEST_CASE("exposure: purchases count where nobody has to agree") {
  business_rules rules;
  const key_exposure open = exposure_of_agent_key(rules, {.slots = 10, .purchases_ungated = true});
  CHECK(open.numbers.credits == micro_credits::credits(30 * 8 + 46));
  CHECK(open.total.credits == micro_credits::credits(326));
  CHECK(open.within_one_day);  // 400: also in a company founded without approvals
  const key_exposure many =
      exposure_of_agent_key(rules, {.slots = 10, .users = 1'000, .purchases_ungated = true});
  CHECK(many.numbers.credits == micro_credits::credits(30 * (46 + 8)));
  CHECK_FALSE(many.within_one_day);
  rules.purchase_cap_factor = 0;
  const key_exposure endless =
      exposure_of_agent_key(rules, {.slots = 10, .purchases_ungated = true});
  CHECK_FALSE(endless.numbers.credits.has_value());
  CHECK_FALSE(endless.total.credits.has_value());
}
