#include "workflow/operations/release_number.hpp"

#include <boost/json/serialize.hpp>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "domain/provision_plan.hpp"
#include "store/rental_queries.hpp"
#include "workflow/operations/end_number.hpp"
#include "workflow/operations/retry_limits.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

// The campaign that has no number any more and still costs its monthly fee at the carrier.
result<std::optional<campaign_id>> campaign_left_over(session& work, const number& released) {
  std::optional<campaign_id> left_over;
  if (!released.campaign) return left_over;
  TRY_ASSIGN(const auto used, work.campaigns().find(released.organization, *released.campaign));
  if (!used || used->status == campaign_status::expired) return left_over;
  TRY_ASSIGN(const std::int64_t members,
             work.numbers().count_of_campaign(used->organization, used->id, 1));
  if (members == 0) left_over = used->id;
  return left_over;
}

result<void> settle_release(session& work, workflow_environment& env, operation& ending) {
  TRY_ASSIGN(std::optional<number> row, work.numbers().find(ending.organization, *ending.number));
  if (!row) return internal_fault("a released number is not there");
  TRY_ASSIGN(const std::int64_t links, end_number(work, env, *row, ending.request_id));
  ending.state = operation_state::succeeded;
  ending.step = operation_step::settled;
  boost::json::object outcome{{"released_at", to_rfc3339(*row->released_at)},
                              {"assignments_removed", links}};
  TRY_ASSIGN(const auto left_over, campaign_left_over(work, *row));
  if (left_over) outcome["campaign_to_end"] = left_over->uuid();
  ending.outcome = boost::json::serialize(outcome);
  return {};
}

result<void> keep_number(session& work, workflow_environment& env, operation& ending,
                         const error& why) {
  TRY_ASSIGN(std::optional<number> row, work.numbers().find(ending.organization, *ending.number));
  if (!row) return internal_fault("a number that was to be released is not there");
  TRY_ASSIGN(const auto its_rental, work.rentals().find(row->organization, row->id));
  row->status = status_by_rental(its_rental);
  row->release_operation.reset();
  row->updated_at = env.time.now();
  TRY(work.numbers().update(*row));
  TRY(append_audit(work, env, row->organization, "phone.release.failed", row->id.uuid(),
                   ending.request_id, {{"code", name_of(why.code)}}, std::nullopt));
  ending.state = operation_state::failed;
  ending.step = operation_step::compensated;
  ending.outcome = failure_outcome_json(why);
  return {};
}

}  // namespace

std::shared_ptr<release_number_run> release_number_run::self() {
  return std::static_pointer_cast<release_number_run>(shared_from_this());
}

void release_number_run::advance() {
  if (row.step == operation_step::release_written) return release();
  row.step = operation_step::release_written;
  save("release_written", row.e164, [self = self()] { self->release(); });
}

void release_number_run::release() {
  seller().release(row.e164, row.mark, [self = self()](result<void> released) {
    crash_point("release_answered");
    self->take_answer(std::move(released));
  });
}

void release_number_run::take_answer(result<void> released) {
  if (released) return settle();
  error why = std::move(released).error();
  log_error(log_level::warn, "release not confirmed", why, {{"operation", row.id.uuid()}});
  // A carrier that refuses this often will not take the number back: it stays ours, and says so.
  if (why.kind == error_class::refused && row.attempts >= refusals_max) {
    return keep(std::move(why));
  }
  const auto delay = backoff(unawaited_retry_most);
  ++row.attempts;
  retry_in(delay, [self = self()] { self->release(); });
}

void release_number_run::settle() {
  finish([&environment = env()](session& work, operation& ending) {
    return settle_release(work, environment, ending);
  });
}

void release_number_run::keep(error why) {
  finish([&environment = env(), why = std::move(why)](session& work, operation& ending) {
    return keep_number(work, environment, ending, why);
  });
}

}  // namespace dialplane
