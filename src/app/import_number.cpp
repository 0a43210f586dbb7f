#include "app/import_number.hpp"

#include <memory>
#include <utility>

#include "app/agents.hpp"
#include "app/audit_trail.hpp"
#include "app/replay.hpp"
#include "app/subject.hpp"
#include "base/crash_point.hpp"
#include "domain/area_codes.hpp"
#include "store/carrier_account_queries.hpp"
#include "workflow/operations/import_number.hpp"

namespace dialplane {

namespace {

struct accepted_import {
  operation work;
  std::optional<job> first_job;  // nothing: joined an earlier equal request
};

error no_such_provider() {
  return refused(error_code::resource_not_found, "There is no such provider.");
}

number_type type_of(std::string_view e164_text) {
  const bool toll_free = e164_text.size() == 12 && e164_text.starts_with("+1") &&
                         is_toll_free(e164_text.substr(2, 3));
  return toll_free ? number_type::toll_free : number_type::local;
}

number pending_import(const app_environment& env, const import_number_request& request,
                      const user& subject, const carrier_account& provider) {
  number row;
  row.id = env.ids().make<number_id>();
  row.organization = request.who.organization;
  row.user = subject.id;
  row.type = type_of(request.e164);
  row.bought_through = dialect::cartesia;
  row.e164 = request.e164;
  row.label = request.label;
  row.carrier = provider.name;
  row.imported = true;
  row.created_at = env.now();
  row.updated_at = row.created_at;
  return row;
}

operation new_import(const app_environment& env, const import_number_request& request,
                     const number& row) {
  operation work;
  work.id = env.ids().make<operation_id>();
  work.organization = row.organization;
  work.user = row.user;
  work.key = request.who.key;
  work.request_id = request.identity.request_id;
  work.kind = operation_kind::import_number;
  work.asked_through = dialect::cartesia;
  work.number = row.id;
  work.request = to_json(import_plan{request.agent});
  work.carrier = row.carrier;
  work.e164 = row.e164;
  work.created_at = row.created_at;
  work.updated_at = row.created_at;
  return work;
}

result<accepted_import> accept_import(session& work, const app_environment& env,
                                      const import_number_request& request) {
  TRY_ASSIGN(const std::optional<replayed_request> earlier,
             find_replay(work, env, request.identity));
  if (earlier) {
    if (!earlier->operation) return internal_fault("a remembered import names no operation");
    TRY_ASSIGN(auto known, work.operations().find(request.who.organization, *earlier->operation));
    if (!known) return internal_fault("a remembered import is not there");
    return accepted_import{*std::move(known), std::nullopt};
  }
  TRY_ASSIGN(const user subject, find_subject(work, request.who, std::nullopt));
  TRY_ASSIGN(const carrier_account provider,
             find_provider(work, request.who.organization, request.provider));
  TRY(check_operated(env, provider));
  if (request.agent) TRY(find_agent(work, request.who, *request.agent));
  TRY_ASSIGN(const auto taken, work.numbers().find_live_by_e164(request.e164));
  if (taken) return conflicting(error_code::conflict, "This number is imported already.");
  const number row = pending_import(env, request, subject, provider);
  accepted_import accepted;
  accepted.work = new_import(env, request, row);
  TRY(work.numbers().insert(row));
  TRY(work.operations().insert(accepted.work));
  job first;
  first.id = env.ids().make<job_id>();
  first.organization = row.organization;
  first.subject = accepted.work.id.bytes;
  first.run_at = row.created_at;
  first.leased_until = env.operations.fresh_lease();
  TRY(work.jobs().insert(first));
  accepted.first_job = first;
  TRY(record_act(work, env, request.who, "phone.import.accepted", row.id.uuid(),
                 request.identity.request_id, {{"provider", provider.id.prefixed()}}));
  TRY(remember_request(work, env, request.identity, {.operation = accepted.work.id}));
  return accepted;
}

}  // namespace

result<void> check_operated(const app_environment& env, const carrier_account& provider) {
  if (provider.state == carrier_account_state::removed_with_numbers) return no_such_provider();
  if (env.work.carriers.find(provider.name) != nullptr) return {};
  return refused(error_code::carrier_account_invalid,
                 "This kind of provider is stored and shown, but not operated yet: no number can "
                 "be imported from it.");
}

result<carrier_account> find_provider(session& work, organization_id owner,
                                      const provider_choice& which) {
  std::optional<carrier_account> found;
  if (which.id) {
    TRY_ASSIGN(found, work.carrier_accounts().find(owner, *which.id));
  } else {
    TRY_ASSIGN(found, work.carrier_accounts().find_at(owner, which.kind, which.place));
  }
  if (!found || found->state == carrier_account_state::removed_with_numbers) {
    return no_such_provider();
  }
  return *std::move(found);
}

void import_number(app_environment& env, import_number_request request,
                   unique_function<void(result<import_number_answer>)> done) {
  env.database().write<accepted_import>(
      [&env, request = std::move(request)](session& work) {
        return accept_import(work, env, request);
      },
      [&env, done = std::move(done)](result<accepted_import> accepted) mutable {
        if (!accepted) return done(std::move(accepted).error());
        crash_point("import_accepted");
        const bool replayed = !accepted->first_job;
        auto tell = [replayed, done = std::move(done)](result<operation> ended) mutable {
          if (!ended) return done(std::move(ended).error());
          done(import_number_answer{*std::move(ended), replayed});
        };
        const auto wait = env.rules().result_wait;
        if (replayed) {
          return env.operations.await(accepted->work.organization, accepted->work.id, wait,
                                      std::move(tell));
        }
        env.operations.start_operation(std::move(accepted->work), *std::move(accepted->first_job),
                                       wait, std::move(tell));
      });
}

}  // namespace dialplane
