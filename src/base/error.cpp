#include "base/error.hpp"

#include <stdexcept>

#include "base/check.hpp"

namespace dialplane {

std::string_view name_of(error_class kind) noexcept {
  switch (kind) {
    case error_class::refused: return "refused";
    case error_class::not_done: return "not_done";
    case error_class::unknown: return "unknown";
    case error_class::conflict: return "conflict";
  }
  CHECK(false);
}

namespace {

#define NAME(code) \
  case error_code::code: return #code

// Split in two so that each half fits a screen: requests, then business and machinery.
std::string_view name_of_request_code(error_code code) noexcept {
  switch (code) {
    NAME(invalid_input);
    NAME(invalid_json);
    NAME(invalid_version);
    NAME(unsupported_media_type);
    NAME(payload_too_large);
    NAME(uri_too_long);
    NAME(headers_too_large);
    NAME(malformed_request);
    NAME(method_not_allowed);
    NAME(not_found);
    NAME(resource_not_found);
    NAME(unauthorized);
    NAME(forbidden);
    NAME(primitive_disabled_by_kit);
    NAME(self_approval);
    NAME(user_suspended);
    NAME(formation_required);
    NAME(ein_required);
    NAME(ein_invalid);
    NAME(ein_mismatch);
    NAME(entity_incomplete);
    NAME(area_code_invalid);
    NAME(already_resolved);
    default: return {};
  }
}

std::string_view name_of_outcome_code(error_code code) noexcept {
  switch (code) {
    NAME(approval_required);
    NAME(approval_expired);
    NAME(phone_number_limit);
    NAME(insufficient_credits);
    NAME(spend_cap_reached);
    NAME(price_changed);
    NAME(number_assigned);
    NAME(conflict);
    NAME(idempotency_conflict);
    NAME(rate_limited);
    NAME(purchase_cap_reached);
    NAME(number_unavailable);
    NAME(carrier_refused);
    NAME(carrier_unavailable);
    NAME(carrier_outcome_unknown);
    NAME(carrier_credentials_rejected);
    NAME(carrier_out_of_funds);
    NAME(carrier_account_invalid);
    NAME(purchases_paused);
    NAME(quote_expired);
    NAME(not_configured);
    NAME(overloaded);
    NAME(timed_out);
    NAME(shutting_down);
    NAME(release_guarded);
    NAME(missing_permission);
    NAME(compliance_pending);
    NAME(destination_not_allowed);
    NAME(recipient_opted_out);
    NAME(consent_required);
    NAME(quiet_hours);
    NAME(send_cap);
    NAME(rental_unpaid);
    NAME(number_pool_required);
    NAME(sole_proprietor_limit);
    NAME(mobile_number_limit);
    NAME(campaign_in_use);
    NAME(code_wrong);
    NAME(code_expired);
    NAME(registration_incomplete);
    NAME(store_failed);
    NAME(internal_error);
    default: return {};
  }
}

#undef NAME

}  // namespace

std::string_view name_of(error_code code) noexcept {
  std::string_view name = name_of_request_code(code);
  if (name.empty()) name = name_of_outcome_code(code);
  CHECK(!name.empty());
  return name;
}

error refused(error_code code, std::string message, std::source_location where) {
  return {
      .kind = error_class::refused, .code = code, .message = std::move(message), .where = where};
}

error not_done(error_code code, std::string message, std::string internal,
               std::source_location where) {
  return {.kind = error_class::not_done,
          .code = code,
          .message = std::move(message),
          .internal = std::move(internal),
          .where = where};
}

error outcome_unknown(error_code code, std::string message, std::string internal,
                      std::source_location where) {
  return {.kind = error_class::unknown,
          .code = code,
          .message = std::move(message),
          .internal = std::move(internal),
          .where = where};
}

error conflicting(error_code code, std::string message, std::source_location where) {
  return {
      .kind = error_class::conflict, .code = code, .message = std::move(message), .where = where};
}

error bad_field(std::string field, std::string message, error_code code,
                std::source_location where) {
  return {.kind = error_class::refused,
          .code = code,
          .message = std::move(message),
          .field = std::move(field),
          .where = where};
}

error internal_fault(std::string internal, std::source_location where) {
  return {.kind = error_class::unknown,
          .code = error_code::internal_error,
          .message = "Something went wrong on our side.",
          .internal = std::move(internal),
          .where = where};
}

std::string describe(const error& failure) {
  std::string line;
  line.append(name_of(failure.kind)).append(" ").append(name_of(failure.code));
  if (!failure.field.empty()) line.append(" field=").append(failure.field);
  if (!failure.internal.empty()) line.append(": ").append(failure.internal);
  line.append(" at ").append(failure.where.file_name()).append(":");
  line.append(std::to_string(failure.where.line()));
  return line;
}

void throw_exception_from_error(const error& failure, const boost::source_location&) {
  throw std::logic_error("unchecked result: " + describe(failure));
}

}  // namespace dialplane
