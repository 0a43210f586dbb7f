#include "workflow/operations/import_number.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "domain/carrier_account.hpp"
#include "domain/provision_plan.hpp"
#include "store/carrier_account_queries.hpp"
#include "workflow/number_addresses.hpp"
#include "workflow/operations/retry_limits.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

error provider_says(std::string sentence, const error& why) {
  error failure = refused(error_code::carrier_account_invalid, std::move(sentence));
  failure.internal = describe(why);
  return failure;
}

result<number> number_to_import(session& work, const operation& ending) {
  TRY_ASSIGN(std::optional<number> row, work.numbers().find(ending.organization, *ending.number));
  if (!row) return internal_fault("an imported number is not there");
  return *std::move(row);
}

result<void> settle_import(session& work, workflow_environment& env, operation& ending,
                           const std::string& reference,
                           const std::optional<error>& routing_failure) {
  TRY_ASSIGN(number row, number_to_import(work, ending));
  const import_plan plan = parse_import_plan(ending.request);
  row.status = number_status::active;
  row.routing_set = !routing_failure;
  row.updated_at = env.time.now();
  if (!reference.empty()) row.carrier_reference = reference;
  if (plan.agent && !routing_failure) {
    TRY_ASSIGN(const auto answering, work.agents().find(row.organization, *plan.agent));
    if (answering) row.inbound_agent = answering->id;
  }
  TRY(work.numbers().update(row));
  ending.state = routing_failure ? operation_state::failed : operation_state::succeeded;
  ending.step = operation_step::settled;
  ending.outcome = routing_failure
                       ? failure_outcome_json(*routing_failure)
                       : json::serialize(json::object{{"number_id", row.id.uuid()}});
  TRY(append_event(work, env, row.organization, row.user, "phone.imported",
                   {{"id", row.id.uuid()},
                    {"e164", row.e164},
                    {"label", row.label ? json::value(*row.label) : json::value(nullptr)},
                    {"routing_set", row.routing_set}}));
  return append_audit(work, env, row.organization, "phone.imported", row.id.uuid(),
                      ending.request_id,
                      {{"e164", row.e164}, {"routing_set", row.routing_set}}, std::nullopt);
}

result<void> end_without_number(session& work, workflow_environment& env, operation& ending,
                                const error& why) {
  TRY(work.carrier_accounts().remove_imported(ending.organization, *ending.number));
  TRY(work.numbers().remove(ending.organization, *ending.number));
  ending.state = operation_state::failed;
  ending.step = operation_step::compensated;
  ending.outcome = failure_outcome_json(why);
  return append_audit(work, env, ending.organization, "phone.import.failed", ending.id.uuid(),
                      ending.request_id, {{"code", name_of(why.code)}}, std::nullopt);
}

}  // namespace

std::string to_json(const import_plan& plan) {
  json::object kept{{"agent", nullptr}};
  if (plan.agent) kept["agent"] = plan.agent->uuid();
  return json::serialize(kept);
}

import_plan parse_import_plan(const std::string& text) {
  import_plan plan;
  boost::system::error_code failure;
  const json::value parsed = json::parse(text, failure);
  if (failure || !parsed.is_object()) return plan;
  const json::value* agent = parsed.get_object().if_contains("agent");
  if (agent != nullptr && agent->is_string()) plan.agent = agent_id::parse(agent->get_string());
  return plan;
}

std::shared_ptr<import_number_run> import_number_run::self() {
  return std::static_pointer_cast<import_number_run>(shared_from_this());
}

void import_number_run::advance() {
  // Whatever was read before the routing was kept is read again; it was not changed.
  if (row.step == operation_step::routing_written) return set_routing();
  look_up();
}

void import_number_run::again(const error& why, void (import_number_run::*step)(),
                              event_loop::task instead) {
  log_error(log_level::info, "import not done yet", why, {{"operation", row.id.uuid()}});
  if (why.kind == error_class::refused || row.attempts >= awaited_tries_max) return instead();
  const auto delay = backoff(awaited_retry_most);
  ++row.attempts;
  retry_in(delay, [self = self(), step] { ((*self).*step)(); });
}

void import_number_run::look_up() {
  seller().look_up(row.e164, "", [self = self()](result<std::optional<carrier_number>> found) {
    crash_point("import_looked_up");
    self->take_look_up(std::move(found));
  });
}

void import_number_run::take_look_up(result<std::optional<carrier_number>> found) {
  if (!found) {
    const error why = found.error();
    return again(why, &import_number_run::look_up, [self = self(), why] {
      self->compensate(provider_says("The number could not be looked up at the provider.", why));
    });
  }
  if (!*found) {
    return compensate(refused(error_code::carrier_account_invalid,
                              "The provider account has no such number."));
  }
  reference_ = (**found).reference;
  row.attempts = 0;
  read_routing();
}

void import_number_run::read_routing() {
  seller().read_routing(row.e164, [self = self()](result<routing_snapshot> before) {
    if (before) return self->keep_routing(*std::move(before));
    const error why = before.error();
    self->again(why, &import_number_run::read_routing, [self, why] {
      self->compensate(
          provider_says("The number's present routing could not be read at the provider.", why));
    });
  });
}

void import_number_run::keep_routing(routing_snapshot before) {
  imported_number kept;
  kept.organization = row.organization;
  kept.number = *row.number;
  kept.sealed_routing = env().seals.seal(json::serialize(before.fields), old_routing_purpose);
  kept.taken_at = now();
  row.step = operation_step::routing_written;
  row.attempts = 0;
  save("routing_written", row.e164,
       [kept = std::move(kept), reference = reference_](session& work,
                                                        operation& copy) -> result<void> {
         TRY(work.carrier_accounts().put_imported(kept));
         TRY_ASSIGN(number taken, number_to_import(work, copy));
         taken.carrier_reference = reference;
         return work.numbers().update(taken);
       },
       [self = self()] {
         crash_point("import_routing_kept");
         self->set_routing();
       });
}

void import_number_run::set_routing() {
  seller().set_routing(
      row.e164, addresses_for(env().public_url, row.carrier), [self = self()](result<void> set) {
        crash_point("import_routing_set");
        if (set) return self->settle(std::nullopt);
        const error why = set.error();
        self->again(why, &import_number_run::set_routing, [self, why] {
          error failure = provider_says(
              "The number is imported, but its webhooks could not be set at the provider, so it "
              "has no agent yet.",
              why);
          failure.hint = "PATCH the number with its agent_id to try again.";
          self->settle(std::move(failure));
        });
      });
}

void import_number_run::settle(std::optional<error> routing_failure) {
  finish([&environment = env(), reference = reference_,
          failure = std::move(routing_failure)](session& work, operation& ending) {
    return settle_import(work, environment, ending, reference, failure);
  });
}

void import_number_run::compensate(error why) {
  finish([&environment = env(), why = std::move(why)](session& work, operation& ending) {
    return end_without_number(work, environment, ending, why);
  });
}

}  // namespace dialplane
