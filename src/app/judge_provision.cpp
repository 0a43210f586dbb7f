#include "app/judge_provision.hpp"

#include <boost/json/array.hpp>

#include "app/phone_access.hpp"
#include "base/crypto.hpp"
#include "domain/credit_packs.hpp"
#include "domain/credits_json.hpp"
#include "domain/ein.hpp"
#include "domain/legal_entity_rules.hpp"

namespace dialplane {

namespace json = boost::json;

namespace {

constexpr std::int64_t ms_per_day = 86'400'000;

void apply_kit(const provision_number_request& request, const app_environment& env,
               judged_provision& judged) {
  const bool bypassed =
      env.rules().approvals_bypass_default_user && judged.subject.is_default;
  judged.needs_approval = judged.kit.phone_provision_needs_approval() && !bypassed;
  judged.area_code = request.area_code.value_or("");
  if (judged.area_code.empty() && request.type == number_type::local) {
    judged.area_code = judged.kit.phone_area_code().value_or("");
  }
}

result<void> judge_agent(session& work, const provision_number_request& request,
                         judged_provision& judged) {
  if (!request.agent) return {};
  const bool foreign = request.who.agent && *request.who.agent != *request.agent;
  if (!foreign) {
    TRY_ASSIGN(judged.connected, work.agents().find(request.who.organization, *request.agent));
  }
  if (!judged.connected) {
    error refusal = refused(error_code::resource_not_found,
                            "There is no agent with this agent_id.");
    refusal.field = "agent_id";
    return refusal;
  }
  return {};
}

// The EIN given must be the entity's, where it has one already.
result<void> compare_ein(const app_environment& env, const provision_number_request& request,
                         judged_provision& judged) {
  if (request.ein.empty()) return {};
  if (judged.entity->sealed_ein.empty()) {
    judged.store_ein = true;
    return {};
  }
  TRY_ASSIGN(const std::string known, env.seals.open(judged.entity->sealed_ein, "ein"));
  if (!constant_time_equal(known, request.ein.reveal())) {
    return bad_field("ein", "This EIN differs from the one registered for the legal entity.",
                     error_code::ein_mismatch);
  }
  return {};
}

// 10DLC: a brand is registered with the user's first number and needs a completed company.
result<void> judge_registration(session& work, const app_environment& env,
                                const provision_number_request& request,
                                judged_provision& judged) {
  const organization_id owner = request.who.organization;
  TRY_ASSIGN(judged.entity, work.users().find_entity_of_user(owner, judged.subject.id));
  if (!judged.entity || judged.entity->status != formation_status::formation_completed) {
    error refusal = refused(error_code::formation_required,
                            "A number needs a completed legal entity for this user.");
    refusal.hint =
        "An operator records one with POST /v1/formation, then submits and completes it.";
    return refusal;
  }
  TRY_ASSIGN(judged.registered, work.campaigns().find_brand_of_user(owner, judged.subject.id));
  judged.registers_brand =
      !judged.registered || judged.registered->status == brand_status::failed;
  if (judged.registers_brand && request.ein.empty()) {
    error refusal = bad_field("ein", "The first number needs the company's EIN (9 digits).",
                              error_code::ein_required);
    refusal.hint = "Send \"ein\": \"12-3456789\"; it registers the carrier brand.";
    return refusal;
  }
  TRY(compare_ein(env, request, judged));
  // It was complete when it was submitted; it may have been changed since.
  const auto missing = missing_entity_fields(judged.entity->record);
  if (!missing.empty()) return entity_is_incomplete(missing);
  return {};
}

json::array plans_json(const business_rules& rules) {
  json::array plans;
  for (const plan which : {plan::free, plan::pro, plan::startup, plan::scale, plan::enterprise}) {
    plans.push_back(json::object{{"id", name_of(which)}, {"number_slots", rules.slots.of(which)}});
  }
  return plans;
}

error no_slot_left(const app_environment& env, std::int64_t slots) {
  error refusal = refused(error_code::phone_number_limit,
                          "All " + std::to_string(slots) + " number slots of the plan are taken.");
  refusal.hint = "Upgrade the plan or release numbers.";
  refusal.details = json::object{{"block_reason", "phone_number_limit"},
                                 {"plans", plans_json(env.rules())}};
  return refusal;
}

result<void> judge_slots(session& work, const app_environment& env,
                         const provision_number_request& request,
                         const judged_provision& judged) {
  const std::int64_t slots = slots_of(env.rules(), judged.tenant);
  TRY_ASSIGN(const std::int64_t used, work.organizations().slots_used(judged.tenant.id));
  if (used >= slots) return no_slot_left(env, slots);
  if (const auto most = judged.kit.phone_max_numbers()) {
    TRY_ASSIGN(const std::int64_t owned,
               work.numbers().count_of_user(request.who.organization, judged.subject.id));
    if (owned >= *most) return no_slot_left(env, *most);
  }
  return {};
}

result<void> judge_balance(session& work, const judged_provision& judged) {
  if (judged.price.value == 0) return {};
  TRY_ASSIGN(const ledger_balances balances, work.ledger().balances(judged.tenant.id));
  if (balances.available >= judged.price) return {};
  error refusal = refused(error_code::insufficient_credits,
                          "This needs " + to_decimal(judged.price) + " credits, " +
                              to_decimal(balances.available) + " are available.");
  refusal.hint = "Top up with POST /v1/billing/topup.";
  refusal.details = json::object{{"required", credits_json(judged.price)},
                                 {"balance", credits_json(balances.available)},
                                 {"packs", credit_packs_json()}};
  return refusal;
}

// The account kit's limit on what its user's acts may cost in one month.
result<void> judge_month(session& work, const app_environment& env,
                         const judged_provision& judged) {
  const auto limit = judged.kit.phone_monthly_credit_limit();
  if (!limit || judged.price.value == 0) return {};
  TRY_ASSIGN(const micro_credits spent,
             work.ledger().spent_by_user(judged.tenant.id, judged.subject.id,
                                         month_of(env.now())));
  if (spent + judged.price <= *limit) return {};
  error refusal = refused(error_code::spend_cap_reached,
                          "AccountKit \"" + judged.kit.name + "\" allows " + to_decimal(*limit) +
                              " credits per month, of which " + to_decimal(spent) +
                              " are used.");
  refusal.hint = "Wait for the next month, or raise the kit's monthly_credit_limit.";
  return refusal;
}

result<void> judge_caps(session& work, const app_environment& env,
                        const provision_number_request& request,
                        const judged_provision& judged) {
  const std::int64_t factor = env.rules().purchase_cap_factor;
  TRY_ASSIGN(const std::optional<api_key> key,
             work.organizations().find_key(request.who.organization, request.who.key));
  const bool spend_capped = key && key->spend_cap_per_day;
  if (factor == 0 && !spend_capped) return {};
  const std::int64_t now_ms = env.now().unix_ms;
  TRY_ASSIGN(const key_day_usage usage,
             work.organizations().usage_of_key(request.who.key, now_ms / ms_per_day));
  const std::int64_t until_midnight_ms = ms_per_day - now_ms % ms_per_day;
  if (factor > 0 && usage.purchases >= factor * slots_of(env.rules(), judged.tenant)) {
    error refusal = refused(error_code::purchase_cap_reached,
                            "This key has made all the purchases it may make in one day.");
    refusal.details = json::object{{"retry_after_ms", until_midnight_ms}};
    return refusal;
  }
  if (spend_capped && usage.spent + judged.price > *key->spend_cap_per_day) {
    return refused(error_code::spend_cap_reached,
                   "This would exceed the key's spend cap of " +
                       to_decimal(*key->spend_cap_per_day) + " credits per day.");
  }
  return {};
}

}  // namespace

std::int64_t slots_of(const business_rules& rules, const organization& tenant) {
  if (tenant.slots_override) return *tenant.slots_override;
  return rules.slots.of(parse_plan(tenant.plan).value_or(plan::free));
}

result<judged_provision> judge_provision(session& work, const app_environment& env,
                                         const provision_number_request& request) {
  judged_provision judged;
  const bool charged =
      request.asked_through == dialect::naive || env.rules().charge_cartesia_dialect;
  TRY_ASSIGN(std::optional<organization> tenant,
             work.organizations().find(request.who.organization));
  if (!tenant) return internal_fault("a key's organization is not there");
  judged.tenant = *std::move(tenant);
  TRY_ASSIGN(phone_access access, find_phone_access(work, request.who, request.user));
  judged.subject = std::move(access.subject);
  judged.kit = std::move(access.kit);
  apply_kit(request, env, judged);
  TRY(judge_agent(work, request, judged));
  if (request.asked_through == dialect::naive) {
    TRY(judge_registration(work, env, request, judged));
  }
  if (charged) {
    judged.price =
        quote_number(env.rules().prices, request.type, judged.registers_brand).total;
  }
  TRY(judge_slots(work, env, request, judged));
  TRY(judge_balance(work, judged));
  TRY(judge_month(work, env, judged));
  TRY(judge_caps(work, env, request, judged));
  return judged;
}

}  // namespace dialplane
