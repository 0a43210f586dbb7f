// Where a subject stands on the way to texting: account, campaign, numbers, and the next step.
// Rules: naive dialect §4.3. Runs inside a unit and changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/phone_numbers.hpp"
#include "domain/campaign.hpp"
#include "domain/organization.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"

namespace dialplane {

enum class account_status { incomplete, ready, error };
NAMED_ENUM(account_status, {account_status::incomplete, "incomplete"},
           {account_status::ready, "ready"}, {account_status::error, "error"});

enum class phone_next_step {
  complete_legal_entity,
  provision_number,
  verify_otp,
  fix_account,
  wait_for_campaign,
  fix_campaign,
  none,
};
NAMED_ENUM(phone_next_step, {phone_next_step::complete_legal_entity, "complete_legal_entity"},
           {phone_next_step::provision_number, "provision_number"},
           {phone_next_step::verify_otp, "verify_otp"},
           {phone_next_step::fix_account, "fix_account"},
           {phone_next_step::wait_for_campaign, "wait_for_campaign"},
           {phone_next_step::fix_campaign, "fix_campaign"}, {phone_next_step::none, "none"});

struct phone_status_view {
  std::optional<legal_entity> entity;
  std::optional<brand> account;                 // nothing before the first number
  std::vector<std::string> fields_needed;       // of the entity, dot paths
  std::optional<dialplane::campaign> campaign;  // the 10DLC one, else a toll-free number's
  std::vector<phone_view> numbers;              // newest first, at most 100, without released ones
};

account_status account_status_of(const phone_status_view& view) noexcept;
phone_next_step next_step_of(const phone_status_view& view) noexcept;

result<phone_status_view> get_phone_status(session& work, const app_environment& env,
                                           const actor& who, std::optional<user_id> asked);

}  // namespace dialplane
