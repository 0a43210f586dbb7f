#include "workflow/housekeeping.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>

#include "base/log.hpp"
#include "store/event_queries.hpp"
#include "store/quote_queries.hpp"
#include "store/webhook_queries.hpp"
#include "store/send_counter_queries.hpp"
#include "workflow/calls/record_call.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds sealing_pause{200};
constexpr std::chrono::milliseconds figures_pause{1'000};
// Twelve thousand a second while there are more: faster than requests can come in, in pieces that
// hold nobody up.
constexpr std::chrono::milliseconds forgetting_more{25};
constexpr std::chrono::milliseconds forgetting_pause{60'000};
constexpr std::chrono::milliseconds first_forgetting{10'000};
constexpr std::size_t sealed_at_once = 500;
constexpr std::size_t forgotten_at_once = 300;

// What the figures show.
struct queue_state {
  job_statistics jobs;
  std::int64_t open_operations = 0;
};

}  // namespace

struct housekeeping::core : std::enable_shared_from_this<core> {
  core(workflow_environment& env, event_loop& on)
      : environment(env),
        loop(on),
        open_operations(env.metrics
                            .gauges("dialplane_operations",
                                    "Operations that have not ended yet.", {"state"})
                            .with({"open"})),
        jobs_queued(env.metrics.single_gauge("dialplane_jobs_queued",
                                             "Jobs in the queue, due or not (up to 100000).")),
        jobs_oldest(env.metrics.single_gauge("dialplane_jobs_oldest_seconds",
                                             "How long the oldest due job has waited.")),
        entries_sealed(env.metrics.single_counter("dialplane_audit_entries_sealed_total",
                                                  "Audit entries given their place and hash.")) {}

  void after(std::chrono::milliseconds delay, void (core::*work)()) {
    if (stopped) return;
    loop.post_after(delay, [self = shared_from_this(), work] {
      if (!self->stopped) ((*self).*work)();
    });
  }

  void seal();
  void forget();
  void forget_events();
  void forget_counters();
  void end_calls();
  void refresh_figures();

  workflow_environment& environment;
  event_loop& loop;
  std::atomic<bool> stopped{false};
  // The store's count of written units when nothing was left to seal: until it rises, nothing is.
  std::uint64_t units_when_all_sealed = 0;
  gauge& open_operations;
  gauge& jobs_queued;
  gauge& jobs_oldest;
  counter& entries_sealed;
};

void housekeeping::core::seal() {
  const std::uint64_t units_before = environment.database.statistics().written_units;
  if (units_before == units_when_all_sealed) return after(sealing_pause, &core::seal);
  environment.database.write_repeatable<std::size_t>(
      [](session& work) { return work.audit().seal_some(sealed_at_once); },
      [self = shared_from_this(), units_before](result<std::size_t> sealed) {
        if (!sealed) {
          log_error(log_level::error, "audit entries could not be sealed", sealed.error());
          return self->after(sealing_pause, &core::seal);
        }
        self->entries_sealed.add(*sealed);
        if (*sealed == sealed_at_once) {
          return self->after(std::chrono::milliseconds(0), &core::seal);
        }
        // Only this unit was written meanwhile: no other can have left an entry behind it.
        const std::uint64_t units_now = self->environment.database.statistics().written_units;
        if (*sealed == 0 && units_now == units_before + 1) {
          self->units_when_all_sealed = units_now;
        }
        self->after(sealing_pause, &core::seal);
      });
}

void housekeeping::core::forget() {
  const timestamp now = environment.time.now();
  const timestamp keyed_before{now.unix_ms - std::chrono::milliseconds(
                                                 environment.rules.keyed_replay_kept).count()};
  const timestamp marked_before{now.unix_ms - std::chrono::milliseconds(
                                                  environment.rules.marked_replay_kept).count()};
  environment.database.write<std::int64_t>(
      [keyed_before, marked_before](session& work) {
        return work.replays().forget(keyed_before, marked_before, forgotten_at_once);
      },
      [self = shared_from_this()](result<std::int64_t> forgotten) {
        if (!forgotten) {
          log_error(log_level::error, "old requests could not be forgotten", forgotten.error());
        } else if (*forgotten == static_cast<std::int64_t>(forgotten_at_once)) {
          return self->after(forgetting_more, &core::forget);
        }
        self->forget_counters();
      });
}

// Counters of caps that nobody used since the day before yesterday, and quotes long over.
void housekeeping::core::forget_counters() {
  constexpr std::int64_t day_ms = 86'400'000;
  constexpr std::int64_t quote_days_kept = 7;
  const std::int64_t before = environment.time.now().unix_ms / day_ms - 1;
  environment.database.write<std::int64_t>(
      [before, quotes_over = timestamp{(before - quote_days_kept) * day_ms}](
          session& work) -> result<std::int64_t> {
        TRY_ASSIGN(const std::int64_t counters,
                   work.send_counters().forget(before, forgotten_at_once));
        TRY_ASSIGN(const std::int64_t quotes,
                   work.quotes().forget_older(quotes_over, forgotten_at_once));
        return std::max(counters, quotes);
      },
      [self = shared_from_this()](result<std::int64_t> forgotten) {
        if (!forgotten) {
          log_error(log_level::error, "old counters could not be forgotten", forgotten.error());
        } else if (*forgotten == static_cast<std::int64_t>(forgotten_at_once)) {
          return self->after(sealing_pause, &core::forget_counters);
        }
        self->after(forgetting_pause, &core::forget);
      });
}

// Those whose end was never told.
void housekeeping::core::end_calls() {
  environment.database.write<std::size_t>(
      [&env = environment](session& work) {
        return end_silent_calls(work, env, forgotten_at_once);
      },
      [self = shared_from_this()](result<std::size_t> ended) {
        if (!ended) log_error(log_level::error, "silent calls could not be ended", ended.error());
        const bool more = ended && *ended == forgotten_at_once;
        self->after(more ? sealing_pause : forgetting_pause, &core::end_calls);
      });
}

// Deliveries before the events they tell of, and no event that has not become deliveries.
void housekeeping::core::forget_events() {
  const std::chrono::milliseconds kept = environment.rules.events_kept;
  const timestamp before{environment.time.now().unix_ms - kept.count()};
  environment.database.write<bool>(
      [before](session& work) -> result<bool> {
        TRY_ASSIGN(const auto deliveries, work.webhooks().forget(before, forgotten_at_once));
        TRY_ASSIGN(const std::int64_t told, work.webhooks().fan_out_position());
        TRY_ASSIGN(const auto events, work.events().forget(before, told, forgotten_at_once));
        const auto full = static_cast<std::int64_t>(forgotten_at_once);
        return deliveries == full || events == full;
      },
      [self = shared_from_this()](result<bool> more) {
        if (!more) log_error(log_level::error, "old events could not be forgotten", more.error());
        self->after(more && *more ? sealing_pause : forgetting_pause, &core::forget_events);
      });
}

void housekeeping::core::refresh_figures() {
  environment.database.read<queue_state>(
      [](session& work) -> result<queue_state> {
        queue_state state;
        TRY_ASSIGN(state.jobs, work.jobs().statistics());
        TRY_ASSIGN(state.open_operations, work.operations().count_open());
        return state;
      },
      [self = shared_from_this()](result<queue_state> state) {
        if (state) {
          self->open_operations.set(state->open_operations);
          self->jobs_queued.set(state->jobs.waiting);
          const std::int64_t now_ms = self->environment.time.now().unix_ms;
          const std::int64_t since_ms =
              state->jobs.oldest_run_at ? now_ms - state->jobs.oldest_run_at->unix_ms : 0;
          self->jobs_oldest.set(std::max<std::int64_t>(0, since_ms / 1'000));
        }
        self->after(figures_pause, &core::refresh_figures);
      });
}

housekeeping::housekeeping(workflow_environment& environment, event_loop& loop)
    : core_(std::make_shared<core>(environment, loop)) {}

housekeeping::~housekeeping() { stop(); }

void housekeeping::start() {
  using std::chrono::milliseconds;
  core_->after(milliseconds(0), &core::seal);
  core_->after(milliseconds(0), &core::refresh_figures);
  core_->after(first_forgetting, &core::forget);
  core_->after(first_forgetting, &core::forget_events);
  core_->after(first_forgetting, &core::end_calls);
}

void housekeeping::stop() noexcept { core_->stopped = true; }

}  // namespace dialplane
