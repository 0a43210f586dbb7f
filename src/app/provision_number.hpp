// Buying a number: everything between a read request and an accepted, durable operation.
//
// Judges entity, kit, slots, credits and caps; then, in one transaction, either freezes the
// request for a human or accepts it: replay row, operation with its chosen number and intent,
// slot, credit hold, audit entry, first job. What happens next is
// workflow/operations/provision_number.cpp. Order of checks: naive dialect §3.4, cartesia §8.2.
#pragma once

#include <optional>
#include <string>

#include "app/environment.hpp"
#include "app/request_identity.hpp"
#include "base/secret.hpp"
#include "domain/approval.hpp"
#include "domain/area_code_policy.hpp"
#include "domain/operation.hpp"
#include "domain/organization.hpp"
#include "domain/quote.hpp"

namespace dialplane {

struct provision_number_request {
  actor who;
  dialect asked_through = dialect::naive;
  std::optional<user_id> user;           // nothing: the key's user, else the default user
  number_type type = number_type::local;
  std::optional<std::string> area_code;  // already checked against the table
  area_code_policy policy = default_area_code_policy;
  std::string exact;                     // E.164: that number or none; empty: any that fits
  std::optional<quote_id> quote;         // buys the number of this quote, at its price
  std::optional<std::string> label;
  std::optional<agent_id> agent;
  secret_string ein;                     // nine digits, already checked, or empty
  std::optional<registration_tier> tier; // naive dialect; nothing: as registered, else standard
  request_identity identity;
};

// Exactly one of the two is set. `operation` is ended, or open if the wait ran out.
struct provision_number_answer {
  std::optional<operation> ended_or_open;
  std::optional<approval> waiting;
  bool replayed = false;                 // an earlier equal request did it
};

// Waits for the end, at most rules().result_wait.
void provision_number(app_environment& env, provision_number_request request,
                      unique_function<void(result<provision_number_answer>)> done);

}  // namespace dialplane
