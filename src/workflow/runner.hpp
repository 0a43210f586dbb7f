// Drives operations to their end: fresh ones at once on the loop that accepted them, the rest from
// the job queue (after a restart, a back-off, a due time).
//
// The runner owns one loop's worth of timers and the table of operations in flight in this
// process; the store owns all truth. A job is leased while it is worked on; the leases of a dead
// process run out (or are given up at start) and another run takes over from the last durable
// step. Nobody but the runner calls operation steps.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "domain/job.hpp"
#include "domain/operation.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

class runner_core;

class runner {
 public:
  using notify = unique_function<void(result<operation>)>;

  // `loop` runs resumed work and timers. It must outlive the runner.
  runner(workflow_environment& environment, event_loop& loop);
  ~runner();
  runner(const runner&) = delete;
  runner& operator=(const runner&) = delete;

  // Who does the jobs of a kind that is not an operation: called on the runner's loop with a job
  // it has leased; ends with the job removed or put back. Before start().
  using job_handler = unique_function<void(const job&)>;
  void handle_jobs(job_kind_name kind, job_handler handler);

  // Takes over what an earlier process left, then watches the queue. Once.
  void start();
  // No new jobs; `done` runs on the runner's loop when nothing is in flight any more or the time
  // is over. What is not finished goes on at the next start.
  void stop(std::chrono::milliseconds limit, event_loop::task done);

  // Runs a just accepted operation, whose job was inserted leased, on this loop. `tell` runs here
  // once: with the ended operation, or with it as it is when `wait` is over.
  void start_operation(operation fresh, job its_job, std::chrono::milliseconds wait, notify tell);

  // The same wait for an operation that is already under way. resource_not_found: no such one.
  void await(organization_id owner, operation_id id, std::chrono::milliseconds wait, notify tell);

  // How many purchases may be under way at that carrier account; any time.
  void limit_purchases(const std::string& account, std::size_t most);

  // What that operation waits for has probably happened: its pause ends now, in this process or in
  // the queue. Nothing, where it is not open or does not wait. From any thread.
  void hasten(operation_id id);

  // A job due now or soon was written by someone else: look again.
  void kick();

  // Milliseconds since the queue was last looked at, for readiness.
  std::chrono::milliseconds since_last_look() const;
  // The lease for a job inserted as already taken.
  timestamp fresh_lease() const;

 private:
  std::shared_ptr<runner_core> core_;
};

}  // namespace dialplane
