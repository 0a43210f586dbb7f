#include "app/provision_number.hpp"

#include <memory>

#include "app/accept_provision.hpp"
#include "app/frozen_request.hpp"
#include "app/judge_provision.hpp"
#include "app/replay.hpp"
#include "app/resolve_approval.hpp"
#include "base/crash_point.hpp"

namespace dialplane {

namespace {

// What the transaction decided; the rest happens outside it.
struct provision_decision {
  std::optional<accepted_provision> accepted;
  std::optional<operation_id> joined;
  std::optional<approval> waiting;
  bool replayed = false;
};

// An approval that is settled without a number has an answer of its own for a repeated request.
result<provision_decision> join_approval(session& work, const app_environment& env,
                                         organization_id owner, approval_id id) {
  TRY_ASSIGN(const std::optional<approval> stored, work.approvals().find(owner, id));
  if (!stored) return internal_fault("a remembered request names an approval that is not there");
  const approval row = as_of(*stored, env.now());
  if (row.operation) return provision_decision{.joined = row.operation, .replayed = true};
  switch (row.status) {
    case approval_status::pending: return provision_decision{.waiting = row, .replayed = true};
    case approval_status::denied:
      return refused(error_code::forbidden, "A human denied this request.");
    case approval_status::expired:
      return refused(error_code::approval_expired, "Nobody approved this request in time.");
    default: break;
  }
  return error_of_failed_approval(row);
}

result<provision_decision> join(session& work, const app_environment& env, organization_id owner,
                                const replayed_request& earlier) {
  if (earlier.operation) return provision_decision{.joined = earlier.operation, .replayed = true};
  if (earlier.approval) return join_approval(work, env, owner, *earlier.approval);
  return internal_fault("a remembered purchase names neither operation nor approval");
}

// Without a key, an equal request finds its approval while it is pending, and the first one within
// 24 hours of its execution gets the number it bought (naive dialect §3.5).
result<std::optional<provision_decision>> find_equal_approval(
    session& work, const app_environment& env, const provision_number_request& request) {
  constexpr std::chrono::hours handed_out_for{24};
  const auto oldest = env.now() + -(env.rules().approval_expiry + handed_out_for);
  TRY_ASSIGN(std::optional<approval> found,
             work.approvals().newest_equal(request.who.organization,
                                           request.identity.equal_request, oldest));
  if (!found) return std::optional<provision_decision>();
  approval row = as_of(*std::move(found), env.now());
  if (row.status == approval_status::pending) {
    return std::optional(provision_decision{.waiting = row, .replayed = true});
  }
  const bool bought = row.operation && row.status != approval_status::failed;
  const bool fresh = row.resolved_at && env.now() - *row.resolved_at <= handed_out_for;
  if (!bought || !fresh || row.replayed) return std::optional<provision_decision>();
  row.replayed = true;
  TRY(work.approvals().update(row));
  return std::optional(provision_decision{.joined = row.operation, .replayed = true});
}

// What an equal request found is told to its client too, and may be lost on its way like the first.
result<void> remember_delivery(session& work, const app_environment& env,
                               const request_identity& identity, const provision_decision& found) {
  if (!identity.delivery) return {};
  const replayed_request became{
      .operation = found.joined,
      .approval = found.waiting ? std::optional(found.waiting->id) : std::nullopt};
  return remember_request(work, env, identity, became);
}

result<provision_decision> freeze(session& work, const app_environment& env,
                                  const provision_number_request& request,
                                  const judged_provision& judged) {
  TRY_ASSIGN(approval row, freeze_request(work, env, request, judged));
  TRY(remember_request(work, env, request.identity, {.approval = row.id}));
  return provision_decision{.waiting = std::move(row)};
}

// The unit: nothing outside the database happens in here.
result<provision_decision> decide_provision(session& work, const app_environment& env,
                                            const provision_number_request& request,
                                            const std::optional<instant_offer>& offer) {
  TRY_ASSIGN(const std::optional<replayed_request> earlier,
             find_replay(work, env, request.identity));
  if (earlier) return join(work, env, request.who.organization, *earlier);
  const bool may_be_gated = !request.who.is_operator();
  if (may_be_gated && !request.identity.key) {
    TRY_ASSIGN(std::optional<provision_decision> equal, find_equal_approval(work, env, request));
    if (equal) {
      TRY(remember_delivery(work, env, request.identity, *equal));
      return *std::move(equal);
    }
  }
  TRY_ASSIGN(const judged_provision judged, judge_provision(work, env, request));
  if (may_be_gated && judged.needs_approval) return freeze(work, env, request, judged);
  TRY_ASSIGN(accepted_provision accepted,
             accept_provision(work, env, request, judged, offer, std::nullopt));
  TRY(remember_request(work, env, request.identity, {.operation = accepted.work.id}));
  return provision_decision{.accepted = std::move(accepted)};
}

using provision_done = unique_function<void(result<provision_number_answer>)>;

runner::notify answer_with_operation(bool replayed, provision_done done) {
  return [replayed, done = std::move(done)](result<operation> outcome) mutable {
    if (!outcome) return done(std::move(outcome).error());
    done(provision_number_answer{.ended_or_open = *std::move(outcome), .replayed = replayed});
  };
}

void act_on(app_environment& env, organization_id owner, provision_decision decided,
            provision_done done) {
  if (decided.waiting) {
    return done(provision_number_answer{.waiting = std::move(decided.waiting),
                                        .replayed = decided.replayed});
  }
  auto tell = answer_with_operation(decided.replayed, std::move(done));
  const auto wait = env.rules().result_wait;
  if (decided.joined) return env.operations.await(owner, *decided.joined, wait, std::move(tell));
  crash_point("accept_committed");
  accepted_provision& accepted = *decided.accepted;
  env.operations.start_operation(std::move(accepted.work), std::move(accepted.first_job), wait,
                                 std::move(tell));
}

}  // namespace

void provision_number(app_environment& env, provision_number_request request, provision_done done) {
  const organization_id owner = request.who.organization;
  // What is known of an answer's way is not in the database, so such a request is decided once.
  const bool is_tracked = request.identity.delivery != nullptr;
  std::optional<instant_offer> offer = offer_at_once(env, request);
  auto decide = [&env, request = std::move(request), offer = std::move(offer)](session& work) {
    return decide_provision(work, env, request, offer);
  };
  auto act = [&env, owner, done = std::move(done)](result<provision_decision> decided) mutable {
    if (!decided) return done(std::move(decided).error());
    act_on(env, owner, *std::move(decided), std::move(done));
  };
  if (is_tracked) {
    env.database().write<provision_decision>(std::move(decide), std::move(act));
  } else {
    env.database().write_repeatable<provision_decision>(std::move(decide), std::move(act));
  }
}

}  // namespace dialplane
