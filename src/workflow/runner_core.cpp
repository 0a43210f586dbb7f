#include "workflow/runner_core.hpp"

#include "base/log.hpp"
#include "workflow/expire_approval.hpp"
#include "workflow/operation_run.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds lease_time{60'000};
constexpr std::chrono::milliseconds look_at_least_every{1'000};
constexpr std::chrono::milliseconds sweep_every{100};
constexpr std::size_t jobs_per_look = 64;
constexpr std::size_t in_flight_max = 20'000;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             runner_core::clock_type::now().time_since_epoch())
      .count();
}

error no_such_operation() {
  return refused(error_code::resource_not_found, "There is no such operation.");
}

}  // namespace

timestamp runner_core::fresh_lease() const { return env.time.now() + lease_time; }

std::chrono::milliseconds runner_core::since_last_look() const {
  return std::chrono::milliseconds(steady_ms() - last_look_ms_.load());
}

void runner_core::start() {
  last_look_ms_ = steady_ms();
  loop.post([self = shared_from_this()] {
    // One server per SQLite database: whatever is leased, its holder is dead.
    self->env.database.write<std::int64_t>(
        [](session& work) { return work.jobs().release_all_leases(); },
        [self](result<std::int64_t> taken_over) {
          if (!taken_over) log_error(log_level::error, "leases not released", taken_over.error());
          self->schedule_look(std::chrono::milliseconds(0));
          self->sweep_waiters();
        });
  });
}

// ---- in flight --------------------------------------------------------------------------------

bool runner_core::enter(operation_id id) {
  const std::lock_guard lock(mutex_);
  return in_flight_.emplace(id, in_flight{}).second;
}

bool runner_core::run(operation work, job its_job) {
  if (!enter(work.id)) return false;
  make_run(shared_from_this(), std::move(work), std::move(its_job), false)->advance();
  return true;
}

void runner_core::ended(operation work) {
  left(work.id);
  env.metrics
      .counters("dialplane_operations_ended_total", "Operations that ended, by kind and state.",
                {"kind", "state"})
      .with({name_of_value(work.kind), name_of_value(work.state)})
      .add();
  std::vector<waiter> waiters = take_waiters(work.id);
  tell_all(std::move(waiters), std::move(work));
}

bool runner_core::left(operation_id id) {
  const std::lock_guard lock(mutex_);
  const auto found = in_flight_.extract(id);
  return !found.empty() && found.mapped().is_hastened;
}

bool runner_core::pauses(operation_id id, const std::shared_ptr<paused_run>& pause) {
  const std::lock_guard lock(mutex_);
  in_flight& its = in_flight_[id];
  if (std::exchange(its.is_hastened, false)) return false;
  its.pause = pause;
  return true;
}

void runner_core::hasten(operation_id id) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = in_flight_.find(id);
    if (found != in_flight_.end()) {
      const auto pause = std::exchange(found->second.pause, {}).lock();
      if (pause) return pause->loop->post([pause] { pause->end(); });
      found->second.is_hastened = true;  // at work; perhaps with what it read before
      return;
    }
  }
  env.database.write<bool>(
      [id, now = env.time.now()](session& work) {
        return work.jobs().hasten(job_kind_name::advance_operation, id.bytes, now);
      },
      [self = shared_from_this()](result<bool> sooner) {
        if (!sooner) return log_error(log_level::warn, "operation not hastened", sooner.error());
        if (*sooner) self->kick();
      });
}

// ---- who waits --------------------------------------------------------------------------------

void runner_core::wait_for(operation_id id, std::chrono::milliseconds wait, runner::notify tell) {
  const std::lock_guard lock(mutex_);
  waiters_[id].push_back({event_loop::current(), std::move(tell)});
  deadlines_.push_back({clock_type::now() + wait, id});
}

std::vector<runner_core::waiter> runner_core::take_waiters(operation_id id) {
  const std::lock_guard lock(mutex_);
  // Deadlines of the ended are dropped from the front, so that the queue stays as short as the
  // list of those who really wait.
  while (!deadlines_.empty() && (deadlines_.front().id == id ||
                                 !waiters_.contains(deadlines_.front().id))) {
    deadlines_.pop_front();
  }
  const auto found = waiters_.find(id);
  if (found == waiters_.end()) return {};
  std::vector<waiter> taken = std::move(found->second);
  waiters_.erase(found);
  return taken;
}

void runner_core::tell_all(std::vector<waiter> waiters, result<operation> outcome) {
  for (waiter& one : waiters) {
    result<operation> told = &one == &waiters.back() ? std::move(outcome) : outcome;
    if (one.loop == nullptr || one.loop == event_loop::current()) {
      one.tell(std::move(told));
    } else {
      one.loop->post([tell = std::move(one.tell), told = std::move(told)]() mutable {
        tell(std::move(told));
      });
    }
  }
}

result<operation> runner_core::outcome_of(result<std::optional<operation>> found) {
  if (!found) return std::move(found).error();
  if (!*found) return no_such_operation();
  return **std::move(found);
}

void runner_core::tell_present(organization_id owner, operation_id id, runner::notify tell) {
  env.database.read<std::optional<operation>>(
      [owner, id](session& work) { return work.operations().find(owner, id); },
      [tell = std::move(tell)](result<std::optional<operation>> found) mutable {
        tell(outcome_of(std::move(found)));
      });
}

void runner_core::tell_if_ended(organization_id owner, operation_id id) {
  tell_present(owner, id, [self = shared_from_this(), id](result<operation> outcome) {
    if (outcome && outcome->state == operation_state::open) return;
    self->tell_all(self->take_waiters(id), outcome);
  });
}

void runner_core::sweep_waiters() {
  std::vector<operation_id> over;
  {
    const std::lock_guard lock(mutex_);
    while (!deadlines_.empty() && deadlines_.front().at <= clock_type::now()) {
      if (waiters_.contains(deadlines_.front().id)) over.push_back(deadlines_.front().id);
      deadlines_.pop_front();
    }
  }
  for (const operation_id id : over) {
    env.database.read<std::optional<operation>>(
        [id](session& work) { return work.operations().find_any(id); },
        [self = shared_from_this(), id](result<std::optional<operation>> found) {
          self->tell_all(self->take_waiters(id), outcome_of(std::move(found)));
        });
  }
  loop.post_after(sweep_every, [self = shared_from_this()] { self->sweep_waiters(); });
}

// ---- the queue --------------------------------------------------------------------------------

void runner_core::kick() { schedule_look(std::chrono::milliseconds(0)); }

void runner_core::schedule_look(std::chrono::milliseconds delay) {
  if (delay.count() > 0) {
    loop.post_after(delay, [self = shared_from_this()] { self->kick(); });
    return;
  }
  if (look_scheduled_.exchange(true)) return;
  loop.post([self = shared_from_this()] {
    self->look_scheduled_ = false;
    self->look();
  });
}

void runner_core::look() {
  if (stopping()) return;
  env.database.read<std::optional<timestamp>>(
      [](session& work) { return work.jobs().next_due(); },
      [self = shared_from_this()](result<std::optional<timestamp>> due) {
        if (!due) {
          log_error(log_level::error, "job queue not readable", due.error());
          return self->schedule_look(look_at_least_every);
        }
        self->last_look_ms_ = steady_ms();
        auto wait = look_at_least_every;
        if (*due) wait = std::min(wait, **due - self->env.time.now());
        if (wait.count() <= 0) return self->take_due_jobs();
        self->schedule_look(wait);
      });
}

void runner_core::take_due_jobs() {
  {
    const std::lock_guard lock(mutex_);
    if (in_flight_.size() >= in_flight_max) return schedule_look(sweep_every);
  }
  const timestamp now = env.time.now();
  env.database.write<std::vector<job>>(
      [now](session& work) {
        return work.jobs().take_due(now, now + lease_time, jobs_per_look);
      },
      [self = shared_from_this()](result<std::vector<job>> taken) {
        if (!taken) {
          log_error(log_level::error, "jobs not taken", taken.error());
          return self->schedule_look(look_at_least_every);
        }
        for (const job& due : *taken) self->resume(due);
        self->schedule_look(std::chrono::milliseconds(taken->empty() ? 20 : 0));
      });
}

void runner_core::resume(const job& due) {
  switch (due.kind) {
    case job_kind_name::advance_operation: return resume_operation(due);
    case job_kind_name::expire_approval: return expire_approval(due);
    case job_kind_name::send_text: break;
  }
  const auto found = handlers_.find(due.kind);
  if (found != handlers_.end()) return found->second(due);
  log_line(log_level::error, "a job nobody handles", {{"kind", name_of_value(due.kind)}});
}

void runner_core::expire_approval(const job& due) {
  dialplane::expire_approval(env, due);
}

void runner_core::handle_jobs(job_kind_name kind, runner::job_handler handler) {
  handlers_[kind] = std::move(handler);
}

// Entered before it is read: what an earlier run of this process made of it is committed then.
void runner_core::resume_operation(const job& due) {
  const operation_id id{due.subject};
  if (!enter(id)) return;
  env.database.read<std::optional<operation>>(
      [id](session& work) { return work.operations().find_any(id); },
      [self = shared_from_this(), due, id](result<std::optional<operation>> found) {
        if (!found) {
          self->left(id);
          return log_error(log_level::error, "operation not read", found.error());
        }
        if (*found && (**found).state == operation_state::open) {
          make_run(self, **std::move(found), due, true)->advance();
          return;
        }
        self->left(id);
        self->env.database.write<bool>(
            [due](session& work) -> result<bool> {
              TRY(work.jobs().remove(due.id));
              return true;
            },
            [](result<bool>) {});
      });
}

// ---- the end ----------------------------------------------------------------------------------

void runner_core::stop(clock_type::time_point deadline, event_loop::task done) {
  stopping_ = true;
  loop.post([self = shared_from_this(), deadline, done = std::move(done)]() mutable {
    self->check_stopped(deadline, std::move(done));
  });
}

void runner_core::check_stopped(clock_type::time_point deadline, event_loop::task done) {
  bool idle = false;
  {
    const std::lock_guard lock(mutex_);
    idle = in_flight_.empty();
  }
  if (idle || clock_type::now() >= deadline) {
    purchases.close();
    return done();
  }
  loop.post_after(std::chrono::milliseconds(10),
                  [self = shared_from_this(), deadline, done = std::move(done)]() mutable {
                    self->check_stopped(deadline, std::move(done));
                  });
}

}  // namespace dialplane
