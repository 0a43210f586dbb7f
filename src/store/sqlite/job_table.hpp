// job_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/job_queries.hpp"

namespace dialplane::sqlite {

class job_table final : public job_queries {
 public:
  explicit job_table(database& on) : db_(on) {}

  result<void> insert(const job& row) override;
  result<std::vector<job>> take_due(timestamp now, timestamp leased_until,
                                    std::size_t limit) override;
  result<void> put_back(job_id id, timestamp run_at, std::int64_t attempts) override;
  result<bool> hasten(job_kind_name kind, const uuid_bytes& subject, timestamp now) override;
  result<void> extend_lease(job_id id, timestamp leased_until) override;
  result<void> remove(job_id id) override;
  result<std::optional<timestamp>> next_due() override;
  result<job_statistics> statistics() override;
  result<std::int64_t> release_all_leases() override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
