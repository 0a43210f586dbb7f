#include "edge/rest/error_table.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"

namespace dialplane {

namespace {

// clang-format off
constexpr auto table = std::to_array<error_row>({
    {error_code::invalid_input, error_class::refused,
     400, "invalid_request", "Invalid request",
     400, "invalid_input", "",
     1, "An argument is wrong; the message names it.", retry_advice::never},
    {error_code::invalid_json, error_class::refused,
     400, "invalid_request", "Invalid JSON",
     400, "invalid_input", "invalid_json",
     1, "The arguments are not valid JSON.", retry_advice::never},
    {error_code::invalid_version, error_class::refused,
     400, "invalid_version", "Unknown API version",
     400, "invalid_input", "invalid_version",
     1, "The API version is unknown.", retry_advice::never},
    {error_code::unsupported_media_type, error_class::refused,
     415, "unsupported_media_type", "Unsupported media type",
     415, "unsupported_media_type", "",
     1, "The body must be application/json.", retry_advice::never},
    {error_code::payload_too_large, error_class::refused,
     413, "payload_too_large", "Request too large",
     413, "payload_too_large", "",
     1, "The request is too large.", retry_advice::never},
    {error_code::uri_too_long, error_class::refused,
     414, "uri_too_long", "Request target too long",
     414, "uri_too_long", "",
     1, "The request target is too long.", retry_advice::never},
    {error_code::headers_too_large, error_class::refused,
     431, "headers_too_large", "Request head too large",
     431, "headers_too_large", "",
     1, "The request headers are too large.", retry_advice::never},
    {error_code::malformed_request, error_class::refused,
     400, "invalid_request", "Malformed HTTP message",
     400, "invalid_input", "malformed_request",
     1, "The HTTP message is malformed.", retry_advice::never},
    {error_code::method_not_allowed, error_class::refused,
     405, "method_not_allowed", "Method not allowed",
     405, "method_not_allowed", "",
     1, "This method is not allowed here.", retry_advice::never},
    {error_code::not_found, error_class::refused,
     404, "not_found", "Not found",
     404, "not_found", "",
     1, "It does not exist.", retry_advice::never},
    {error_code::resource_not_found, error_class::refused,
     404, "not_found", "Not found",
     404, "resource_not_found", "",
     1, "The number, agent, campaign or assignment does not exist.", retry_advice::never},
    {error_code::unauthorized, error_class::refused,
     401, "unauthorized", "Unauthorized",
     401, "unauthorized", "",
     3, "The key is missing or not valid.", retry_advice::never},
    {error_code::forbidden, error_class::refused,
     403, "forbidden", "Forbidden",
     403, "forbidden", "",
     3, "This key may not do that.", retry_advice::never},
    {error_code::primitive_disabled_by_kit, error_class::refused,
     403, "forbidden", "Disabled by account kit",
     403, "forbidden", "primitive_disabled_by_kit",
     1, "The account kit of this user turns phone numbers off.", retry_advice::never},
    {error_code::self_approval, error_class::refused,
     403, "forbidden", "Agents cannot resolve approvals",
     403, "forbidden", "self_approval",
     1, "A human must resolve this approval.", retry_advice::never},
    {error_code::user_suspended, error_class::refused,
     403, "forbidden", "User suspended",
     403, "forbidden", "user_suspended",
     1, "This user is suspended.", retry_advice::never},
    {error_code::formation_required, error_class::refused,
     400, "invalid_request", "Legal entity required",
     400, "invalid_input", "formation_required",
     1, "A completed legal entity is needed first.", retry_advice::after_change},
    {error_code::ein_required, error_class::refused,
     400, "invalid_request", "EIN required",
     400, "invalid_input", "ein_required",
     1, "The first number needs the company EIN.", retry_advice::after_change},
    {error_code::ein_invalid, error_class::refused,
     400, "invalid_request", "EIN not valid",
     400, "invalid_input", "ein_invalid",
     1, "The EIN is not valid.", retry_advice::after_change},
    {error_code::ein_mismatch, error_class::refused,
     400, "invalid_request", "EIN does not match",
     400, "invalid_input", "ein_mismatch",
     1, "The EIN is not the one on record.", retry_advice::after_change},
    {error_code::entity_incomplete, error_class::refused,
     400, "invalid_request", "Legal entity incomplete",
     400, "invalid_input", "entity_incomplete",
     1, "The legal entity lacks fields the carrier needs.", retry_advice::after_change},
    {error_code::area_code_invalid, error_class::refused,
     400, "invalid_request", "Area code not valid",
     400, "invalid_input", "area_code_invalid",
     1, "That is not a US area code in use.", retry_advice::after_change},
    {error_code::already_resolved, error_class::refused,
     400, "invalid_request", "Approval already resolved",
     400, "invalid_input", "already_resolved",
     1, "This approval is already resolved.", retry_advice::never},
    {error_code::approval_required, error_class::refused,
     403, "approval_required", "Approval required",
     403, "forbidden", "approval_required",
     0, "A human must approve this before it runs.", retry_advice::never},
    {error_code::approval_expired, error_class::refused,
     400, "invalid_request", "Approval expired",
     400, "invalid_input", "approval_expired",
     1, "The approval has expired.", retry_advice::never},
    {error_code::phone_number_limit, error_class::refused,
     402, "quota_exceeded", "Phone number limit reached",
     402, "billing_blocked", "phone_number_limit",
     1, "All number slots of the plan are taken.", retry_advice::after_change},
    {error_code::insufficient_credits, error_class::refused,
     402, "quota_exceeded", "Not enough credits",
     402, "insufficient_credits", "",
     1, "The balance does not cover the price.", retry_advice::after_change},
    {error_code::spend_cap_reached, error_class::refused,
     402, "quota_exceeded", "Spend cap reached",
     402, "billing_blocked", "spend_cap_reached",
     1, "The spend cap would be passed.", retry_advice::after_change},
    {error_code::price_changed, error_class::refused,
     409, "conflict", "Price changed",
     409, "conflict", "price_changed",
     1, "The price has risen since the approval was asked for.", retry_advice::after_change},
    {error_code::number_assigned, error_class::refused,
     400, "number_assigned", "Number is assigned",
     409, "conflict", "number_assigned",
     1, "Unassign the agent first.", retry_advice::after_change},
    {error_code::conflict, error_class::conflict,
     409, "conflict", "Conflict",
     409, "conflict", "",
     1, "The present state does not allow this.", retry_advice::after_change},
    {error_code::idempotency_conflict, error_class::conflict,
     409, "idempotency_conflict", "Idempotency key already used",
     409, "idempotency_conflict", "",
     1, "The idempotency key belongs to another request.", retry_advice::never},
    {error_code::rate_limited, error_class::not_done,
     429, "rate_limited", "Too many requests",
     429, "rate_limited", "",
     1, "Too many requests; wait and try again.", retry_advice::after_delay},
    {error_code::purchase_cap_reached, error_class::refused,
     429, "rate_limited", "Daily purchase cap reached",
     429, "rate_limited", "purchase_cap_reached",
     1, "This key has bought as many numbers today as it may.", retry_advice::after_change},
    {error_code::number_unavailable, error_class::refused,
     503, "number_unavailable", "No number available",
     503, "number_unavailable", "",
     1, "No such number is in stock; nothing was bought.", retry_advice::after_change},
    {error_code::carrier_refused, error_class::refused,
     503, "number_unavailable", "Carrier refused",
     502, "provider_error", "carrier_refused",
     1, "The carrier refused; nothing was bought.", retry_advice::never},
    {error_code::carrier_unavailable, error_class::not_done,
     503, "number_unavailable", "Carrier unavailable",
     502, "provider_error", "carrier_unavailable",
     1, "The carrier cannot be reached; nothing was bought.", retry_advice::after_delay},
    {error_code::carrier_outcome_unknown, error_class::unknown,
     503, "unavailable", "Outcome not known yet",
     502, "provider_error", "carrier_outcome_unknown",
     5, "The outcome is not known yet; look at the operation.", retry_advice::same_key},
    {error_code::not_configured, error_class::refused,
     501, "not_configured", "Not configured",
     501, "not_configured", "",
     1, "No carrier is configured for this.", retry_advice::never},
    {error_code::overloaded, error_class::not_done,
     503, "unavailable", "Overloaded",
     503, "unavailable", "overloaded",
     1, "The server is busy; try again shortly.", retry_advice::after_delay},
    {error_code::timed_out, error_class::unknown,
     503, "unavailable", "Timed out",
     503, "unavailable", "timed_out",
     5, "The answer was not ready in time.", retry_advice::same_key},
    {error_code::shutting_down, error_class::not_done,
     503, "unavailable", "Shutting down",
     503, "unavailable", "shutting_down",
     1, "The server is stopping; try again shortly.", retry_advice::after_delay},
    {error_code::release_guarded, error_class::refused,
     403, "forbidden", "Release guarded",
     403, "forbidden", "release_guarded",
     1, "Only an operator may release this number now.", retry_advice::never},
    {error_code::store_failed, error_class::not_done,
     503, "unavailable", "Storage unavailable",
     503, "unavailable", "store_failed",
     1, "The change could not be stored.", retry_advice::after_delay},
    {error_code::internal_error, error_class::unknown,
     500, "internal_error", "Internal error",
     500, "internal_error", "",
     5, "Something went wrong on the server.", retry_advice::same_key},});
// clang-format on

std::string_view name_of_advice(retry_advice advice) noexcept {
  switch (advice) {
    case retry_advice::never: return "never";
    case retry_advice::after_change: return "after_change";
    case retry_advice::after_delay: return "after_delay";
    case retry_advice::same_key: return "same_key";
  }
  CHECK(false);
}

boost::json::object json_of(const error_row& row) {
  boost::json::object naive{{"status", row.naive_status}, {"code", row.naive_code}};
  if (!row.naive_reason.empty()) naive["reason"] = row.naive_reason;
  return {{"code", name_of(row.code)},
          {"class", name_of(row.usual)},
          {"cartesia", boost::json::object{{"status", row.cartesia_status},
                                           {"error_code", row.cartesia_code},
                                           {"title", row.cartesia_title}}},
          {"naive", std::move(naive)},
          {"cli_exit", row.cli_exit},
          {"mcp", row.mcp_sentence},
          {"retry", name_of_advice(row.retry)}};
}

}  // namespace

std::span<const error_row> error_table() noexcept { return table; }

const error_row& row_of(error_code code) noexcept {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const error_row& row) { return row.code == code; });
  CHECK(found != table.end());
  return *found;
}

std::string dump_errors_json() {
  boost::json::array rows;
  for (const error_row& row : table) rows.push_back(json_of(row));
  return boost::json::serialize(rows);
}

}  // namespace dialplane
