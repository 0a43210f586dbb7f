#include "app/release_number.hpp"

#include <memory>

#include "app/audit_trail.hpp"
#include "app/no_such_number.hpp"
#include "app/replay.hpp"
#include "app/subject.hpp"
#include "base/crash_point.hpp"
#include "store/carrier_account_queries.hpp"
#include "store/message_queries.hpp"
#include "store/rental_queries.hpp"
#include "workflow/operations/detach_number.hpp"

namespace dialplane {

namespace {

// A number that people text with is not given up by an agent alone.
constexpr std::chrono::hours busy_time{7 * 24};

struct accepted_release {
  number row;
  operation work;
  std::optional<job> first_job;        // nothing: joined, or waits for its grace to pass
  bool replayed = false;
};

result<number> find_own(session& work, const release_number_request& request) {
  TRY_ASSIGN(std::optional<number> found,
             work.numbers().find(request.who.organization, request.number));
  const std::optional<user_id> only = visible_user(request.who, request.user);
  const bool foreign = request.who.user && request.user && *request.who.user != *request.user;
  if (!found || foreign || (only && found->user != *only)) return no_such_number();
  return *std::move(found);
}

result<void> judge_release(const release_number_request& request, const number& row) {
  if (row.status == number_status::releasing || row.status == number_status::released) {
    return no_such_number();
  }
  if (row.status == number_status::pending) {
    return conflicting(error_code::conflict, "The purchase of this number is not finished.");
  }
  if (request.asked_through == dialect::cartesia && row.inbound_agent) {
    error refusal = refused(error_code::number_assigned,
                            "Unassign the number from its agent before deleting it.");
    refusal.hint = "PATCH the number with \"agent_id\": null.";
    return refusal;
  }
  if (row.locked && !request.who.is_operator()) {
    return refused(error_code::release_guarded,
                   "This number is locked; an operator can release it.");
  }
  return {};
}

// Texts either way; an operator may release it all the same.
result<void> judge_traffic(session& work, const app_environment& env,
                           const release_number_request& request, const number& row) {
  if (request.who.is_operator()) return {};
  TRY_ASSIGN(const auto newest, work.messages().page_of(row.organization, row.id, std::nullopt,
                                                        page_request{.limit = 1}));
  if (newest.rows.empty() || env.now() - newest.rows.front().created_at >= busy_time) return {};
  return refused(error_code::release_guarded,
                 "This number had traffic in the last 7 days; an operator can release it.");
}

// Its webhooks are being set at another account.
result<void> judge_move(session& work, const number& row) {
  if (!row.imported) return {};
  TRY_ASSIGN(const auto kept, work.carrier_accounts().find_imported(row.organization, row.id));
  if (!kept || !kept->moved_by) return {};
  return conflicting(error_code::conflict, "The number is on its way to another provider.");
}

operation new_release(const app_environment& env, const release_number_request& request,
                      const number& row) {
  operation work;
  work.id = env.ids().make<operation_id>();
  work.organization = row.organization;
  work.user = row.user;
  work.key = request.who.key;
  work.request_id = request.identity.request_id;
  work.kind = operation_kind::release_number;
  work.asked_through = request.asked_through;
  work.number = row.id;
  work.request = row.imported ? std::string(detach_request) : "{}";
  work.carrier = row.carrier;
  work.e164 = row.e164;
  work.mark = row.mark;
  work.created_at = env.now();
  work.updated_at = work.created_at;
  return work;
}

// Leased where the carrier can be told at once; else due when the grace is over. An imported number
// is given up, which costs nobody anything: at once.
result<std::optional<job>> schedule(session& work, const app_environment& env,
                                    const operation& release) {
  const carrier* home = env.work.carriers.find(release.carrier);
  if (home == nullptr) return internal_fault("number at an unknown carrier " + release.carrier);
  const bool detaches = release.request == detach_request;
  const std::chrono::milliseconds grace =
      detaches ? std::chrono::milliseconds(0) : home->abilities().release_grace;
  job row;
  row.id = env.ids().make<job_id>();
  row.organization = release.organization;
  row.subject = release.id.bytes;
  row.run_at = release.created_at + grace;
  if (grace.count() == 0) row.leased_until = env.operations.fresh_lease();
  TRY(work.jobs().insert(row));
  if (grace.count() != 0) return std::optional<job>();
  return std::optional(row);
}

result<accepted_release> join_release(session& work, const release_number_request& request,
                                      const replayed_request& earlier) {
  if (!earlier.operation) return internal_fault("a remembered release names no operation");
  TRY_ASSIGN(std::optional<operation> known,
             work.operations().find(request.who.organization, *earlier.operation));
  if (!known || !known->number) return internal_fault("a remembered release is not there");
  TRY_ASSIGN(std::optional<number> row,
             work.numbers().find(request.who.organization, *known->number));
  if (!row) return no_such_number();
  return accepted_release{*std::move(row), *std::move(known), std::nullopt, true};
}

result<accepted_release> accept_release(session& work, const app_environment& env,
                                        const release_number_request& request) {
  TRY_ASSIGN(const std::optional<replayed_request> earlier,
             find_replay(work, env, request.identity));
  if (earlier) return join_release(work, request, *earlier);
  TRY_ASSIGN(number row, find_own(work, request));
  TRY(judge_release(request, row));
  TRY(judge_traffic(work, env, request, row));
  TRY(judge_move(work, row));
  accepted_release accepted;
  accepted.work = new_release(env, request, row);
  row.status = number_status::releasing;
  row.release_operation = accepted.work.id;
  row.updated_at = accepted.work.created_at;
  TRY(work.numbers().update(row));
  TRY(work.operations().insert(accepted.work));
  TRY(record_act(work, env, request.who, "phone.release.accepted", row.id.uuid(),
                 request.identity.request_id));
  TRY_ASSIGN(accepted.first_job, schedule(work, env, accepted.work));
  TRY(remember_request(work, env, request.identity, {.operation = accepted.work.id}));
  accepted.row = std::move(row);
  return accepted;
}

using release_done = unique_function<void(result<release_number_answer>)>;

// The number as it is when the wait is over.
void answer_released(app_environment& env, number row, bool replayed, operation end,
                     release_done done) {
  env.database().read<release_number_answer>(
      [row, replayed, end = std::move(end)](session& work) -> result<release_number_answer> {
        TRY_ASSIGN(std::optional<number> now, work.numbers().find(row.organization, row.id));
        if (!now) return no_such_number();
        return release_number_answer{*std::move(now), end, replayed};
      },
      std::move(done));
}

runner::notify when_over(app_environment& env, number row, bool replayed, release_done done) {
  return [&env, row = std::move(row), replayed,
          done = std::move(done)](result<operation> end) mutable {
    if (!end) return done(std::move(end).error());
    answer_released(env, std::move(row), replayed, *std::move(end), std::move(done));
  };
}

void run_release(app_environment& env, dialect asked_through, accepted_release accepted,
                 release_done done) {
  const organization_id owner = accepted.work.organization;
  const operation_id id = accepted.work.id;
  const bool replayed = accepted.replayed;
  // Whether an imported number could be given up, only its provider can tell.
  const bool answers_at_once = asked_through == dialect::cartesia && !accepted.row.imported;
  const auto wait = env.rules().result_wait;
  if (!accepted.first_job) {
    env.operations.kick();
    const bool wait_for_it = replayed && !answers_at_once;
    return env.operations.await(
        owner, id, wait_for_it ? wait : std::chrono::milliseconds(0),
        when_over(env, std::move(accepted.row), replayed, std::move(done)));
  }
  if (answers_at_once) {
    release_number_answer answer{accepted.row, accepted.work, replayed};
    env.operations.start_operation(std::move(accepted.work), *std::move(accepted.first_job),
                                   std::chrono::milliseconds(0), nullptr);
    return done(std::move(answer));
  }
  env.operations.start_operation(
      std::move(accepted.work), *std::move(accepted.first_job), wait,
      when_over(env, std::move(accepted.row), replayed, std::move(done)));
}

}  // namespace

void release_number(app_environment& env, release_number_request request, release_done done) {
  const dialect asked_through = request.asked_through;
  env.database().write<accepted_release>(
      [&env, request = std::move(request)](session& work) {
        return accept_release(work, env, request);
      },
      [&env, asked_through, done = std::move(done)](result<accepted_release> accepted) mutable {
        if (!accepted) return done(std::move(accepted).error());
        crash_point("release_intent_committed");
        run_release(env, asked_through, *std::move(accepted), std::move(done));
      });
}

// Undone while the operation has not told the carrier.
result<number> restore_number(session& work, const app_environment& env,
                              const release_number_request& request) {
  TRY_ASSIGN(number row, find_own(work, request));
  if (row.status != number_status::releasing || !row.release_operation) return no_such_number();
  TRY_ASSIGN(std::optional<operation> release,
             work.operations().find(row.organization, *row.release_operation));
  const bool untold = !row.imported && release && release->state == operation_state::open &&
                      release->step == operation_step::accepted;
  if (!untold) return no_such_number();
  release->state = operation_state::failed;
  release->step = operation_step::compensated;
  release->outcome = "{\"restored\":true}";
  release->updated_at = env.now();
  TRY(work.operations().update(*release));
  TRY(work.operations().add_step(release->id, "restored", "", env.now()));
  TRY_ASSIGN(const auto its_rental, work.rentals().find(row.organization, row.id));
  row.status = status_by_rental(its_rental);
  row.release_operation.reset();
  row.updated_at = env.now();
  TRY(work.numbers().update(row));
  TRY(record_act(work, env, request.who, "phone.restored", row.id.uuid(),
                 request.identity.request_id));
  return row;
}

}  // namespace dialplane
