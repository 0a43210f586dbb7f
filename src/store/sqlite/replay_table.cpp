#include "store/sqlite/replay_table.hpp"

#include <algorithm>

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

namespace {

constexpr std::int64_t bucket_ms = 600'000;
constexpr std::int64_t max_buckets = 24 * 6;  // a day; rows are kept for minutes
constexpr std::size_t max_marked = 100;

std::int64_t bucket_of(timestamp at) { return at.unix_ms / bucket_ms; }

// A marked request as it is stored, behind its bucket.
struct bucketed_request {
  std::int64_t bucket = 0;
  marked_request row;
};

struct marked_key {
  std::int64_t bucket = 0;
  request_hash fingerprint{};
  uuid_bytes id{};
};

}  // namespace

template <>
struct row_shape<marked_key> {
  static auto fields(auto& row) { return field_list(row.bucket, row.fingerprint, row.id); }
};

template <>
struct row_shape<keyed_request> {
  static auto fields(auto& row) {
    return field_list(row.key, row.body, row.operation, row.approval, as_blob(row.sealed_answer),
                      row.created_at);
  }
};

template <>
struct row_shape<marked_request> {
  static auto fields(auto& row) {
    return field_list(row.fingerprint, row.id, row.highest_retry_count, row.operation,
                      row.approval, as_blob(row.sealed_answer), row.created_at);
  }
};

template <>
struct row_shape<bucketed_request> {
  static auto fields(auto& row) {
    return std::tuple_cat(field_list(row.bucket), row_shape<marked_request>::fields(row.row));
  }
};

result<std::optional<keyed_request>> replay_table::find_keyed(const request_hash& key) {
  return find_row<keyed_request>(db_,
                                 "SELECT key, body, operation_id, approval_id, sealed_answer,"
                                 " created_at FROM keyed_requests WHERE key = ?",
                                 key);
}

result<void> replay_table::insert_keyed(const keyed_request& row) {
  return execute_with_row(db_,
                          "INSERT INTO keyed_requests (key, body, operation_id, approval_id,"
                          " sealed_answer, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                          row);
}

#define MARKED_COLUMNS                                                                       \
  "fingerprint, id, highest_retry_count, operation_id, approval_id, sealed_answer, created_at"

result<std::vector<marked_request>> replay_table::find_marked(const request_hash& fingerprint,
                                                              timestamp since) {
  std::vector<marked_request> found;
  TRY_ASSIGN(const auto newest, find_int64(db_, "SELECT max(bucket) FROM marked_requests"));
  if (!newest) return found;
  const std::int64_t first = std::max(bucket_of(since), *newest - max_buckets);
  for (std::int64_t bucket = first; bucket <= *newest && found.size() < max_marked; ++bucket) {
    TRY_ASSIGN(const std::vector<marked_request> rows,
               find_rows<marked_request>(
                   db_,
                   "SELECT " MARKED_COLUMNS
                   " FROM marked_requests WHERE bucket = ? AND fingerprint = ?"
                   " AND created_at >= ? ORDER BY id LIMIT ?",
                   bucket, fingerprint, since,
                   static_cast<std::int64_t>(max_marked - found.size())));
    found.insert(found.end(), rows.begin(), rows.end());
  }
  return found;
}

result<void> replay_table::insert_marked(const marked_request& row) {
  return execute_with_row(
      db_,
      "INSERT INTO marked_requests (bucket, " MARKED_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      bucketed_request{bucket_of(row.created_at), row});
}

result<void> replay_table::raise_retry_count(const marked_request& row, std::int64_t count) {
  TRY(execute(db_,
              "UPDATE marked_requests SET highest_retry_count = max(highest_retry_count, ?4)"
              " WHERE bucket = ?1 AND fingerprint = ?2 AND id = ?3",
              bucket_of(row.created_at), row.fingerprint, row.id, count));
  return expect_changed(db_);
}

result<std::int64_t> replay_table::forget(timestamp keyed_before, timestamp marked_before,
                                          std::size_t limit) {
  const auto rows = static_cast<std::int64_t>(limit);
  TRY_ASSIGN(const std::int64_t marked, forget_marked(marked_before, rows));
  if (marked >= rows) return marked;
  TRY_ASSIGN(const std::int64_t tracked,
             forget_tracked(keyed_before, marked_before, rows - marked));
  if (marked + tracked >= rows) return marked + tracked;
  TRY_ASSIGN(const std::int64_t keyed, forget_keyed(keyed_before, rows - marked - tracked));
  return marked + tracked + keyed;
}

// One by one: a DELETE by a list of keys would look through whole buckets.
result<std::int64_t> replay_table::forget_marked(timestamp before, std::int64_t limit) {
  TRY_ASSIGN(const std::vector<marked_key> old,
             find_rows<marked_key>(db_,
                                   "SELECT bucket, fingerprint, id FROM marked_requests"
                                   " WHERE bucket < ? ORDER BY bucket LIMIT ?",
                                   bucket_of(before), limit));
  for (const marked_key& key : old) {
    TRY(execute(db_,
                "DELETE FROM marked_requests WHERE bucket = ? AND fingerprint = ? AND id = ?",
                key.bucket, key.fingerprint, key.id));
  }
  return static_cast<std::int64_t>(old.size());
}

result<std::int64_t> replay_table::forget_keyed(timestamp before, std::int64_t limit) {
  std::vector<std::int64_t> ended;
  std::int64_t seen = 0;
  std::int64_t last = forget_after_;
  bool young = false;
  {
    TRY_ASSIGN(statement rows,
               select(db_,
                      "SELECT k.position, k.created_at < ?2,"
                      " coalesce(o.state, '') <> 'open'"
                      " AND coalesce(a.status, '') NOT IN ('pending', 'executing')"
                      " FROM keyed_requests k LEFT JOIN operations o ON o.id = k.operation_id"
                      " LEFT JOIN approvals a ON a.id = k.approval_id"
                      " WHERE k.position > ?1 ORDER BY k.position LIMIT ?3",
                      forget_after_, before, limit));
    for (;;) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) break;
      young = rows.int64(1) == 0;
      if (young) break;  // and so are all behind it
      ++seen;
      last = rows.int64(0);
      if (rows.int64(2) != 0) ended.push_back(last);
    }
  }
  for (const std::int64_t position : ended) {
    TRY(execute(db_, "DELETE FROM keyed_requests WHERE position = ?", position));
  }
  forget_after_ = young || seen < limit ? 0 : last;  // at the end: from the beginning again
  return static_cast<std::int64_t>(ended.size());
}

}  // namespace dialplane::sqlite
