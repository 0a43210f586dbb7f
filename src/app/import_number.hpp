// Importing a number that is at an organization's own account already, and moving it to another
// account of the same kind. Rules: cartesia dialect §2.2.
#pragma once

#include <optional>
#include <string>

#include "app/environment.hpp"
#include "app/request_identity.hpp"
#include "domain/carrier_account.hpp"
#include "domain/operation.hpp"
#include "domain/organization.hpp"

namespace dialplane {

// Which provider account: by id, or by what it is at the carrier.
struct provider_choice {
  std::optional<carrier_account_id> id;
  std::string kind;
  std::string place;
};

struct import_number_request {
  actor who;
  std::string label;
  std::string e164;                  // well-formed
  provider_choice provider;
  std::optional<agent_id> agent;
  request_identity identity;
};

struct import_number_answer {
  operation work;                    // ended, or open if the wait ran out
  bool replayed = false;
};

// resource_not_found: no such provider or agent. conflict: the number lives here already.
// carrier_account_invalid: the provider operates no numbers here. What the provider says is in the
// operation's outcome.
void import_number(app_environment& env, import_number_request request,
                   unique_function<void(result<import_number_answer>)> done);

// The provider account of that choice. Inside a unit; resource_not_found.
result<carrier_account> find_provider(session& work, organization_id owner,
                                      const provider_choice& which);

// Are numbers of that provider operated by this program? carrier_account_invalid: they are not.
result<void> check_operated(const app_environment& env, const carrier_account& provider);

// An imported number's routing set again (it failed at the import), at another account of the same
// kind where `to` says so: an operation of its own, which a crash interrupts and does not end.
// carrier_account_invalid: another kind, not in the target account, or the webhooks could not be
// set. conflict: it is on its way to another account. unknown: the move goes on.
void reroute_number(app_environment& env, const actor& who, number_id id,
                    std::optional<provider_choice> to, std::string request_id,
                    unique_function<void(result<void>)> done);

}  // namespace dialplane
