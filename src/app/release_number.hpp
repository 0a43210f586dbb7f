// Giving a number back for good, and taking that back while the carrier has not been told.
#pragma once

#include <optional>
#include <string>

#include "app/environment.hpp"
#include "app/request_identity.hpp"
#include "domain/number.hpp"
#include "domain/operation.hpp"
#include "domain/organization.hpp"

namespace dialplane {

struct release_number_request {
  actor who;
  dialect asked_through = dialect::naive;
  std::optional<user_id> user;          // naive: the path's or header's user
  number_id number;
  request_identity identity;
};

struct release_number_answer {
  number row;                           // as accepted: releasing or released
  operation work;                       // ended, or open if the wait ran out
  bool replayed = false;
};

// Cartesia: number_assigned while an agent answers it; answers as soon as it is accepted. Naive:
// waits for the carrier (where there is no grace); release_guarded for locked numbers and agents.
// Imported numbers are given up instead, in both dialects: waits for the provider; where it fails,
// the operation ends as failed and the number stays.
// Released or releasing numbers are resource_not_found.
void release_number(app_environment& env, release_number_request request,
                    unique_function<void(result<release_number_answer>)> done);

// Undoes a release the carrier has not been told of; else resource_not_found.
// Inside a unit.
result<number> restore_number(session& work, const app_environment& env,
                              const release_number_request& request);

}  // namespace dialplane
