#include "workflow/operations/end_campaign.hpp"

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "domain/provision_plan.hpp"
#include "workflow/operations/retry_limits.hpp"
#include "workflow/registration/changes.hpp"
#include "workflow/registration/fees.hpp"

namespace dialplane {

std::shared_ptr<end_campaign_run> end_campaign_run::self() {
  return std::static_pointer_cast<end_campaign_run>(shared_from_this());
}

void end_campaign_run::advance() {
  env().database.read<std::optional<campaign>>(
      [copy = row](session& work) {
        return work.campaigns().find(copy.organization, *copy.campaign);
      },
      [self = self()](result<std::optional<campaign>> found) {
        if (!found) return self->try_again();
        self->go_on(*found);
      });
}

void end_campaign_run::go_on(const std::optional<campaign>& ending) {
  if (!ending || ending->operation != row.id) return give_way();
  reference_ = ending->carrier_reference;
  if (reference_.empty()) return settle();
  if (row.step == operation_step::end_written) return tell_carrier();
  row.step = operation_step::end_written;
  save("end_written", "", [self = self()] {
    crash_point("end_intent_committed");
    self->tell_carrier();
  });
}

void end_campaign_run::tell_carrier() {
  seller().end_campaign(reference_, [self = self()](result<void> ended) {
    crash_point("end_answered");
    if (ended) return self->settle();
    log_error(log_level::warn, "campaign not ended", ended.error(),
              {{"operation", self->row.id.uuid()}});
    self->try_again();
  });
}

void end_campaign_run::try_again() {
  const auto delay = backoff(unawaited_retry_most);
  ++row.attempts;
  retry_in(delay, [self = self()] { self->advance(); });
}

void end_campaign_run::settle() {
  finish([&environment = env()](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(auto ended, work.campaigns().find(ending.organization, *ending.campaign));
    if (ended && ended->operation == ending.id) {
      const campaign before = *ended;
      ended->operation.reset();
      ended->status = campaign_status::expired;
      ended->status_detail = "ended";
      TRY(return_fee(work, environment, *ended));
      TRY(write_campaign(work, environment, *ended, before));
    }
    ending.state = operation_state::succeeded;
    ending.step = operation_step::settled;
    ending.outcome = "{}";
    return {};
  });
}

void end_campaign_run::give_way() {
  finish([](session&, operation& ending) -> result<void> {
    ending.state = operation_state::failed;
    ending.step = operation_step::compensated;
    ending.outcome = failure_outcome_json(
        refused(error_code::conflict, "Another operation took over."));
    return {};
  });
}

}  // namespace dialplane
