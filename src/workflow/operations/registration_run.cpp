#include "workflow/operations/registration_run.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "domain/provision_plan.hpp"
#include "workflow/operations/retry_limits.hpp"

namespace dialplane {

void registration_run::try_again() {
  const auto delay = backoff(unawaited_retry_most);
  ++row.attempts;
  retry_in(delay, [self = shared_from_this()] { self->advance(); });
}

void registration_run::ask_later(std::chrono::milliseconds carrier_said) {
  const auto most = seller().abilities().campaign_poll_interval_max;
  retry_in(std::clamp(carrier_said, ask_at_most_every, most),
           [self = shared_from_this()] { self->advance(); });
}

bool registration_run::is_tried_again(std::string_view what, const error& failure) {
  log_error(log_level::warn, what, failure, {{"operation", row.id.uuid()}});
  if (failure.kind == error_class::refused && row.attempts >= refusals_max) return false;
  try_again();
  return true;
}

void registration_run::end_approved(operation& ending) {
  ending.state = operation_state::succeeded;
  ending.step = operation_step::settled;
  ending.outcome = "{}";
}

void registration_run::end_failed(operation& ending, error_code code, std::string why) {
  ending.state = operation_state::failed;
  ending.step = operation_step::compensated;
  ending.outcome = failure_outcome_json(refused(code, std::move(why)));
}

}  // namespace dialplane
