// The inside of the runner: operations in flight in this process, who waits for them, and the
// watch over the job queue. Shared by the runner and the runs; used from any loop.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "workflow/purchasing/purchase_queue.hpp"
#include "workflow/runner.hpp"

namespace dialplane {

class operation_run;

// A run between two of its steps: goes on when its time has come, or earlier when it is hastened.
// Whichever comes first; on its own loop.
struct paused_run {
  event_loop* loop;
  event_loop::task go;

  void end() {
    if (go) std::exchange(go, nullptr)();
  }
};

class runner_core : public std::enable_shared_from_this<runner_core> {
 public:
  using clock_type = std::chrono::steady_clock;

  runner_core(workflow_environment& environment, event_loop& its_loop)
      : env(environment),
        loop(its_loop),
        purchases(static_cast<std::size_t>(environment.rules.purchases.in_flight_max)) {}

  workflow_environment& env;
  event_loop& loop;
  purchase_queue purchases;

  void start();
  void handle_jobs(job_kind_name kind, runner::job_handler handler);
  void stop(clock_type::time_point deadline, event_loop::task done);
  bool stopping() const noexcept { return stopping_.load(); }

  // Begins the run on the calling loop. False: it is in flight already.
  bool run(operation work, job its_job);
  void wait_for(operation_id id, std::chrono::milliseconds wait, runner::notify tell);
  // Tells the operation as the store has it.
  void tell_present(organization_id owner, operation_id id, runner::notify tell);
  // Tells the waiters of `id` if it has ended (or does not exist).
  void tell_if_ended(organization_id owner, operation_id id);

  // Called by runs: the operation has ended; or this process leaves it to the queue. left() is true
  // when it was hastened meanwhile.
  void ended(operation work);
  bool left(operation_id id);
  // Called by runs before they pause. False: they were hastened meanwhile and should not.
  bool pauses(operation_id id, const std::shared_ptr<paused_run>& pause);
  void hasten(operation_id id);

  void kick();
  timestamp fresh_lease() const;
  std::chrono::milliseconds since_last_look() const;

 private:
  struct waiter {
    event_loop* loop;
    runner::notify tell;
  };
  // Kept weakly: a run belongs to its pending callback.
  struct in_flight {
    std::weak_ptr<paused_run> pause = {};
    bool is_hastened = false;
  };
  struct deadline {
    clock_type::time_point at;
    operation_id id;
  };

  void schedule_look(std::chrono::milliseconds delay);
  void look();
  void take_due_jobs();
  void resume(const job& due);
  // False: it is in flight already. Whoever enters leaves (left()).
  bool enter(operation_id id);
  void resume_operation(const job& due);
  void expire_approval(const job& due);
  static result<operation> outcome_of(result<std::optional<operation>> found);
  void sweep_waiters();
  std::vector<waiter> take_waiters(operation_id id);
  void tell_all(std::vector<waiter> waiters, result<operation> outcome);
  void check_stopped(clock_type::time_point deadline, event_loop::task done);

  std::unordered_map<job_kind_name, runner::job_handler> handlers_;  // fixed from start on
  std::mutex mutex_;
  std::unordered_map<operation_id, in_flight> in_flight_;
  std::unordered_map<operation_id, std::vector<waiter>> waiters_;
  std::deque<deadline> deadlines_;  // in order: every wait has the same length
  std::atomic<bool> stopping_{false};
  std::atomic<bool> look_scheduled_{false};
  std::atomic<std::int64_t> last_look_ms_{0};

  friend class runner;
};

}  // namespace dialplane
