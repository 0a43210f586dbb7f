#include "app/replay.hpp"

#include "app/delivery_tracker.hpp"

namespace dialplane {

namespace {

timestamp oldest_found(const app_environment& env) {
  return env.now() + -std::chrono::milliseconds(env.rules().marked_replay_kept);
}

result<std::optional<replayed_request>> find_by_key(session& work,
                                                    const request_identity& identity) {
  TRY_ASSIGN(const std::optional<keyed_request> row, work.replays().find_keyed(*identity.key));
  if (!row) return std::optional<replayed_request>();
  if (row->body != identity.body) {
    return conflicting(error_code::idempotency_conflict,
                       "This Idempotency-Key was used before with another request body.");
  }
  return std::optional(replayed_request{row->operation, row->approval, row->sealed_answer});
}

// Joins the oldest equal request whose retries, as far as seen, are fewer than this one's: an
// attempt in between may have been lost on its way here.
result<std::optional<replayed_request>> find_by_marker(session& work, const app_environment& env,
                                                       const request_identity& identity) {
  TRY_ASSIGN(const std::vector<marked_request> rows,
             work.replays().find_marked(*identity.fingerprint, oldest_found(env)));
  for (const marked_request& row : rows) {
    if (row.highest_retry_count >= identity.retry_count) continue;
    TRY(work.replays().raise_retry_count(row, identity.retry_count));
    return std::optional(replayed_request{row.operation, row.approval, row.sealed_answer});
  }
  return std::optional<replayed_request>();
}

// Joins the oldest equal request whose answer is lost, and answers it from now on: while this one
// is in flight, or once it has arrived, nobody else joins that request.
result<std::optional<replayed_request>> find_by_delivery(session& work,
                                                         const app_environment& env,
                                                         tracked_attempt& mine) {
  if (mine.is_deserted()) {
    return not_done(error_code::timed_out,
                    "The connection was closed before this began; nothing was done.", {});
  }
  TRY_ASSIGN(const std::vector<tracked_request> rows,
             work.replays().find_tracked(mine.fingerprint(), oldest_found(env)));
  for (const tracked_request& row : rows) {
    if (!mine.joins(row)) continue;
    TRY(work.replays().rejoin_tracked(row, mine.id(), mine.run(), env.now()));
    mine.acted();
    return std::optional(replayed_request{row.operation, row.approval, row.sealed_answer});
  }
  return std::optional<replayed_request>();
}

result<void> track_request(session& work, const app_environment& env, tracked_attempt& mine,
                           const replayed_request& became) {
  tracked_request row;
  row.fingerprint = mine.fingerprint();
  row.id = env.ids().next();
  row.attempt = mine.id();
  row.run = mine.run();
  row.operation = became.operation;
  row.approval = became.approval;
  row.sealed_answer = became.sealed_answer;
  row.created_at = env.now();
  row.touched_at = row.created_at;
  TRY(work.replays().insert_tracked(row));
  mine.acted();
  return {};
}

}  // namespace

result<std::optional<replayed_request>> find_replay(session& work, const app_environment& env,
                                                    const request_identity& identity) {
  if (identity.key) return find_by_key(work, identity);
  if (identity.delivery) return find_by_delivery(work, env, *identity.delivery);
  if (identity.fingerprint && identity.retry_count > 0) {
    return find_by_marker(work, env, identity);
  }
  return std::optional<replayed_request>();
}

result<void> remember_request(session& work, const app_environment& env,
                              const request_identity& identity, const replayed_request& became) {
  if (identity.key) {
    keyed_request row;
    row.key = *identity.key;
    row.body = identity.body;
    row.operation = became.operation;
    row.approval = became.approval;
    row.sealed_answer = became.sealed_answer;
    row.created_at = env.now();
    TRY(work.replays().insert_keyed(row));
  } else if (identity.delivery) {
    TRY(track_request(work, env, *identity.delivery, became));
  } else if (identity.fingerprint) {
    marked_request row;
    row.fingerprint = *identity.fingerprint;
    row.id = env.ids().next();
    row.highest_retry_count = identity.retry_count;
    row.operation = became.operation;
    row.approval = became.approval;
    row.sealed_answer = became.sealed_answer;
    row.created_at = env.now();
    TRY(work.replays().insert_marked(row));
  }
  return {};
}

}  // namespace dialplane
