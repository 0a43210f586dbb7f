#include "app/campaigns.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "app/audit_trail.hpp"
#include "app/credits.hpp"
#include "app/subject.hpp"
#include "base/crash_point.hpp"
#include "workflow/registration/changes.hpp"
#include "workflow/registration/fees.hpp"
#include "workflow/registration/filing_check.hpp"

namespace dialplane {

namespace {

result<campaign_view> view_of(session& work, const app_environment& env, campaign row) {
  campaign_view view;
  TRY_ASSIGN(view.numbers,
             work.numbers().count_of_campaign(row.organization, row.id,
                                              env.rules().campaign_numbers_max + 1));
  view.row = std::move(row);
  return view;
}

result<campaign> find_visible(session& work, const actor& who, campaign_id id) {
  TRY_ASSIGN(auto found, work.campaigns().find(who.organization, id));
  const auto visible = visible_user(who, std::nullopt);
  if (!found || (visible && found->user != *visible)) {
    return refused(error_code::resource_not_found, "No such campaign.");
  }
  return *std::move(found);
}

error nothing_to_resubmit() {
  return conflicting(error_code::conflict,
                     "Only a rejected registration, or one of a company that was not verified, "
                     "can be handed in again.");
}

// What is handed in again: the company, the campaign, or both.
struct resubmission {
  std::optional<brand> company;
  campaign filed;
  bool brand_again = false;
  bool campaign_again = false;
};

bool needs_brand_again(const std::optional<brand>& company) {
  if (!company || company->operation) return false;
  const bool never_filed = company->stage == brand_stage::draft && company->findings != "[]";
  return company->stage == brand_stage::failed || never_filed;
}

result<resubmission> judge_resubmission(session& work, const actor& who, campaign_id id) {
  resubmission plan;
  TRY_ASSIGN(plan.filed, find_visible(work, who, id));
  TRY_ASSIGN(plan.company,
             work.campaigns().find_brand_of_user(plan.filed.organization, plan.filed.user));
  plan.brand_again = needs_brand_again(plan.company);
  plan.campaign_again =
      plan.filed.status == campaign_status::rejected && !plan.filed.operation;
  const bool waits = plan.brand_again && plan.filed.status == campaign_status::created;
  if (!plan.campaign_again && !waits) return nothing_to_resubmit();
  return plan;
}

result<void> must_pass_check(session& work, const app_environment& env, const campaign& filed) {
  TRY_ASSIGN(const auto findings,
             check_filing(work, env.work, filed.organization, filed.user));
  if (!has_errors(findings)) return {};
  error refusal = refused(error_code::registration_incomplete,
                          "Carriers would reject the registration as it is.");
  refusal.hint = "Correct the fields of details.findings with PATCH /v1/formation/{id}.";
  refusal.details = boost::json::object{{"findings", boost::json::parse(to_json(findings))}};
  return refusal;
}

micro_credits brand_fee_due(const app_environment& env, const resubmission& plan) {
  if (!plan.brand_again || plan.company->fee.is_taken()) return {};
  return env.rules().prices.brand_registration;
}

// A fee that was returned is due again; one that was spent is not, but a resubmission may cost.
micro_credits campaign_fee_due(const app_environment& env, const resubmission& plan) {
  if (!plan.filed.fee.is_taken()) return plan.filed.fee.amount;
  return plan.campaign_again ? env.rules().prices.campaign_resubmission : micro_credits{};
}

result<void> hold_again(session& work, const app_environment& env, resubmission& plan) {
  const micro_credits brand_fee = brand_fee_due(env, plan);
  const micro_credits campaign_fee = campaign_fee_due(env, plan);
  TRY(check_balance(work, plan.filed.organization, brand_fee + campaign_fee));
  if (plan.brand_again) TRY(hold_fee(work, env.work, *plan.company, brand_fee));
  if (campaign_fee.value > 0) plan.filed.fee.state = fee_state::due;
  return hold_fee(work, env.work, plan.filed, campaign_fee);
}

result<void> start_again(session& work, const app_environment& env, resubmission& plan,
                         const work_origin& from) {
  const campaign before = plan.filed;
  if (plan.brand_again) {
    TRY(start_brand(work, env.work, *plan.company, from));
    TRY(work.campaigns().update_brand(*plan.company));
  }
  const bool alone = plan.filed.kind == campaign_kind::toll_free_verification;
  const bool verified = plan.company && plan.company->stage == brand_stage::verified;
  // One that a carrier has rejected before stays so until it is filed again.
  if (plan.filed.is_not_filed() && plan.filed.carrier_reference.empty()) {
    plan.filed.status = campaign_status::created;
    plan.filed.status_detail.clear();
    plan.filed.rejection_reason.reset();
    plan.filed.findings = "[]";
  }
  // Where the company comes first, its end starts the campaign.
  if (plan.campaign_again && (alone || verified)) {
    TRY(start_campaign(work, env.work, plan.filed, from));
  }
  return write_campaign(work, env.work, plan.filed, before);
}

struct accepted_end {
  campaign_view view;
  std::optional<operation_id> work;  // nothing: it has ended already
};

result<accepted_end> accept_end(session& work, const app_environment& env, const actor& who,
                                campaign_id id, const std::string& request) {
  TRY_ASSIGN(campaign row, find_visible(work, who, id));
  accepted_end accepted;
  if (row.status != campaign_status::expired) {
    TRY_ASSIGN(const std::int64_t members,
               work.numbers().count_of_campaign(row.organization, row.id, 1));
    if (members > 0) {
      error refusal = refused(error_code::campaign_in_use, "Numbers still use this campaign.");
      refusal.hint = "Release them first; then end it.";
      return refusal;
    }
    const work_origin from{who.key, request, dialect::naive};
    TRY_ASSIGN(accepted.work, start_campaign_end(work, env.work, row, from));
    TRY(work.campaigns().update(row));
    TRY(record_act(work, env, who, "campaign.end.accepted", row.id.uuid(), request));
  }
  TRY_ASSIGN(accepted.view, view_of(work, env, std::move(row)));
  return accepted;
}

using end_done = unique_function<void(result<ended_campaign>)>;

void answer_ended(app_environment& env, const campaign& which, end_done done) {
  env.database().read<ended_campaign>(
      [&env, which](session& work) -> result<ended_campaign> {
        TRY_ASSIGN(auto now, work.campaigns().find(which.organization, which.id));
        if (!now) return internal_fault("an ended campaign is not there");
        const bool over = now->status == campaign_status::expired;
        TRY_ASSIGN(campaign_view view, view_of(work, env, *std::move(now)));
        return ended_campaign{std::move(view), over};
      },
      std::move(done));
}

}  // namespace

result<page<campaign_view>> list_campaigns(session& work, const app_environment& env,
                                           const actor& who, std::optional<user_id> asked,
                                           const page_request& cut) {
  // All of the organization's, unless a user was asked for or the key is bound to one.
  if (asked) TRY(find_subject(work, who, asked));
  const std::optional<user_id> only = visible_user(who, asked);
  TRY_ASSIGN(auto found, work.campaigns().page_of(who.organization, only, cut));
  page<campaign_view> views;
  views.has_more = found.has_more;
  for (campaign& each : found.rows) {
    TRY_ASSIGN(campaign_view view, view_of(work, env, std::move(each)));
    views.rows.push_back(std::move(view));
  }
  return views;
}

result<campaign_view> get_campaign(session& work, const app_environment& env, const actor& who,
                                   campaign_id id) {
  TRY_ASSIGN(campaign row, find_visible(work, who, id));
  return view_of(work, env, std::move(row));
}

result<campaign_view> resubmit_campaign(session& work, const app_environment& env,
                                        const actor& who, campaign_id id,
                                        std::string_view request) {
  TRY_ASSIGN(resubmission plan, judge_resubmission(work, who, id));
  TRY(must_pass_check(work, env, plan.filed));
  TRY(hold_again(work, env, plan));
  TRY(start_again(work, env, plan, {who.key, std::string(request), dialect::naive}));
  TRY(record_act(work, env, who, "campaign.resubmitted", plan.filed.id.uuid(), request));
  return get_campaign(work, env, who, id);
}

void end_campaign(app_environment& env, const actor& who, campaign_id id, std::string request,
                  end_done done) {
  env.database().write<accepted_end>(
      [&env, who, id, request = std::move(request)](session& work) {
        return accept_end(work, env, who, id, request);
      },
      [&env, done = std::move(done)](result<accepted_end> accepted) mutable {
        if (!accepted) return done(std::move(accepted).error());
        if (!accepted->work) return done(ended_campaign{std::move(accepted->view), true});
        crash_point("end_accept_committed");
        const campaign which = accepted->view.row;
        env.operations.kick();
        env.operations.await(which.organization, *accepted->work, env.rules().result_wait,
                             [&env, which, done = std::move(done)](result<operation> end) mutable {
                               if (!end) return done(std::move(end).error());
                               answer_ended(env, which, std::move(done));
                             });
      });
}

}  // namespace dialplane
