// A filing's fee in the ledger: held with the purchase or resubmission that asks for the filing,
// captured when the carrier has accepted it, returned when nothing was filed. Each has rows of its
// own, apart from the number's price.
//
// Changes the fee in the given record; the caller writes the record in the same unit. A fee that
// is not in the state a call starts from is left as it is, so that no call counts twice.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "domain/campaign.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

// refused: insufficient_credits.
result<void> hold_fee(session& work, workflow_environment& env, brand& of, micro_credits amount);
result<void> hold_fee(session& work, workflow_environment& env, campaign& of,
                      micro_credits amount);
result<void> capture_fee(session& work, workflow_environment& env, brand& of);
result<void> capture_fee(session& work, workflow_environment& env, campaign& of);
result<void> return_fee(session& work, workflow_environment& env, brand& of);
result<void> return_fee(session& work, workflow_environment& env, campaign& of);

// "phone.brand_registration", "phone.campaign_registration", "phone.toll_free_verification".
std::string_view fee_action(const brand& of) noexcept;
std::string_view fee_action(const campaign& of) noexcept;

}  // namespace dialplane
