// One operation while this process works on it: what every kind of operation shares.
//
// A run belongs to nobody but its own pending callback. Each turn does one outside call or one
// commit and is durable before the next. When the store fails, or the wait is long, the run ends
// and the job queue brings the operation back: nothing lives in the run that is not in the row.
#pragma once

#include <memory>
#include <string_view>
#include <type_traits>

#include "carriers/carrier.hpp"
#include "workflow/runner_core.hpp"

namespace dialplane {

class operation_run : public std::enable_shared_from_this<operation_run> {
 public:
  operation_run(std::shared_ptr<runner_core> core, operation row, job its_job, bool resumed);
  virtual ~operation_run() = default;
  operation_run(const operation_run&) = delete;
  operation_run& operator=(const operation_run&) = delete;

  // Does the next thing that row.step asks for.
  virtual void advance() = 0;

 protected:
  using unit = unique_function<result<void>(session&, operation&)>;

  workflow_environment& env() const { return core_->env; }
  timestamp now() const { return core_->env.time.now(); }
  carrier& seller() const;
  purchase_queue& purchases() const { return core_->purchases; }

  // Makes the row durable with a line in its history, then goes on with `then`.
  void save(std::string_view step, std::string_view detail, event_loop::task then);
  // The same, with `also` in that transaction: it may read and write other rows, and the row.
  void save(std::string_view step, std::string_view detail, unit also, event_loop::task then);
  // Runs `last` in the transaction that ends the operation: it sets state, step and outcome. The
  // job is removed in it, waiters are told after it. It may be run more than once (store.hpp).
  template <typename Last>
    requires std::is_invocable_r_v<result<void>, const Last&, session&, operation&>
  void finish(Last last) {
    finish_with(std::make_shared<unit>(std::move(last)));
  }
  // Tries again: soon in this process, later through the queue.
  void retry_in(std::chrono::milliseconds delay, event_loop::task then);
  // Grows with row.attempts: 100 ms, doubling, to `most`; plus up to a quarter of chance.
  std::chrono::milliseconds backoff(std::chrono::milliseconds most) const;

  // What this operation writes may start others: the queue is looked at when it has ended.
  void starts_others() noexcept { starts_others_ = true; }

  operation row;
  bool resumed;  // another process, or an earlier run, may have acted at row.step

 private:
  void finish_with(std::shared_ptr<unit> last);
  void leave(timestamp run_at);
  void give_up_until_lease_ends(const error& why);

  std::shared_ptr<runner_core> core_;
  job job_;
  bool starts_others_ = false;
};

// Makes the run for the row's kind.
std::shared_ptr<operation_run> make_run(std::shared_ptr<runner_core> core, operation row,
                                        job its_job, bool resumed);

}  // namespace dialplane
