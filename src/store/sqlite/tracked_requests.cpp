// The part of replay_table that remembers requests until their answer has arrived. The table holds
// few rows: those in flight, and those whose answer was lost lately.
#include "store/sqlite/replay_table.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

namespace {

constexpr std::int64_t max_tracked = 100;

struct tracked_key {
  request_hash fingerprint{};
  uuid_bytes id{};
};

}  // namespace

template <>
struct row_shape<tracked_request> {
  static auto fields(auto& row) {
    return field_list(row.fingerprint, row.id, row.attempt, row.run, row.is_undelivered,
                      row.operation, row.approval, as_blob(row.sealed_answer), row.created_at,
                      row.touched_at);
  }
};

template <>
struct row_shape<tracked_key> {
  static auto fields(auto& row) { return field_list(row.fingerprint, row.id); }
};

#define TRACKED_COLUMNS                                                                    \
  "fingerprint, id, attempt, run, is_undelivered, operation_id, approval_id, sealed_answer," \
  " created_at, touched_at"

// Of row `t`: its work goes on, or ended not before ?2.
#define WORK_IS_FRESH                                                                      \
  "(EXISTS (SELECT 1 FROM operations o WHERE o.id = t.operation_id"                        \
  " AND (o.state = 'open' OR o.updated_at >= ?2))"                                         \
  " OR EXISTS (SELECT 1 FROM approvals a WHERE a.id = t.approval_id"                       \
  " AND a.status IN ('pending', 'executing')))"

result<std::vector<tracked_request>> replay_table::find_tracked(const request_hash& fingerprint,
                                                                timestamp since) {
  return find_rows<tracked_request>(db_,
                                    "SELECT " TRACKED_COLUMNS
                                    " FROM tracked_requests t WHERE fingerprint = ?1"
                                    " AND (touched_at >= ?2 OR " WORK_IS_FRESH
                                    ") ORDER BY id LIMIT ?3",
                                    fingerprint, since, max_tracked);
}

result<void> replay_table::insert_tracked(const tracked_request& row) {
  return execute_with_row(
      db_,
      "INSERT INTO tracked_requests (" TRACKED_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row);
}

result<void> replay_table::rejoin_tracked(const tracked_request& row, const uuid_bytes& attempt,
                                          const uuid_bytes& run, timestamp now) {
  TRY(execute(db_,
              "UPDATE tracked_requests SET attempt = ?3, run = ?4, is_undelivered = 0,"
              " touched_at = ?5 WHERE fingerprint = ?1 AND id = ?2",
              row.fingerprint, row.id, attempt, run, now));
  return expect_changed(db_);
}

result<void> replay_table::settle_tracked(const request_hash& fingerprint,
                                          const uuid_bytes& attempt, bool delivered,
                                          timestamp now) {
  if (delivered) {
    return execute(db_, "DELETE FROM tracked_requests WHERE fingerprint = ? AND attempt = ?",
                   fingerprint, attempt);
  }
  return execute(db_,
                 "UPDATE tracked_requests SET is_undelivered = 1, touched_at = ?3"
                 " WHERE fingerprint = ?1 AND attempt = ?2",
                 fingerprint, attempt, now);
}

result<std::int64_t> replay_table::forget_tracked(timestamp made_before, timestamp touched_before,
                                                  std::int64_t limit) {
  TRY_ASSIGN(const std::vector<tracked_key> old,
             find_rows<tracked_key>(db_,
                                    "SELECT fingerprint, id FROM tracked_requests t"
                                    " WHERE touched_at < ?2"
                                    " AND (created_at < ?1 OR NOT " WORK_IS_FRESH ")"
                                    " ORDER BY touched_at LIMIT ?3",
                                    made_before, touched_before, limit));
  for (const tracked_key& key : old) {
    TRY(execute(db_, "DELETE FROM tracked_requests WHERE fingerprint = ? AND id = ?",
                key.fingerprint, key.id));
  }
  return static_cast<std::int64_t>(old.size());
}

}  // namespace dialplane::sqlite
