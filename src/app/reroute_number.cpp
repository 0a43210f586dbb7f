#include <boost/json/parse.hpp>
#include <memory>
#include <utility>

#include "app/audit_trail.hpp"
#include "app/import_number.hpp"
#include "app/no_such_number.hpp"
#include "app/update_number.hpp"
#include "base/crash_point.hpp"
#include "domain/stored_error.hpp"
#include "store/carrier_account_queries.hpp"
#include "workflow/number_addresses.hpp"
#include "workflow/operations/move_number.hpp"

namespace dialplane {

namespace {

using reroute_done = unique_function<void(result<void>)>;

struct reroute {
  app_environment& env;
  actor who;
  std::string request_id;
  number row;
  carrier_account target;
  reroute_done done;
};
using reroute_steps = std::shared_ptr<reroute>;

struct reroute_start {
  number row;
  carrier_account target;
};

struct accepted_move {
  operation work;
  std::optional<job> first_job;  // nothing: joined one that is under way
};

error refused_by_provider(std::string sentence) {
  return refused(error_code::carrier_account_invalid, std::move(sentence));
}

error other_kind() {
  return refused_by_provider(
      "The provider's type cannot be changed; delete the number and import it again.");
}

result<reroute_start> judge_reroute(session& work, const app_environment& env, const actor& who,
                                    number_id id, const std::optional<provider_choice>& to) {
  TRY_ASSIGN(number_view view, find_number(work, who, id, true));
  if (view.row.status == number_status::pending) {
    return conflicting(error_code::conflict, "The number is still being imported.");
  }
  TRY_ASSIGN(const auto home, work.carrier_accounts().find_named(view.row.carrier));
  if (!view.row.imported || !home) return other_kind();
  if (!to) return reroute_start{std::move(view.row), *home};
  TRY_ASSIGN(carrier_account target, find_provider(work, who.organization, *to));
  if (target.kind != home->kind) return other_kind();
  TRY(check_operated(env, target));
  return reroute_start{std::move(view.row), std::move(target)};
}

// ---- at its own account: repeated as a whole, if it must be -------------------------------------

void store_reroute(const reroute_steps& steps) {
  steps->env.database().write<bool>(
      [steps](session& work) -> result<bool> {
        TRY_ASSIGN(auto now, work.numbers().find(steps->row.organization, steps->row.id));
        if (!now || now->status == number_status::released ||
            now->status == number_status::releasing || now->carrier != steps->row.carrier) {
          return no_such_number();
        }
        now->routing_set = true;
        now->updated_at = steps->env.now();
        TRY(work.numbers().update(*now));
        TRY(record_act(work, steps->env, steps->who, "phone.rerouted", now->id.uuid(),
                       steps->request_id, {{"provider", steps->target.id.prefixed()}}));
        return true;
      },
      [steps](result<bool> stored) {
        if (!stored) return steps->done(std::move(stored).error());
        steps->done({});
      });
}

void set_routing_again(carrier& at, const reroute_steps& steps) {
  at.set_routing(steps->row.e164, addresses_for(steps->env.work.public_url, steps->target.name),
                 [steps](result<void> set) {
                   if (set) return store_reroute(steps);
                   error failure = refused_by_provider(
                       "The number's webhooks could not be set at the provider.");
                   failure.hint = "Try again.";
                   failure.internal = describe(set.error());
                   steps->done(std::move(failure));
                 });
}

// ---- at another account: an operation -----------------------------------------------------------

operation new_move(const app_environment& env, const reroute& steps) {
  operation work;
  work.id = env.ids().make<operation_id>();
  work.organization = steps.row.organization;
  work.user = steps.row.user;
  work.key = steps.who.key;
  work.request_id = steps.request_id;
  work.kind = operation_kind::import_number;
  work.asked_through = dialect::cartesia;
  work.number = steps.row.id;
  work.request = move_request;
  work.carrier = steps.target.name;
  work.e164 = steps.row.e164;
  work.created_at = env.now();
  work.updated_at = work.created_at;
  return work;
}

// The same move asked for again is joined; another one waits for its end.
result<accepted_move> join_move(session& work, const reroute& steps, const imported_number& kept) {
  TRY_ASSIGN(auto under_way, work.operations().find(kept.organization, *kept.moved_by));
  if (!under_way) return internal_fault("the operation of a move is not there");
  if (under_way->carrier != steps.target.name) {
    return conflicting(error_code::conflict, "The number is on its way to another provider.");
  }
  return accepted_move{*std::move(under_way), std::nullopt};
}

result<accepted_move> accept_move(session& work, const reroute& steps) {
  const app_environment& env = steps.env;
  TRY_ASSIGN(const auto now, work.numbers().find(steps.row.organization, steps.row.id));
  const bool is_there = now && now->status != number_status::released &&
                        now->status != number_status::releasing;
  if (!is_there) return no_such_number();
  TRY_ASSIGN(auto kept, work.carrier_accounts().find_imported(now->organization, now->id));
  if (!kept) return internal_fault("the old routing of an imported number is not there");
  if (kept->moved_by) return join_move(work, steps, *kept);
  accepted_move accepted;
  accepted.work = new_move(env, steps);
  const operation& fresh = accepted.work;
  kept->moved_by = fresh.id;
  TRY(work.carrier_accounts().put_imported(*kept));
  TRY(work.operations().insert(fresh));
  job first;
  first.id = env.ids().make<job_id>();
  first.organization = fresh.organization;
  first.subject = fresh.id.bytes;
  first.run_at = fresh.created_at;
  first.leased_until = env.operations.fresh_lease();
  TRY(work.jobs().insert(first));
  accepted.first_job = first;
  TRY(record_act(work, env, steps.who, "phone.reroute.accepted", now->id.uuid(),
                 steps.request_id, {{"provider", steps.target.id.prefixed()}}));
  return accepted;
}

result<void> end_of_move(const operation& ended) {
  if (ended.state == operation_state::succeeded) return {};
  if (ended.state == operation_state::open) {
    return outcome_unknown(error_code::carrier_outcome_unknown,
                           "The provider has not answered yet; the move goes on. Read the number "
                           "again in a minute.",
                           "the wait for a move ran out");
  }
  boost::system::error_code failure;
  const auto outcome = boost::json::parse(ended.outcome, failure);
  const auto* parts = outcome.if_object();
  const auto* told = parts != nullptr ? parts->if_contains("error") : nullptr;
  if (failure || told == nullptr || !told->is_object()) {
    return internal_fault("a move's outcome cannot be read");
  }
  return error_from_json(told->get_object());
}

void move_to_target(const reroute_steps& steps) {
  steps->env.database().write<accepted_move>(
      [steps](session& work) { return accept_move(work, *steps); },
      [steps](result<accepted_move> accepted) {
        if (!accepted) return steps->done(std::move(accepted).error());
        crash_point("move_accepted");
        app_environment& env = steps->env;
        const auto wait = env.rules().result_wait;
        auto tell = [steps](result<operation> ended) {
          if (!ended) return steps->done(std::move(ended).error());
          steps->done(end_of_move(*ended));
        };
        if (!accepted->first_job) {
          return env.operations.await(accepted->work.organization, accepted->work.id, wait,
                                      std::move(tell));
        }
        env.operations.start_operation(std::move(accepted->work), *std::move(accepted->first_job),
                                       wait, std::move(tell));
      });
}

}  // namespace

void reroute_number(app_environment& env, const actor& who, number_id id,
                    std::optional<provider_choice> to, std::string request_id,
                    unique_function<void(result<void>)> done) {
  env.database().read<reroute_start>(
      [&env, who, id, to](session& work) { return judge_reroute(work, env, who, id, to); },
      [&env, who, request_id = std::move(request_id),
       done = std::move(done)](result<reroute_start> judged) mutable {
        if (!judged) return done(std::move(judged).error());
        carrier* at = env.work.carriers.find(judged->target.name);
        if (at == nullptr) {
          return done(refused(error_code::resource_not_found, "There is no such provider."));
        }
        const bool moves = judged->target.name != judged->row.carrier;
        if (!moves && judged->row.routing_set) return done({});
        const auto steps = std::make_shared<reroute>(
            reroute{env, who, std::move(request_id), std::move(judged->row),
                    std::move(judged->target), std::move(done)});
        if (moves) return move_to_target(steps);
        set_routing_again(*at, steps);
      });
}

}  // namespace dialplane
