// The queue of jobs.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "domain/job.hpp"

namespace dialplane {

struct job_statistics {
  std::int64_t waiting = 0;               // counted up to 100,000
  std::optional<timestamp> oldest_run_at;
};

class job_queries {
 public:
  virtual ~job_queries() = default;
  // A job inserted with `leased_until` is already taken by the caller.
  virtual result<void> insert(const job& row) = 0;
  // Takes due jobs nobody holds (or whose lease ran out), soonest first, and leases them.
  virtual result<std::vector<job>> take_due(timestamp now, timestamp leased_until,
                                            std::size_t limit) = 0;
  // Puts a job back for later, lease given up.
  virtual result<void> put_back(job_id id, timestamp run_at, std::int64_t attempts) = 0;
  virtual result<void> extend_lease(job_id id, timestamp leased_until) = 0;
  virtual result<void> remove(job_id id) = 0;
  // When the next job that nobody holds is due.
  virtual result<std::optional<timestamp>> next_due() = 0;
  virtual result<job_statistics> statistics() = 0;
  // At start: every lease of a dead process on this (single-server) database is given up.
  virtual result<std::int64_t> release_all_leases() = 0;
  // The job of that kind and subject is due now instead of later. False: nobody waits for it, or it
  // is being worked on.
  virtual result<bool> hasten(job_kind_name kind, const uuid_bytes& subject, timestamp now) = 0;
};

}  // namespace dialplane
