#include "workflow/operations/detach_number.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "domain/carrier_account.hpp"
#include "domain/provision_plan.hpp"
#include "store/carrier_account_queries.hpp"
#include "workflow/operations/retry_limits.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

result<routing_snapshot> old_routing(session& work, const workflow_environment& env,
                                     const operation& ending) {
  TRY_ASSIGN(const auto kept,
             work.carrier_accounts().find_imported(ending.organization, *ending.number));
  if (!kept) return internal_fault("the old routing of an imported number is not there");
  TRY_ASSIGN(const std::string text, env.seals.open(kept->sealed_routing, old_routing_purpose));
  boost::system::error_code failure;
  json::value parsed = json::parse(text, failure);
  if (failure || !parsed.is_object()) return internal_fault("a kept routing is no object");
  return routing_snapshot{std::move(parsed.get_object())};
}

result<void> settle_detach(session& work, workflow_environment& env, operation& ending) {
  const timestamp at = env.time.now();
  TRY_ASSIGN(std::optional<number> row, work.numbers().find(ending.organization, *ending.number));
  if (!row) return internal_fault("a number that was given up is not there");
  TRY_ASSIGN(const std::int64_t links,
             work.numbers().remove_assignments_of_number(row->organization, row->id));
  row->status = number_status::released;
  row->released_at = at;
  row->updated_at = at;
  row->routing_set = false;
  row->inbound_agent.reset();
  TRY(work.numbers().update(*row));
  TRY(work.carrier_accounts().remove_imported(row->organization, row->id));
  TRY(append_event(work, env, row->organization, row->user, "phone.released",
                   {{"id", row->id.uuid()}, {"e164", row->e164}, {"status", "released"}}));
  TRY(append_audit(work, env, row->organization, "phone.detached", row->id.uuid(),
                   ending.request_id, {{"e164", row->e164}}, std::nullopt));
  ending.state = operation_state::succeeded;
  ending.step = operation_step::settled;
  ending.outcome = json::serialize(
      json::object{{"released_at", to_rfc3339(at)}, {"assignments_removed", links}});
  return {};
}

result<void> keep_imported_number(session& work, workflow_environment& env, operation& ending,
                                  const error& why) {
  TRY_ASSIGN(std::optional<number> row, work.numbers().find(ending.organization, *ending.number));
  if (!row) return internal_fault("a number that was to be given up is not there");
  row->status = number_status::active;
  row->release_operation.reset();
  row->updated_at = env.time.now();
  TRY(work.numbers().update(*row));
  TRY(append_audit(work, env, row->organization, "phone.detach.failed", row->id.uuid(),
                   ending.request_id, {{"code", name_of(why.code)}}, std::nullopt));
  ending.state = operation_state::failed;
  ending.step = operation_step::compensated;
  ending.outcome = failure_outcome_json(why);
  return {};
}

error not_restored(const error& why) {
  error failure = refused(
      error_code::carrier_account_invalid,
      "The number's earlier routing could not be put back at the provider, so the number stays.");
  failure.hint = "Try again; check the provider's credentials if it goes on.";
  failure.internal = describe(why);
  return failure;
}

}  // namespace

std::shared_ptr<detach_number_run> detach_number_run::self() {
  return std::static_pointer_cast<detach_number_run>(shared_from_this());
}

void detach_number_run::advance() {
  env().database.read<routing_snapshot>(
      [&environment = env(), copy = row](session& work) {
        return old_routing(work, environment, copy);
      },
      [self = self()](result<routing_snapshot> before) {
        if (!before) return self->keep(before.error());
        self->restore(*std::move(before));
      });
}

void detach_number_run::restore(routing_snapshot before) {
  routing_snapshot sent = before;
  seller().restore_routing(row.e164, std::move(sent),
                           [self = self(), before = std::move(before)](result<void> done) mutable {
                             crash_point("detach_answered");
                             self->take_answer(std::move(before), std::move(done));
                           });
}

void detach_number_run::take_answer(routing_snapshot before, result<void> restored) {
  if (restored) return settle();
  error why = std::move(restored).error();
  log_error(log_level::warn, "old routing not put back", why, {{"operation", row.id.uuid()}});
  const bool final = why.kind == error_class::refused || why.kind == error_class::conflict;
  if (final || row.attempts >= awaited_tries_max) return look_whether_gone(std::move(why));
  const auto delay = backoff(awaited_retry_most);
  ++row.attempts;
  retry_in(delay, [self = self(), before = std::move(before)]() mutable {
    self->restore(std::move(before));
  });
}

// A number that the account does not have any more routes nothing to us.
void detach_number_run::look_whether_gone(error why) {
  seller().look_up(row.e164, "",
                   [self = self(), why = std::move(why)](
                       result<std::optional<carrier_number>> found) mutable {
                     if (found && !*found) return self->settle();
                     self->keep(not_restored(why));
                   });
}

void detach_number_run::settle() {
  finish([&environment = env()](session& work, operation& ending) {
    return settle_detach(work, environment, ending);
  });
}

void detach_number_run::keep(error why) {
  finish([&environment = env(), why = std::move(why)](session& work, operation& ending) {
    return keep_imported_number(work, environment, ending, why);
  });
}

}  // namespace dialplane
