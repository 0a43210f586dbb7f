#include "workflow/runner.hpp"

#include "base/check.hpp"
#include "workflow/runner_core.hpp"

namespace dialplane {

runner::runner(workflow_environment& environment, event_loop& loop)
    : core_(std::make_shared<runner_core>(environment, loop)) {}

runner::~runner() = default;

void runner::handle_jobs(job_kind_name kind, job_handler handler) {
  core_->handle_jobs(kind, std::move(handler));
}

void runner::start() { core_->start(); }

void runner::stop(std::chrono::milliseconds limit, event_loop::task done) {
  core_->stop(runner_core::clock_type::now() + limit, std::move(done));
}

void runner::start_operation(operation fresh, job its_job, std::chrono::milliseconds wait,
                             notify tell) {
  if (tell) core_->wait_for(fresh.id, wait, std::move(tell));
  const bool started = core_->run(std::move(fresh), std::move(its_job));
  CHECK(started);
}

void runner::await(organization_id owner, operation_id id, std::chrono::milliseconds wait,
                   notify tell) {
  if (wait.count() == 0) return core_->tell_present(owner, id, std::move(tell));
  // First in the list, then the look: an end in between is not missed.
  core_->wait_for(id, wait, std::move(tell));
  core_->tell_if_ended(owner, id);
}

void runner::hasten(operation_id id) { core_->hasten(id); }

void runner::kick() { core_->kick(); }

std::chrono::milliseconds runner::since_last_look() const { return core_->since_last_look(); }

timestamp runner::fresh_lease() const { return core_->fresh_lease(); }

void runner::limit_purchases(const std::string& account, std::size_t most) {
  core_->purchases.limit(account, most);
}

}  // namespace dialplane
