#include "workflow/send_readiness_of.hpp"

#include "base/money.hpp"

namespace dialplane {

result<send_readiness> send_readiness_of(session& work, const workflow_environment& env,
                                         const number& which) {
  send_facts facts;
  facts.sender = which;
  if (which.campaign) {
    TRY_ASSIGN(facts.filed, work.campaigns().find(which.organization, *which.campaign));
  }
  if (facts.filed && facts.filed->kind == campaign_kind::ten_dlc) {
    TRY_ASSIGN(facts.registered,
               work.campaigns().find_brand_of_user(which.organization, which.user));
  }
  TRY_ASSIGN(const ledger_balances balances, work.ledger().balances(which.organization));
  facts.available = balances.available;
  facts.segment_price = env.rules.prices.outbound_sms_segment;
  return judge_readiness(facts);
}

}  // namespace dialplane
