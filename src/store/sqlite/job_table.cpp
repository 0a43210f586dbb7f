#include "store/sqlite/job_table.hpp"

#include <algorithm>

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<job> {
  static auto fields(auto& row) {
    return field_list(row.id, row.organization, row.kind, row.subject, row.run_at, row.attempts,
                      row.leased_until);
  }
};

#define JOB_COLUMNS "id, organization_id, kind, subject, run_at, attempts, leased_until"

result<void> job_table::insert(const job& row) {
  return execute_with_row(
      db_, "INSERT INTO jobs (" JOB_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?)", row);
}

result<std::vector<job>> job_table::take_due(timestamp now, timestamp leased_until,
                                             std::size_t limit) {
  const auto rows = static_cast<std::int64_t>(limit);
  TRY_ASSIGN(std::vector<job> due,
             find_rows<job>(db_,
                            "SELECT " JOB_COLUMNS
                            " FROM jobs INDEXED BY jobs_waiting"
                            " WHERE leased_until IS NULL AND run_at <= ?"
                            " ORDER BY run_at LIMIT ?",
                            now, rows));
  TRY_ASSIGN(const std::vector<job> given_up,
             find_rows<job>(db_,
                            "SELECT " JOB_COLUMNS
                            " FROM jobs INDEXED BY jobs_leased"
                            " WHERE leased_until IS NOT NULL AND leased_until <= ?1"
                            " ORDER BY leased_until LIMIT ?2",
                            now, rows));
  due.insert(due.end(), given_up.begin(), given_up.end());
  std::stable_sort(due.begin(), due.end(),
                   [](const job& a, const job& b) { return a.run_at < b.run_at; });
  if (due.size() > limit) due.resize(limit);
  for (job& taken : due) {
    TRY(extend_lease(taken.id, leased_until));
    taken.leased_until = leased_until;
  }
  return due;
}

result<void> job_table::put_back(job_id id, timestamp run_at, std::int64_t attempts) {
  TRY(execute(db_,
              "UPDATE jobs SET run_at = ?2, attempts = ?3, leased_until = NULL WHERE id = ?1", id,
              run_at, attempts));
  return expect_changed(db_);
}

result<bool> job_table::hasten(job_kind_name kind, const uuid_bytes& subject, timestamp now) {
  TRY(execute(db_,
              "UPDATE jobs INDEXED BY jobs_subject SET run_at = ?3"
              " WHERE subject = ?2 AND kind = ?1 AND leased_until IS NULL AND run_at > ?3",
              kind, subject, now));
  return db_.changes() > 0;
}

result<void> job_table::extend_lease(job_id id, timestamp leased_until) {
  TRY(execute(db_, "UPDATE jobs SET leased_until = ?2 WHERE id = ?1", id, leased_until));
  return expect_changed(db_);
}

result<void> job_table::remove(job_id id) {
  return execute(db_, "DELETE FROM jobs WHERE id = ?", id);
}

result<std::optional<timestamp>> job_table::next_due() {
  TRY_ASSIGN(const auto run_at, find_int64(db_,
                                           "SELECT min(run_at) FROM jobs INDEXED BY jobs_waiting"
                                           " WHERE leased_until IS NULL"));
  if (!run_at) return std::optional<timestamp>();
  return std::optional<timestamp>(timestamp{*run_at});
}

result<job_statistics> job_table::statistics() {
  job_statistics found;
  TRY_ASSIGN(const auto waiting,
             find_int64(db_,
                        "SELECT count(*) FROM (SELECT 1 FROM jobs INDEXED BY jobs_waiting"
                        " WHERE leased_until IS NULL LIMIT 100000)"));
  found.waiting = waiting.value_or(0);
  TRY_ASSIGN(found.oldest_run_at, next_due());
  return found;
}

result<std::int64_t> job_table::release_all_leases() {
  TRY(execute(db_, "UPDATE jobs SET leased_until = NULL WHERE leased_until IS NOT NULL"));
  return db_.changes();
}

}  // namespace dialplane::sqlite
