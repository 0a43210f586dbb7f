#include "server/exposure_command.hpp"

#include <boost/json/value.hpp>
#include <utility>

#include "app/judge_provision.hpp"
#include "domain/key_exposure.hpp"
#include "server/blocking_store.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t kits_at_once = 100;
constexpr std::size_t users_counted = 10'000;  // more than anybody buys for in a day

// Does any account kit in use let an agent buy without asking?
result<bool> buys_unasked(session& work, const business_rules& rules, organization_id owner) {
  if (rules.approvals_bypass_default_user) return true;
  for (std::size_t offset = 0;; offset += kits_at_once) {
    TRY_ASSIGN(const auto kits, work.users().list_kits(owner, kits_at_once, offset));
    for (const account_kit& kit : kits) {
      if (kit.phone_enabled() && !kit.phone_provision_needs_approval()) return true;
    }
    if (kits.size() < kits_at_once) return false;
  }
}

result<exposure_facts> facts_of(session& work, const business_rules& rules,
                                const json::object& options) {
  TRY_ASSIGN(const organization owner, chosen_organization(work, options));
  exposure_facts facts;
  facts.slots = slots_of(rules, owner);
  TRY_ASSIGN(facts.purchases_ungated, buys_unasked(work, rules, owner.id));
  TRY_ASSIGN(const auto users, work.users().list(owner.id, users_counted, 0));
  facts.users = static_cast<std::int64_t>(users.size());
  if (const auto given = option_text(options, "key")) {
    const std::optional<api_key_id> id = api_key_id::parse(*given);
    std::optional<api_key> key;
    if (id) {
      TRY_ASSIGN(key, work.organizations().find_key(owner.id, *id));
    }
    if (!key) return refused(error_code::not_found, "There is no key " + *given + ".");
    facts.key_spend_cap = key->spend_cap_per_day;
  }
  return facts;
}

json::value credits_or_null(const std::optional<micro_credits>& credits) {
  return credits ? json::value(to_decimal(*credits)) : json::value();
}

json::object shown(const exposure_bound& bound) {
  return {{"credits_per_day", credits_or_null(bound.credits)},
          {"set_by", bound.credits ? json::value(bound.set_by) : json::value("nothing")}};
}

std::string sentence(const key_exposure& found) {
  if (!found.total.credits) {
    return "A stolen agent key could spend without limit: set the caps, or give keys a spend cap.";
  }
  std::string text = "A stolen agent key could spend at most " + to_decimal(*found.total.credits) +
                     " credits in a day";
  if (!found.organization_cap) return text + "; the organization has no cap to compare it with.";
  return text + (found.within_one_day ? ", less than the " : ", which is not less than the ") +
         to_decimal(*found.organization_cap) + " credits of one day's cap of the organization.";
}

}  // namespace

result<json::object> show_exposure(local_environment& env, const json::object& options) {
  const business_rules& rules = env.settings.rules;
  TRY_ASSIGN(const exposure_facts facts,
             read_and_wait<exposure_facts>(*env.home.database, [&](session& work) {
               return facts_of(work, rules, options);
             }));
  const key_exposure found = exposure_of_agent_key(rules, facts);
  return json::object{{"texts", shown(found.texts)},
                      {"numbers", shown(found.numbers)},
                      {"total", shown(found.total)},
                      {"organization_cap", credits_or_null(found.organization_cap)},
                      {"less_than_one_days_cap", found.within_one_day},
                      {"summary", sentence(found)}};
}

}  // namespace dialplane
