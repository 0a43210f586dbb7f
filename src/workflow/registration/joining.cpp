#include "workflow/registration/joining.hpp"

#include "workflow/registration/begun_brand.hpp"
#include "workflow/registration/changes.hpp"
#include "workflow/registration/fees.hpp"
#include "workflow/registration/filing_check.hpp"
#include "workflow/registration/starting.hpp"

namespace dialplane {

namespace {

brand new_brand(workflow_environment& env, const legal_entity& entity, registration_tier tier,
                std::string_view carrier) {
  brand row;
  row.id = env.ids.make<brand_id>();
  row.organization = entity.organization;
  row.user = entity.user;
  row.entity = entity.id;
  row.tier = tier;
  row.carrier = carrier;
  row.created_at = env.time.now();
  row.updated_at = row.created_at;
  row.stage_since = row.created_at;
  return row;
}

std::optional<std::string> mobile_of(const legal_entity& entity, registration_tier tier) {
  if (tier != registration_tier::sole_proprietor) return std::nullopt;
  const boost::json::value* found = entity.record.if_contains("mobile_number");
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string(found->get_string());
}

result<brand> join_brand(session& work, workflow_environment& env,
                         const registration_choice& choice, const legal_entity& entity,
                         registration_tier tier, const number_quote& quote,
                         std::string_view carrier) {
  if (!choice.due.brand) return *choice.company;
  brand company = choice.company.value_or(new_brand(env, entity, tier, carrier));
  company.tier = tier;
  company.carrier = carrier;
  company.mobile_number = mobile_of(entity, tier);
  company.updated_at = env.time.now();
  TRY(hold_fee(work, env, company, quote.brand_fee));
  TRY(choice.company ? work.campaigns().update_brand(company)
                     : work.campaigns().insert_brand(company));
  return company;
}

campaign new_campaign(workflow_environment& env, const number& member) {
  campaign row;
  row.id = env.ids.make<campaign_id>();
  row.organization = member.organization;
  row.user = member.user;
  row.carrier = member.carrier;
  row.created_at = env.time.now();
  row.updated_at = row.created_at;
  row.status_since = row.created_at;
  if (member.type == number_type::toll_free) {
    row.kind = campaign_kind::toll_free_verification;
    row.number = member.id;
  }
  return row;
}

// A purchase accepted by an older program has paid its registration with the number's price.
result<campaign> join_late(session& work, workflow_environment& env, const number& bought,
                           const std::optional<brand>& company) {
  if (bought.type == number_type::local) {
    TRY_ASSIGN(const auto known, work.campaigns().live_ten_dlc_of_user(bought.organization,
                                                                       bought.user));
    if (!known.empty()) return known.front();
  }
  campaign row = new_campaign(env, bought);
  row.fee.state = fee_state::captured;
  if (company && row.kind == campaign_kind::ten_dlc) row.brand = company->id;
  TRY(work.campaigns().insert(row));
  return row;
}

result<campaign> campaign_for(session& work, workflow_environment& env, const number& bought,
                              const std::optional<brand>& company) {
  if (!bought.campaign) return join_late(work, env, bought, company);
  TRY_ASSIGN(std::optional<campaign> joined,
             work.campaigns().find(bought.organization, *bought.campaign));
  if (!joined) return internal_fault("a number's campaign is not there");
  return *std::move(joined);
}

bool is_with_carrier(const campaign& filed) {
  return filed.operation || !filed.carrier_reference.empty();
}

// A draft, or one that an older program called verified without having registered it.
bool waits_to_be_filed(const std::optional<brand>& company) {
  if (!company || company->operation || !company->carrier_reference.empty()) return false;
  return company->stage == brand_stage::verified ||
         (company->stage == brand_stage::draft && company->submissions == 0);
}

// The campaign is filed once the company is verified; where that is under way, its end starts it.
result<void> start_unbegun(session& work, workflow_environment& env, std::optional<brand>& company,
                           campaign& joined, const work_origin& from) {
  if (waits_to_be_filed(company)) {
    TRY(start_brand(work, env, *company, from));
    TRY(work.campaigns().update_brand(*company));
  }
  const bool alone = joined.kind == campaign_kind::toll_free_verification;
  const bool may_file = alone || (company && company->stage == brand_stage::verified &&
                                  !company->carrier_reference.empty());
  if (!may_file || is_with_carrier(joined) || joined.status != campaign_status::created) return {};
  TRY(start_campaign(work, env, joined, from));
  return work.campaigns().update(joined);
}


micro_credits held_by(const filing_fee& fee) {
  return fee.state == fee_state::held ? fee.amount : micro_credits{};
}

// What would be rejected is not filed at all. Gives the fees that came back; nothing where nothing
// was stopped.
result<std::optional<micro_credits>> check_before_begin(session& work, workflow_environment& env,
                                         const std::optional<brand>& company,
                                         const campaign& joined) {
  const bool files_brand = waits_to_be_filed(company);
  const bool files_campaign = !is_with_carrier(joined) && joined.status == campaign_status::created;
  if (!files_brand && !files_campaign) return std::optional<micro_credits>();
  TRY_ASSIGN(const std::vector<finding> findings,
             check_filing(work, env, joined.organization, joined.user));
  if (!has_errors(findings)) return std::optional<micro_credits>();
  micro_credits returned;
  if (files_brand) {
    returned = returned + held_by(company->fee);
    // With the campaigns that wait for it.
    if (joined.kind == campaign_kind::ten_dlc) returned = returned + held_by(joined.fee);
    TRY(stop_filing(work, env, *company, findings));
  }
  const bool stopped_with_brand = files_brand && joined.kind == campaign_kind::ten_dlc;
  if (files_campaign && !stopped_with_brand) {
    returned = returned + held_by(joined.fee);
    TRY(stop_filing(work, env, joined, findings));
  }
  return std::optional(returned);
}

// Does any other number need the user's registration?
result<bool> others_need_it(session& work, const operation& provision) {
  number_filter only;
  only.user = provision.user;
  page_request cut;
  cut.limit = 100;
  TRY_ASSIGN(const auto found, work.numbers().page_of(provision.organization, only, cut));
  for (const number_view& each : found.rows) {
    if (each.row.campaign && each.row.id != *provision.number) return true;
  }
  return false;
}

}  // namespace

result<registration_choice> choose_registration(session& work, user_id subject,
                                                const legal_entity& entity, number_type type,
                                                std::string_view carrier) {
  registration_choice choice;
  TRY_ASSIGN(choice.company, work.campaigns().find_brand_of_user(entity.organization, subject));
  // Registered at an account that does not sell any more: local numbers need a registration where
  // they are bought.
  const bool elsewhere = choice.company && is_begun(*choice.company) &&
                         choice.company->carrier != carrier;
  if (elsewhere && type == number_type::local) choice.company.reset();
  choice.due.brand = !choice.company || !choice.company->fee.is_taken();
  if (type == number_type::local) {
    const std::string use_case = use_case_of(entity.record);
    TRY_ASSIGN(const auto known,
               work.campaigns().live_ten_dlc_of_user(entity.organization, subject));
    for (const campaign& each : known) {
      if (each.use_case != use_case || each.carrier != carrier) continue;
      choice.joins = each;
      break;
    }
  }
  choice.due.campaign = !choice.joins || !choice.joins->fee.is_taken();
  return choice;
}

result<void> join_registration(session& work, workflow_environment& env,
                               const registration_choice& choice, const legal_entity& entity,
                               registration_tier tier, const number_quote& quote,
                               number& pending) {
  TRY_ASSIGN(const brand company,
             join_brand(work, env, choice, entity, tier, quote, pending.carrier));
  campaign joined = choice.joins.value_or(new_campaign(env, pending));
  if (joined.kind == campaign_kind::ten_dlc) joined.brand = company.id;
  if (!choice.joins) joined.use_case = use_case_of(entity.record);
  pending.campaign = joined.id;
  pending.attachment_since = pending.created_at;
  if (!choice.due.campaign) return {};
  if (joined.is_not_filed()) {
    joined.status = campaign_status::created;
    joined.status_detail.clear();
    joined.findings = "[]";
    joined.rejection_reason.reset();
    joined.status_since = env.time.now();
  }
  joined.updated_at = env.time.now();
  TRY(hold_fee(work, env, joined, quote.campaign_fee));
  return choice.joins ? work.campaigns().update(joined) : work.campaigns().insert(joined);
}

result<begun_registration> begin_registration(session& work, workflow_environment& env,
                                              const operation& provision, number& bought) {
  begun_registration begun;
  TRY_ASSIGN(begun.company,
             work.campaigns().find_brand_of_user(bought.organization, bought.user));
  TRY_ASSIGN(campaign joined, campaign_for(work, env, bought, begun.company));
  bought.campaign = joined.id;
  if (!bought.attachment_since) bought.attachment_since = env.time.now();
  const work_origin from = origin_of(provision);
  TRY_ASSIGN(const auto returned, check_before_begin(work, env, begun.company, joined));
  if (returned) {
    begun.returned = *returned;
    TRY_ASSIGN(begun.joined, work.campaigns().find(joined.organization, joined.id));
    return begun;
  }
  TRY(start_unbegun(work, env, begun.company, joined, from));
  const bool attaches = joined.kind == campaign_kind::ten_dlc &&
                        joined.status == campaign_status::active;
  if (attaches) TRY(start_attachment(work, env, joined, bought, from));
  begun.joined = std::move(joined);
  return begun;
}

result<void> give_back_registration(session& work, workflow_environment& env,
                                    const operation& provision, const number& never_bought) {
  if (!never_bought.campaign) return {};
  TRY_ASSIGN(std::optional<campaign> joined,
             work.campaigns().find(never_bought.organization, *never_bought.campaign));
  if (joined && !is_with_carrier(*joined)) {
    TRY_ASSIGN(const std::int64_t members, work.numbers().count_of_campaign(
                                               joined->organization, joined->id, 1));
    if (members == 0) {
      TRY(return_fee(work, env, *joined));
      TRY(work.campaigns().remove(joined->organization, joined->id));
    }
  }
  TRY_ASSIGN(std::optional<brand> company,
             work.campaigns().find_brand_of_user(provision.organization, provision.user));
  if (!waits_to_be_filed(company) || company->stage != brand_stage::draft) return {};
  TRY_ASSIGN(const bool needed, others_need_it(work, provision));
  if (needed) return {};
  TRY(return_fee(work, env, *company));
  company->fee.state = fee_state::returned;
  company->mobile_number.reset();
  company->updated_at = env.time.now();
  return work.campaigns().update_brand(*company);
}

}  // namespace dialplane
