#include "edge/mcp/recovery.hpp"

#include <boost/json/object.hpp>
#include <string_view>

namespace dialplane {

namespace {

namespace json = boost::json;

struct advice {
  error_code code;
  std::string_view action;
  std::string_view description;
};

// One row per step, in order, for what the general rules below would say worse.
constexpr advice steps[] = {
    {error_code::compliance_pending, "naive_phone_status",
     "See next_step and each number's send_readiness; try again when may_send is true."},
    {error_code::ein_required, "correct_arguments",
     "Ask your user for the company's EIN and call again with ein."},
    {error_code::ein_invalid, "correct_arguments", "Ask your user for the right EIN."},
    {error_code::ein_mismatch, "correct_arguments",
     "Use the EIN on record, or leave ein out after the first number."},
    {error_code::area_code_invalid, "correct_arguments", "Give a US area code in use, or none."},
    {error_code::formation_required, "ask_operator",
     "An operator must complete the company's legal entity first."},
    {error_code::entity_incomplete, "ask_operator",
     "An operator must add what error.details.missing names to the legal entity."},
    {error_code::insufficient_credits, "ask_operator",
     "An operator must top up credits; error.details says what is needed."},
    {error_code::spend_cap_reached, "ask_operator", "An operator may raise the spending cap."},
    {error_code::phone_number_limit, "naive_phone_list",
     "See whether a number is no longer needed; releasing one frees a slot. Ask your user."},
    {error_code::phone_number_limit, "ask_operator", "An operator may raise the limit."},
    {error_code::number_unavailable, "naive_phone_available", "See what can be bought now."},
    {error_code::price_changed, "naive_phone_available", "See the prices as they are now."},
    {error_code::consent_required, "ask_operator",
     "The recipient's consent must be put on record first."},
    {error_code::rental_unpaid, "ask_operator", "An operator must top up credits."},
    {error_code::missing_permission, "naive_phone_assignments",
     "See what each agent may do at this number; an operator can change it."},
    {error_code::quiet_hours, "wait", "Try again when it is day where the recipient is."},
    {error_code::purchase_cap_reached, "wait", "Try again tomorrow (UTC)."},
    {error_code::release_guarded, "ask_operator", "An operator can release this number."},
    {error_code::approval_expired, "ask_operator", "Ask the human, then make a new request."},
    {error_code::resource_not_found, "naive_phone_list", "Look up the ids as they are."},
    {error_code::not_found, "correct_arguments", "Check the id; other users' ids are not found."},
    {error_code::idempotency_conflict, "correct_arguments",
     "Use another idempotency_key for another request."},
    {error_code::recipient_opted_out, "ask_operator",
     "Do not text this person; only they can opt in again."},
    {error_code::registration_incomplete, "naive_phone_status",
     "See what the registration lacks."},
    {error_code::carrier_outcome_unknown, "naive_phone_list",
     "See whether it happened: look for the number, or at the operation, before you repeat."},
};

constexpr advice other_ways[] = {
    {error_code::number_unavailable, "naive_phone_provision",
     "Without area_code, or with another one."},
    {error_code::compliance_pending, "naive_phone_wait",
     "Receiving texts works already; only sending waits."},
    {error_code::phone_number_limit, "naive_phone_list", "Use a number that is already there."},
};

json::object shown(std::string_view action, std::string_view description) {
  return {{"action", action}, {"description", description}};
}

json::object general_step(const error_row& row) {
  switch (row.retry) {
    case retry_advice::after_delay:
      return shown("wait", "Wait for error.details.retry_after_ms milliseconds, then try again.");
    case retry_advice::same_key:
      return shown("naive_phone_status",
                   "It may have happened: look first. Repeat only with the same idempotency_key.");
    default: break;
  }
  const bool about_input = row.naive_code == "invalid_input" || row.naive_status == 400;
  if (about_input) return shown("correct_arguments", "Correct what error.message names.");
  return shown("ask_operator", "This key cannot change that; tell your user what error says.");
}

}  // namespace

json::array recovery_from(const error_row& row) {
  json::array found;
  for (const advice& each : steps) {
    if (each.code == row.code) found.push_back(shown(each.action, each.description));
  }
  if (found.empty()) found.push_back(general_step(row));
  return found;
}

json::array alternatives_to(const error_row& row) {
  json::array found;
  for (const advice& each : other_ways) {
    if (each.code == row.code) found.push_back(shown(each.action, each.description));
  }
  return found;
}

}  // namespace dialplane
