#include "app/judge_provision.hpp"

#include <boost/json/array.hpp>

#include "app/credits.hpp"
#include "app/phone_access.hpp"
#include "app/usage_day.hpp"
#include "base/crypto.hpp"
#include "domain/ein.hpp"
#include "domain/legal_entity_rules.hpp"
#include "store/quote_queries.hpp"
#include "workflow/purchase_pause.hpp"
#include "workflow/purchasing/sellers_for.hpp"
#include "workflow/registration/moving.hpp"

namespace dialplane {

namespace json = boost::json;

namespace {

void apply_kit(const provision_number_request& request, const app_environment& env,
               judged_provision& judged) {
  const bool bypassed =
      env.rules().approvals_bypass_default_user && judged.subject.is_default;
  judged.needs_approval = judged.kit.phone_provision_needs_approval() && !bypassed;
  judged.area_code = request.area_code.value_or("");
  const bool exact = judged.quoted || !request.exact.empty();
  if (judged.area_code.empty() && judged.type == number_type::local && !exact) {
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

error wrong_tier(const char* message) { return bad_field("tier", message); }

// Registered already: only where the one number, or the one campaign, is gone by now.
result<void> judge_only_number(session& work, const judged_provision& judged) {
  const user& subject = judged.subject;
  TRY_ASSIGN(const auto campaigns,
             work.campaigns().live_ten_dlc_of_user(subject.organization, subject.id));
  bool is_free = true;
  for (const campaign& each : campaigns) {
    TRY_ASSIGN(const std::int64_t members,
               work.numbers().count_of_campaign(subject.organization, each.id, 1));
    const bool is_joined = judged.registration.joins && judged.registration.joins->id == each.id;
    is_free = is_free && is_joined && members == 0;
  }
  if (is_free) return {};
  return refused(error_code::sole_proprietor_limit,
                 "A sole proprietor may have one number and one campaign.");
}

// A person without an EIN: one number, one campaign, and one mobile for a few of them at most.
result<void> judge_sole_proprietor(session& work, const app_environment& env,
                                   const provision_number_request& request,
                                   const judged_provision& judged) {
  const boost::json::object& record = judged.entity->record;
  const json::value* type = record.if_contains("entity_type");
  if (type == nullptr || !type->is_string() || type->get_string() != "sole_proprietor") {
    return wrong_tier("The tier sole_proprietor needs a legal entity of type sole_proprietor.");
  }
  if (judged.type == number_type::toll_free) {
    return wrong_tier("A sole proprietor registers one local number, not a toll-free one.");
  }
  if (!request.ein.empty() || !judged.entity->sealed_ein.empty()) {
    return bad_field("ein", "Whoever has an EIN registers as a company: use the tier standard.");
  }
  const json::value* mobile = record.if_contains("mobile_number");
  if (mobile == nullptr || !mobile->is_string()) return entity_is_incomplete({"mobile_number"});
  if (!judged.registers_brand) return judge_only_number(work, judged);
  const json::string& number = mobile->get_string();
  TRY_ASSIGN(const std::int64_t brands,
             work.campaigns().count_brands_of_mobile({number.data(), number.size()}));
  if (brands >= env.rules().brands_per_mobile_max) {
    return refused(error_code::mobile_number_limit,
                   "This mobile number already stands behind as many sole proprietors as the "
                   "registry allows.");
  }
  return {};
}

// Which tier it is: as asked, else that of the user's registration, else standard.
result<void> judge_tier(session& work, const app_environment& env,
                        const provision_number_request& request, judged_provision& judged) {
  const std::optional<brand>& company = judged.registration.company;
  const bool registered = company && !judged.registers_brand;
  judged.tier = request.tier.value_or(registered ? company->tier : registration_tier::standard);
  if (registered && company->tier != judged.tier) {
    return wrong_tier("The user is registered under the other tier.");
  }
  if (judged.tier == registration_tier::standard) return {};
  return judge_sole_proprietor(work, env, request, judged);
}

// Carriers take so many numbers on one campaign; more need a pool registered with them.
result<void> judge_campaign_room(session& work, const app_environment& env,
                                 const judged_provision& judged) {
  const std::optional<campaign>& joins = judged.registration.joins;
  if (!joins) return {};
  const std::int64_t most = env.rules().campaign_numbers_max;
  TRY_ASSIGN(const std::int64_t members,
             work.numbers().count_of_campaign(joins->organization, joins->id, most));
  if (members < most) return {};
  error refusal = refused(error_code::number_pool_required,
                          "All " + std::to_string(most) +
                              " numbers that a campaign may have are taken.");
  refusal.hint = "Release numbers, or register another use case for further ones.";
  refusal.details = json::object{{"campaign_id", joins->id.uuid()}};
  return refusal;
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
  TRY_ASSIGN(judged.registration,
             choose_registration(work, judged.subject.id, *judged.entity, judged.type,
                                 judged.account));
  judged.registers_brand = judged.registration.due.brand;
  TRY(judge_tier(work, env, request, judged));
  const bool standard = judged.tier == registration_tier::standard;
  if (standard && judged.registers_brand && request.ein.empty()) {
    error refusal = bad_field("ein", "The first number needs the company's EIN (9 digits).",
                              error_code::ein_required);
    refusal.hint = "Send \"ein\": \"12-3456789\"; it registers the carrier brand.";
    return refusal;
  }
  TRY(compare_ein(env, request, judged));
  // It was complete when it was submitted; it may have been changed since.
  const auto missing = missing_entity_fields(judged.entity->record);
  if (!missing.empty()) return entity_is_incomplete(missing);
  return judge_campaign_room(work, env, judged);
}

// A quote is there for who asked for it, and for nobody else.
result<void> judge_quote(session& work, const app_environment& env,
                         const provision_number_request& request, judged_provision& judged) {
  judged.type = request.type;
  if (!request.quote) return {};
  TRY_ASSIGN(judged.quoted, work.quotes().find(request.who.organization, *request.quote));
  const bool theirs = judged.quoted && judged.quoted->user == judged.subject.id &&
                      judged.quoted->key == request.who.key;
  if (!theirs) return refused(error_code::resource_not_found, "There is no such quote.");
  if (judged.quoted->used_by) return quote_is_over("This quote was used already.");
  if (judged.quoted->expires_at <= env.now()) return quote_is_over("This quote has expired.");
  judged.type = judged.quoted->type;
  return {};
}

// The account to begin with: the quote's, else where the user is registered to text while that
// sells, else the first that fits (where the company is then registered anew).
result<void> judge_account(session& work, const app_environment& env,
                           const provision_number_request& request, judged_provision& judged) {
  seller_wish wish;
  wish.type = judged.type;
  const bool registers = request.asked_through == dialect::naive;
  wish.registers = registers && judged.type == number_type::local;
  if (judged.quoted) wish.only = judged.quoted->carrier;
  const bool has_choice = env.work.carriers.sellers().size() > 1;
  if (registers && has_choice) {
    TRY_ASSIGN(const auto home,
               registration_home(work, request.who.organization, judged.subject.id));
    wish.first = home.value_or("");
  }
  const std::vector<carrier*> sellers = sellers_for(env.work.carriers, wish);
  if (sellers.empty()) {
    return refused(error_code::number_unavailable,
                   "No carrier account of this server sells such numbers now.");
  }
  judged.account = sellers.front()->abilities().name;
  return {};
}

result<void> judge_pause(session& work) {
  TRY_ASSIGN(const auto why, purchase_pause(work));
  if (!why) return {};
  error refusal = refused(error_code::purchases_paused, "Purchases are paused: " + *why);
  refusal.hint = "Nothing was bought; the operator sees why in GET /v1/reconcile.";
  return refusal;
}

result<void> judge_quoted_price(const judged_provision& judged) {
  if (!judged.quoted || judged.price <= judged.quoted->price) return {};
  error refusal = refused(error_code::price_changed,
                          "The price rose from " + to_decimal(judged.quoted->price) + " to " +
                              to_decimal(judged.price) + " credits since it was quoted.");
  refusal.hint = "Ask for a new quote.";
  return refusal;
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
    // As slots do, the kit limits what is bought: imported numbers were there before and cost
    // nothing.
    TRY_ASSIGN(const std::int64_t imported,
               work.numbers().count_imported_of_user(request.who.organization, judged.subject.id,
                                                     owned));
    if (owned - imported >= *most) return no_slot_left(env, *most);
  }
  return {};
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
             work.organizations().usage_of_key(request.who.key, now_ms / usage_day_ms));
  const std::int64_t until_midnight_ms = usage_day_ms - now_ms % usage_day_ms;
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

error quote_is_over(std::string sentence) {
  error over = refused(error_code::quote_expired, std::move(sentence));
  over.hint = "Ask for a new one with POST /v1/phone/quotes.";
  return over;
}

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
  TRY(judge_quote(work, env, request, judged));
  apply_kit(request, env, judged);
  TRY(judge_agent(work, request, judged));
  TRY(judge_pause(work));
  TRY(judge_account(work, env, request, judged));
  if (request.asked_through == dialect::naive) {
    TRY(judge_registration(work, env, request, judged));
  }
  if (charged) {
    judged.quote =
        quote_number(env.rules().prices, judged.type, judged.registration.due);
    judged.price = judged.quote.total;
  }
  TRY(judge_quoted_price(judged));
  TRY(judge_slots(work, env, request, judged));
  TRY(check_balance(work, judged.tenant.id, judged.price));
  TRY(judge_month(work, env, judged));
  TRY(judge_caps(work, env, request, judged));
  return judged;
}

}  // namespace dialplane
