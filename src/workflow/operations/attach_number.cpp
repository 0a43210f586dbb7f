#include "workflow/operations/attach_number.hpp"

#include <algorithm>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "domain/provision_plan.hpp"
#include "workflow/operations/retry_limits.hpp"
#include "workflow/registration/changes.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds attach_retry_most{60'000};

}  // namespace

std::shared_ptr<attach_number_run> attach_number_run::self() {
  return std::static_pointer_cast<attach_number_run>(shared_from_this());
}

result<attach_number_run::present> attach_number_run::read_rows(session& work,
                                                                const operation& of) {
  present now;
  TRY_ASSIGN(now.filed, work.campaigns().find(of.organization, *of.campaign));
  TRY_ASSIGN(now.member, work.numbers().find(of.organization, *of.number));
  return now;
}

// Released, moved, attached by another, or the campaign may not send any more. A suspended
// campaign starts its attachments again when it comes back.
bool attach_number_run::is_over(const present& now) {
  return !now.filed || !now.member || now.member->status == number_status::released ||
         now.member->campaign != now.filed->id || now.member->campaign_attached ||
         now.filed->status != campaign_status::active;
}

void attach_number_run::advance() {
  env().database.read<present>(
      [copy = row](session& work) { return read_rows(work, copy); },
      [self = self()](result<present> now) {
        if (!now) return self->try_again();
        self->go_on(*now);
      });
}

void attach_number_run::go_on(const present& now) {
  if (is_over(now)) return end_without();
  reference_ = now.filed->carrier_reference;
  if (row.step == operation_step::attach_written) return attach();
  row.step = operation_step::attach_written;
  save("attach_written", row.e164, [self = self()] {
    crash_point("attach_intent_committed");
    self->attach();
  });
}

void attach_number_run::attach() {
  seller().attach_number(reference_, row.e164, [self = self()](result<void> asked) {
    crash_point("attach_answered");
    if (asked) return self->ask_for_state();
    log_error(log_level::warn, "number not attached", asked.error(),
              {{"operation", self->row.id.uuid()}});
    const bool definite = asked.error().kind == error_class::refused ||
                          asked.error().kind == error_class::conflict;
    definite ? self->note_failure(asked.error().message) : self->try_again();
  });
}

void attach_number_run::ask_for_state() {
  seller().attachment_state(reference_, row.e164,
                            [self = self()](result<attachment_report> report) {
                              self->take_state(std::move(report));
                            });
}

void attach_number_run::take_state(result<attachment_report> report) {
  // A carrier without such a call attaches at once.
  if (!report && report.error().code == error_code::not_configured) return settle();
  if (!report) return try_again();
  switch (report->status) {
    case attachment_status::attached: return settle();
    case attachment_status::failed:
      return note_failure(report->failure_reason.value_or("The carrier gave no reason."));
    case attachment_status::pending: break;
  }
  const auto most = seller().abilities().campaign_poll_interval_max;
  retry_in(std::clamp(report->ask_again_after, ask_at_most_every, most),
           [self = self()] { self->ask_for_state(); });
}

void attach_number_run::try_again() {
  const auto delay = backoff(attach_retry_most);
  ++row.attempts;
  retry_in(delay, [self = self()] { self->advance(); });
}

void attach_number_run::note_failure(std::string reason) {
  save(
      "attach_failed", reason,
      [&environment = env(), reason](session& work, operation& saved) -> result<void> {
        TRY_ASSIGN(const present now, read_rows(work, saved));
        if (is_over(now)) return {};
        return note_attachment_failed(work, environment, *now.member, reason);
      },
      [self = self()] { self->try_again(); });
}

void attach_number_run::settle() {
  finish([&environment = env()](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(const present now, read_rows(work, ending));
    const bool lives = now.filed && now.member && now.member->campaign == now.filed->id &&
                       now.member->status != number_status::released;
    if (lives) TRY(note_attached(work, environment, *now.member, *now.filed));
    ending.state = operation_state::succeeded;
    ending.step = operation_step::settled;
    ending.outcome = "{}";
    return {};
  });
}

void attach_number_run::end_without() {
  finish([](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(const present now, read_rows(work, ending));
    const bool attached = now.member && now.member->campaign_attached;
    ending.state = attached ? operation_state::succeeded : operation_state::failed;
    ending.step = attached ? operation_step::settled : operation_step::compensated;
    ending.outcome = "{}";
    if (!attached) {
      ending.outcome = failure_outcome_json(refused(
          error_code::conflict, "The number was released, or its campaign may not send now."));
    }
    return {};
  });
}

}  // namespace dialplane
