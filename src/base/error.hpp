// The one error type, and result<T>: what every function that can fail returns.
//
// An error says four things and keeps them apart: what kind of failure it is (the class, set where
// it happened and never guessed later), a stable public code, words for the caller, and words for
// the log. The public parts never contain the internal text. contract/errors.yaml lists each
// code with its status in each dialect.
#pragma once

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace dialplane {

// What is known about the act that failed; the workflow runner decides by it alone.
enum class error_class {
  refused,   // did not happen and never will: compensate and end
  not_done,  // certainly did not happen and may be tried again
  unknown,   // may have happened: look it up, never repeat it blindly
  conflict,  // the world changed: read again, then decide
};

// Stable public codes. Their wire form per dialect is in edge/rest/error_table.cpp, which a test
// compares with contract/errors.yaml.
enum class error_code {
  invalid_input,
  invalid_json,
  invalid_version,
  unsupported_media_type,
  payload_too_large,
  uri_too_long,
  headers_too_large,
  malformed_request,
  method_not_allowed,
  not_found,           // users, kits, approvals, routes
  resource_not_found,  // phones, campaigns, assignments
  unauthorized,
  forbidden,
  primitive_disabled_by_kit,
  self_approval,
  user_suspended,
  formation_required,
  ein_required,
  ein_invalid,
  ein_mismatch,
  entity_incomplete,
  area_code_invalid,
  already_resolved,
  approval_required,
  approval_expired,
  phone_number_limit,
  insufficient_credits,
  spend_cap_reached,
  price_changed,
  number_assigned,
  conflict,
  idempotency_conflict,
  rate_limited,
  purchase_cap_reached,
  number_unavailable,
  carrier_refused,
  carrier_unavailable,
  carrier_outcome_unknown,
  carrier_credentials_rejected,
  carrier_out_of_funds,
  carrier_account_invalid,
  purchases_paused,
  quote_expired,
  not_configured,
  overloaded,
  timed_out,
  shutting_down,
  release_guarded,
  missing_permission,  // texts: this and the next ones
  compliance_pending,
  destination_not_allowed,
  recipient_opted_out,
  consent_required,
  quiet_hours,
  send_cap,
  rental_unpaid,
  number_pool_required,
  sole_proprietor_limit,
  mobile_number_limit,
  campaign_in_use,
  code_wrong,
  code_expired,
  registration_incomplete,
  store_failed,
  internal_error,
};

// The code's stable name, as in contract/errors.yaml ("phone_number_limit").
std::string_view name_of(error_code code) noexcept;
std::string_view name_of(error_class kind) noexcept;

struct error {
  error_class kind;
  error_code code;
  std::string message;             // public: one sentence, says what would be right
  std::string field = {};          // public: dot path of the offending input field, if any
  std::string hint = {};           // public: what to do next
  boost::json::object details = {};  // public: extra members of the wire body ("required": 50)
  std::string internal = {};       // for the log only
  std::source_location where = std::source_location::current();
};

template <typename T>
using result = boost::system::result<T, error>;

// Builders for the common shapes; `where` is the caller's place.
error refused(error_code code, std::string message,
              std::source_location where = std::source_location::current());
error not_done(error_code code, std::string message, std::string internal,
               std::source_location where = std::source_location::current());
error outcome_unknown(error_code code, std::string message, std::string internal,
                      std::source_location where = std::source_location::current());
error conflicting(error_code code, std::string message,
                  std::source_location where = std::source_location::current());
// A refusal that names the input field that is wrong.
error bad_field(std::string field, std::string message,
                error_code code = error_code::invalid_input,
                std::source_location where = std::source_location::current());
// A fault of ours: public text says nothing, `internal` goes to the log.
error internal_fault(std::string internal,
                     std::source_location where = std::source_location::current());

// One line for the log: class, code, internal text, place.
std::string describe(const error& failure);

// boost::system::result asks for this; reaching it means value() was called without a check.
[[noreturn]] void throw_exception_from_error(const error& failure, const boost::source_location&);

}  // namespace dialplane

// Returns the error of `expression` (a result) from the enclosing function, or goes on.
#define TRY_CONCAT_INNER(a, b) a##b
#define TRY_CONCAT(a, b) TRY_CONCAT_INNER(a, b)
#define TRY(expression) TRY_INNER(TRY_CONCAT(try_result_, __COUNTER__), expression)
#define TRY_INNER(holder, expression)                       \
  do {                                                      \
    auto&& holder = (expression);                           \
    if (!holder) return std::move(holder).error();          \
  } while (false)
// TRY_ASSIGN(auto number, find(...)): as TRY, and binds the value.
#define TRY_ASSIGN(declaration, expression)                               \
  TRY_ASSIGN_INNER(TRY_CONCAT(try_result_, __COUNTER__), declaration, expression)
#define TRY_ASSIGN_INNER(holder, declaration, expression)                 \
  auto holder = (expression);                                             \
  if (!holder) return std::move(holder).error();                          \
  declaration = *std::move(holder)
