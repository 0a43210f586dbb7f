#include "workflow/operations/move_number.hpp"

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

constexpr std::chrono::milliseconds unknown_most{30'000};

result<imported_number> kept_of(session& work, const operation& move) {
  TRY_ASSIGN(auto kept, work.carrier_accounts().find_imported(move.organization, *move.number));
  if (!kept || kept->moved_by != move.id) return internal_fault("a move without its number");
  return *std::move(kept);
}

result<void> settle_move(session& work, workflow_environment& env, operation& ending) {
  TRY_ASSIGN(imported_number kept, kept_of(work, ending));
  TRY_ASSIGN(auto row, work.numbers().find(ending.organization, *ending.number));
  if (!row) return internal_fault("a number that moves is not there");
  row->carrier = ending.carrier;
  row->routing_set = true;
  row->updated_at = env.time.now();
  TRY(work.numbers().update(*row));
  if (!kept.sealed_next.empty()) {
    kept.sealed_routing = std::move(kept.sealed_next);
    kept.taken_at = row->updated_at;
  }
  kept.moved_by.reset();
  kept.sealed_next.clear();
  TRY(work.carrier_accounts().put_imported(kept));
  ending.state = operation_state::succeeded;
  ending.step = operation_step::settled;
  ending.outcome = json::serialize(json::object{{"number_id", row->id.uuid()}});
  return append_audit(work, env, row->organization, "phone.rerouted", row->id.uuid(),
                      ending.request_id, {{"carrier", ending.carrier}}, std::nullopt);
}

result<void> end_unmoved(session& work, workflow_environment& env, operation& ending,
                         const error& why) {
  TRY_ASSIGN(imported_number kept, kept_of(work, ending));
  kept.moved_by.reset();
  kept.sealed_next.clear();
  TRY(work.carrier_accounts().put_imported(kept));
  ending.state = operation_state::failed;
  ending.step = operation_step::compensated;
  ending.outcome = failure_outcome_json(why);
  return append_audit(work, env, ending.organization, "phone.reroute.failed",
                      ending.number->uuid(), ending.request_id, {{"code", name_of(why.code)}},
                      std::nullopt);
}

// One account that is known here twice: what the number was before us is kept already. Also under
// an earlier public address of ours.
bool is_ours(const workflow_environment& env, const std::string& carrier,
             const std::string& calls_go_to) {
  return calls_go_to.starts_with(env.public_url + "/") ||
         calls_go_to.find("/carriers/" + carrier + "/") != std::string::npos;
}

}  // namespace

std::shared_ptr<move_number_run> move_number_run::self() {
  return std::static_pointer_cast<move_number_run>(shared_from_this());
}

void move_number_run::advance() {
  if (env().carriers.find(row.carrier) == nullptr) {
    return retry_in(unknown_most, [self = self()] { self->advance(); });
  }
  if (row.step == operation_step::routing_written) return set_routing();
  look_up();
}

void move_number_run::again(const error& why, std::string_view sentence,
                            void (move_number_run::*step)()) {
  log_error(log_level::info, "move not done yet", why, {{"operation", row.id.uuid()}});
  const bool may_be_set = why.kind == error_class::unknown &&
                          row.step == operation_step::routing_written;
  const bool is_over = why.kind == error_class::refused || row.attempts >= awaited_tries_max;
  if (is_over && !may_be_set) {
    error failure = refused(error_code::carrier_account_invalid, std::string(sentence));
    failure.hint = "Try again.";
    failure.internal = describe(why);
    return give_up(std::move(failure));
  }
  const auto delay = backoff(row.attempts >= awaited_tries_max ? unknown_most : awaited_retry_most);
  ++row.attempts;
  retry_in(delay, [self = self(), step] { ((*self).*step)(); });
}

void move_number_run::look_up() {
  seller().look_up(row.e164, "", [self = self()](result<std::optional<carrier_number>> found) {
    crash_point("move_looked_up");
    self->take_look_up(std::move(found));
  });
}

void move_number_run::take_look_up(result<std::optional<carrier_number>> found) {
  if (!found) {
    return again(found.error(), "The number could not be looked up at the provider.",
                 &move_number_run::look_up);
  }
  if (!*found) {
    return give_up(refused(error_code::carrier_account_invalid,
                           "The target provider account has no such number."));
  }
  row.attempts = 0;
  calls_go_to_ = (**found).routing.voice_url;
  read_routing();
}

void move_number_run::read_routing() {
  seller().read_routing(row.e164, [self = self()](result<routing_snapshot> before) {
    if (before) return self->keep_routing(*before);
    self->again(before.error(), "The number's webhooks could not be read at the provider.",
                &move_number_run::read_routing);
  });
}

void move_number_run::keep_routing(const routing_snapshot& before) {
  std::string sealed = env().seals.seal(json::serialize(before.fields), old_routing_purpose);
  row.step = operation_step::routing_written;
  row.attempts = 0;
  save(
      "routing_written", row.e164,
      [&environment = env(), sealed = std::move(sealed),
       calls_go_to = calls_go_to_](session& work, operation& copy) -> result<void> {
        TRY_ASSIGN(imported_number kept, kept_of(work, copy));
        TRY_ASSIGN(const auto now, work.numbers().find(copy.organization, *copy.number));
        if (!now) return internal_fault("a number that moves is not there");
        const bool ours = is_ours(environment, now->carrier, calls_go_to);
        kept.sealed_next = ours ? std::string() : sealed;
        return work.carrier_accounts().put_imported(kept);
      },
      [self = self()] {
        crash_point("move_routing_kept");
        self->set_routing();
      });
}

void move_number_run::set_routing() {
  seller().set_routing(row.e164, addresses_for(env().public_url, row.carrier),
                       [self = self()](result<void> set) {
                         crash_point("move_routing_set");
                         if (set) return self->settle();
                         self->again(set.error(),
                                     "The number's webhooks could not be set at the provider.",
                                     &move_number_run::set_routing);
                       });
}

void move_number_run::settle() {
  finish([&environment = env()](session& work, operation& ending) {
    return settle_move(work, environment, ending);
  });
}

void move_number_run::give_up(error why) {
  finish([&environment = env(), why = std::move(why)](session& work, operation& ending) {
    return end_unmoved(work, environment, ending, why);
  });
}

}  // namespace dialplane
