// The accepting transaction of a purchase: after it, everything needed to finish is durable.
#pragma once

#include <optional>

#include "app/environment.hpp"
#include "app/judge_provision.hpp"
#include "app/provision_number.hpp"
#include "domain/job.hpp"

namespace dialplane {

struct accepted_provision {
  operation work;
  job first_job;      // inserted leased: hand both to runner::start_operation
};

struct instant_offer {
  std::string carrier;
  number_offer offer;
};

// A number for sale right now, if the account that would sell it can name one from memory: choice
// and intent then share the accepting transaction. Whether it still fits, when kit and account are
// known, is judged there. Nothing for an exact number.
std::optional<instant_offer> offer_at_once(const app_environment& env,
                                          const provision_number_request& request);

// Inside a unit, right after judge_provision. Writes operation, number, slot, hold, brand, EIN,
// usage, audit entry and job.
result<accepted_provision> accept_provision(session& work, const app_environment& env,
                                            const provision_number_request& request,
                                            const judged_provision& judged,
                                            const std::optional<instant_offer>& offer,
                                            std::optional<approval_id> approved_as);

}  // namespace dialplane
