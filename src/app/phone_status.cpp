#include "app/phone_status.hpp"

#include <utility>

#include "app/subject.hpp"
#include "domain/legal_entity_rules.hpp"

namespace dialplane {

namespace {

constexpr std::size_t numbers_shown = 100;

}  // namespace

account_status account_status_of(const phone_status_view& view) noexcept {
  if (!view.account) return account_status::incomplete;
  switch (status_of(view.account->stage)) {
    case brand_status::pending: break;
    case brand_status::verified: return account_status::ready;
    case brand_status::failed: return account_status::error;
  }
  return account_status::incomplete;
}

// The first thing in the way wins: company, account, a number, then the campaign's review.
phone_next_step next_step_of(const phone_status_view& view) noexcept {
  const bool attested = view.entity && view.entity->status == formation_status::formation_completed;
  if (!attested) return phone_next_step::complete_legal_entity;
  if (view.account && view.account->stage == brand_stage::failed) {
    return phone_next_step::fix_account;
  }
  if (view.numbers.empty()) return phone_next_step::provision_number;
  if (view.account && view.account->stage == brand_stage::pending_otp) {
    return phone_next_step::verify_otp;
  }
  if (!view.campaign) return phone_next_step::wait_for_campaign;
  switch (view.campaign->status) {
    case campaign_status::rejected:
    case campaign_status::suspended: return phone_next_step::fix_campaign;
    case campaign_status::active: return phone_next_step::none;
    case campaign_status::expired: return phone_next_step::provision_number;
    case campaign_status::created:
    case campaign_status::in_review: break;
  }
  return phone_next_step::wait_for_campaign;
}

result<phone_status_view> get_phone_status(session& work, const app_environment& env,
                                           const actor& who, std::optional<user_id> asked) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  phone_status_view view;
  TRY_ASSIGN(view.entity, work.users().find_entity_of_user(who.organization, subject.id));
  TRY_ASSIGN(view.account, work.campaigns().find_brand_of_user(who.organization, subject.id));
  if (view.entity) view.fields_needed = missing_entity_fields(view.entity->record);
  page_request cut;
  cut.limit = numbers_shown;
  TRY_ASSIGN(auto numbers, list_phones(work, who, subject.id, {}, cut));
  view.numbers = std::move(numbers.rows);
  TRY_ASSIGN(const ledger_balances balances, work.ledger().balances(who.organization));
  for (phone_view& each : view.numbers) {
    each.readiness = judge_readiness({each.row, view.account, each.campaign, balances.available,
                                      env.rules().prices.outbound_sms_segment});
  }
  // A brand whose first purchase came to nothing was never filed: nothing is there to be fixed.
  const bool never_filed = view.account && view.account->stage == brand_stage::draft &&
                           view.account->submissions == 0;
  if (never_filed && view.numbers.empty()) view.account.reset();
  TRY_ASSIGN(view.campaign, work.campaigns().find_ten_dlc_of_user(who.organization, subject.id));
  for (const phone_view& each : view.numbers) {
    if (view.campaign) break;
    view.campaign = each.campaign;
  }
  return view;
}

}  // namespace dialplane
