#include "app/resolve_approval.hpp"

#include <boost/json.hpp>

#include "app/accept_provision.hpp"
#include "app/audit_trail.hpp"
#include "app/frozen_request.hpp"
#include "app/replay.hpp"
#include "base/crash_point.hpp"
#include "domain/provision_plan.hpp"

namespace dialplane {

namespace {

error no_such_approval() { return refused(error_code::not_found, "There is no such approval."); }

error resolved_before(const approval& row) {
  return refused(error_code::already_resolved,
                 "This approval is already " + std::string(name_of_value(row.status)) + ".");
}

// The rules of who may resolve: never the key that asked, and agent keys only by setting.
result<void> judge_resolver(const app_environment& env, const actor& who, const approval& row) {
  if (who.key == row.requested_by_key) {
    return refused(error_code::self_approval, "A request cannot be resolved by who made it.");
  }
  if (!who.is_operator() && !env.rules().agent_keys_may_resolve) {
    return refused(error_code::self_approval,
                   "Agents cannot resolve approvals; an operator key can.");
  }
  return {};
}

result<approval> find_pending(session& work, const app_environment& env,
                              const resolution_request& request) {
  TRY_ASSIGN(std::optional<approval> found,
             work.approvals().find(request.who.organization, request.approval));
  const bool theirs = found && (!request.user || *request.user == found->user) &&
                      (!request.who.user || *request.who.user == found->user);
  if (!theirs) return no_such_approval();
  TRY(judge_resolver(env, request.who, *found));
  approval row = as_of(*std::move(found), env.now());
  if (row.status != approval_status::pending) return resolved_before(row);
  return row;
}

result<void> tell_of_resolution(session& work, const app_environment& env,
                                const resolution_request& request, const approval& row) {
  event news;
  news.id = env.ids().make<event_id>();
  news.organization = row.organization;
  news.user = row.user;
  news.type = "approval.resolved";
  news.data = boost::json::serialize(
      boost::json::object{{"tenant_user_id", row.user.uuid()},
                          {"approval_id", row.id.uuid()},
                          {"primitive", "phone"},
                          {"action_type", row.action_type},
                          {"status", name_of_value(row.status)}});
  news.created_at = env.now();
  TRY(work.operations().append_event(news));
  const std::string action = "approval." + std::string(name_of_value(row.status));
  return record_act(work, env, request.who, action, row.id.uuid(), request.identity.request_id, {},
                    row.quoted_price);
}

void sign(const app_environment& env, const resolution_request& request, approval& row) {
  row.resolved_at = env.now();
  row.resolved_by_type = request.who.is_operator() ? "human" : "agent";
  row.resolved_by_id = request.who.key.uuid();
}

struct approved {
  approval row;
  std::optional<accepted_provision> accepted;  // nothing: it failed at once, or was approved before
  bool replayed = false;
};

result<approved> fail(session& work, const app_environment& env,
                      const resolution_request& request, approval row, const error& why) {
  row.status = approval_status::failed;
  row.failure = failure_outcome_json(why);
  sign(env, request, row);
  TRY(work.approvals().update(row));
  TRY(tell_of_resolution(work, env, request, row));
  TRY(remember_request(work, env, request.identity, {.approval = row.id}));
  return approved{.row = std::move(row)};
}

std::optional<error> price_rise(const approval& row, const judged_provision& judged) {
  if (judged.price <= row.quoted_price) return std::nullopt;
  error refusal = refused(error_code::price_changed,
                          "The price rose from " + to_decimal(row.quoted_price) + " to " +
                              to_decimal(judged.price) + " credits since this was asked.");
  refusal.hint = "Ask again to have the new price approved.";
  return refusal;
}

result<approved> join_earlier(session& work, const resolution_request& request,
                              const replayed_request& earlier) {
  if (!earlier.approval) return internal_fault("a remembered resolution names no approval");
  TRY_ASSIGN(std::optional<approval> row,
             work.approvals().find(request.who.organization, *earlier.approval));
  if (!row) return internal_fault("a remembered approval is not there");
  return approved{.row = *std::move(row), .replayed = true};
}

result<approved> approve_in(session& work, const app_environment& env,
                            const resolution_request& request) {
  TRY_ASSIGN(const auto earlier, find_replay(work, env, request.identity));
  if (earlier) return join_earlier(work, request, *earlier);
  TRY_ASSIGN(approval row, find_pending(work, env, request));
  TRY_ASSIGN(provision_number_request frozen, thaw_request(env, row));
  frozen.identity.request_id = request.identity.request_id;
  result<judged_provision> judged = judge_provision(work, env, frozen);
  // A fault of ours must not end the approval; a refusal does, and shows on it.
  if (!judged && judged.error().code == error_code::internal_error) return judged.error();
  if (!judged && judged.error().code == error_code::store_failed) return judged.error();
  if (!judged) return fail(work, env, request, std::move(row), judged.error());
  if (const auto rise = price_rise(row, *judged)) {
    return fail(work, env, request, std::move(row), *rise);
  }
  approved outcome;
  TRY_ASSIGN(outcome.accepted, accept_provision(work, env, frozen, *judged, std::nullopt, row.id));
  row.status = approval_status::executing;
  row.operation = outcome.accepted->work.id;
  sign(env, request, row);
  TRY(work.approvals().update(row));
  TRY(record_act(work, env, request.who, "approval.approved", row.id.uuid(),
                 request.identity.request_id, {}, row.quoted_price));
  TRY(remember_request(work, env, request.identity, {.approval = row.id}));
  outcome.row = std::move(row);
  return outcome;
}

using resolved_done = unique_function<void(result<resolved_approval>)>;

// The operation's end wrote the approval; read it back for the answer.
void answer_executed(app_environment& env, const approval& row, bool replayed,
                     resolved_done done) {
  env.database().read<resolved_approval>(
      [owner = row.organization, id = row.id, replayed](session& work)
          -> result<resolved_approval> {
        TRY_ASSIGN(std::optional<approval> now, work.approvals().find(owner, id));
        if (!now) return internal_fault("an executed approval is not there");
        return resolved_approval{*std::move(now), replayed};
      },
      std::move(done));
}

void run_approved(app_environment& env, approved outcome, resolved_done done) {
  approval row = std::move(outcome.row);
  const bool replayed = outcome.replayed;
  if (row.status != approval_status::executing) {
    return done(resolved_approval{std::move(row), replayed});
  }
  const organization_id owner = row.organization;
  const operation_id under_way = *row.operation;
  const auto wait = env.rules().result_wait;
  auto tell = [&env, row = std::move(row), replayed,
               done = std::move(done)](result<operation> end) mutable {
    if (!end) return done(std::move(end).error());
    answer_executed(env, row, replayed, std::move(done));
  };
  if (replayed) return env.operations.await(owner, under_way, wait, std::move(tell));
  crash_point("accept_committed");
  env.operations.start_operation(std::move(outcome.accepted->work),
                                 std::move(outcome.accepted->first_job), wait, std::move(tell));
}

}  // namespace

approval as_of(approval row, timestamp now) {
  if (row.status == approval_status::pending && row.expires_at <= now) {
    row.status = approval_status::expired;
    row.resolved_at = row.expires_at;
    row.resolved_by_type = "system";
  }
  return row;
}

void approve(app_environment& env, resolution_request request, resolved_done done) {
  env.database().write<approved>(
      [&env, request = std::move(request)](session& work) {
        return approve_in(work, env, request);
      },
      [&env, done = std::move(done)](result<approved> outcome) mutable {
        if (!outcome) return done(std::move(outcome).error());
        run_approved(env, *std::move(outcome), std::move(done));
      });
}

result<approval> deny(session& work, const app_environment& env,
                      const resolution_request& request) {
  TRY_ASSIGN(approval row, find_pending(work, env, request));
  row.status = approval_status::denied;
  row.reason = request.reason;
  sign(env, request, row);
  TRY(work.approvals().update(row));
  TRY(tell_of_resolution(work, env, request, row));
  return row;
}

}  // namespace dialplane
