#include "domain/key_exposure.hpp"

#include <algorithm>

namespace dialplane {

namespace {

void tighten(exposure_bound& bound, micro_credits credits, std::string set_by) {
  if (bound.credits && *bound.credits <= credits) return;
  bound = {credits, std::move(set_by)};
}

exposure_bound bound_of_texts(const business_rules& rules) {
  const send_caps& caps = rules.messaging.caps;
  const micro_credits longest{rules.prices.outbound_sms_segment.value *
                              rules.messaging.segments_max};
  exposure_bound bound;
  if (longest.value == 0) tighten(bound, {0}, "prices");
  // Numbers, users and prefixes multiply; the key, and the organization around it, do not.
  for (const cap_scope scope : {cap_scope::key, cap_scope::organization}) {
    const std::string name =
        scope == cap_scope::key ? "agent" : std::string(name_of_value(scope));
    const cap_limits& limits = caps.of(scope);
    if (limits.credits_per_day.value > 0) {
      tighten(bound, limits.credits_per_day, "messaging.caps." + name + "_credits_per_day");
    }
    if (limits.texts_per_day > 0) {
      tighten(bound, {limits.texts_per_day * longest.value},
              "messaging.caps." + name + "_texts_per_day");
    }
    if (limits.texts_per_minute > 0) {
      tighten(bound, {limits.texts_per_minute * 1'440 * longest.value},
              "messaging.caps." + name + "_texts_per_minute");
    }
  }
  return bound;
}

exposure_bound bound_of_numbers(const business_rules& rules, const exposure_facts& facts) {
  exposure_bound bound;
  if (!facts.purchases_ungated && !rules.charge_cartesia_dialect) {
    tighten(bound, {0}, "approvals: a human agrees to every purchase");
    return bound;
  }
  if (rules.purchase_cap_factor == 0) return bound;
  const std::int64_t most = rules.purchase_cap_factor * facts.slots;
  const micro_credits month =
      std::max(rules.prices.monthly_local, rules.prices.monthly_toll_free);
  const std::int64_t registrations = std::min(most, facts.users);
  const micro_credits registration =
      rules.prices.brand_registration + rules.prices.campaign_registration;
  // A later number may need a filing of its own.
  const micro_credits later = std::max(rules.prices.further_campaign_registration,
                                       rules.prices.toll_free_verification);
  tighten(bound, {most * (month + later).value + registrations * registration.value},
          "purchase_cap_factor times the plan's slots");
  return bound;
}

}  // namespace

key_exposure exposure_of_agent_key(const business_rules& rules, const exposure_facts& facts) {
  key_exposure found;
  found.texts = bound_of_texts(rules);
  found.numbers = bound_of_numbers(rules, facts);
  if (found.texts.credits && found.numbers.credits) {
    found.total.credits = *found.texts.credits + *found.numbers.credits;
    found.total.set_by = found.numbers.credits->value == 0 ? found.texts.set_by
                                                           : found.numbers.set_by;
  }
  if (facts.key_spend_cap) {
    for (exposure_bound* each : {&found.texts, &found.numbers, &found.total}) {
      tighten(*each, *facts.key_spend_cap, "the key's spend cap");
    }
  }
  const cap_limits& whole = rules.messaging.caps.of(cap_scope::organization);
  if (whole.credits_per_day.value > 0) found.organization_cap = whole.credits_per_day;
  found.within_one_day = found.total.credits && found.organization_cap &&
                         *found.total.credits < *found.organization_cap;
  return found;
}

}  // namespace dialplane
