#include "app/replay.hpp"

namespace dialplane {

namespace {

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
  const timestamp since = env.now() + -std::chrono::milliseconds(env.rules().marked_replay_kept);
  TRY_ASSIGN(const std::vector<marked_request> rows,
             work.replays().find_marked(*identity.fingerprint, since));
  for (const marked_request& row : rows) {
    if (row.highest_retry_count >= identity.retry_count) continue;
    TRY(work.replays().raise_retry_count(row, identity.retry_count));
    return std::optional(replayed_request{row.operation, row.approval, row.sealed_answer});
  }
  return std::optional<replayed_request>();
}

}  // namespace

result<std::optional<replayed_request>> find_replay(session& work, const app_environment& env,
                                                    const request_identity& identity) {
  if (identity.key) return find_by_key(work, identity);
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
