#include "workflow/campaign_watch.hpp"

#include <algorithm>
#include <atomic>

#include "base/log.hpp"
#include "workflow/registration/changes.hpp"
#include "workflow/runner.hpp"

namespace dialplane {

namespace {

constexpr std::size_t asked_at_once = 16;
constexpr std::chrono::milliseconds round_pause_min{200};

}  // namespace

struct campaign_watch::core : std::enable_shared_from_this<core> {
  core(workflow_environment& env, event_loop& on, runner& its_operations)
      : environment(env), loop(on), operations(its_operations) {}

  void begin_round() {
    last.reset();
    pause = environment.carriers.preferred().abilities().campaign_poll_interval_max;
    next_page();
  }

  void end_round() {
    if (stopped) return;
    loop.post_after(std::max(pause, round_pause_min), [self = shared_from_this()] {
      if (!self->stopped) self->begin_round();
    });
  }

  void next_page();
  void ask(const std::vector<campaign>& some);
  void ask_one(const campaign& which);
  void take(const campaign& which, const campaign_report& report);
  void one_done();

  workflow_environment& environment;
  event_loop& loop;
  runner& operations;
  std::atomic<bool> stopped{false};
  std::optional<campaign> last;         // where the round has come to
  std::size_t waiting = 0;              // answers of this page still to come
  std::chrono::milliseconds pause{0};   // until the next round
};

void campaign_watch::core::next_page() {
  environment.database.read<std::vector<campaign>>(
      [after = last](session& work) { return work.campaigns().watched(after, asked_at_once); },
      [self = shared_from_this()](result<std::vector<campaign>> some) {
        if (!some) log_error(log_level::error, "campaigns not read", some.error());
        if (!some || some->empty() || self->stopped) return self->end_round();
        self->last = some->back();
        self->ask(*some);
      });
}

void campaign_watch::core::ask(const std::vector<campaign>& some) {
  waiting = some.size();
  for (const campaign& each : some) ask_one(each);
}

void campaign_watch::core::ask_one(const campaign& which) {
  carrier* home = environment.carriers.find(which.carrier);
  if (home == nullptr || which.carrier_reference.empty()) return one_done();
  pause = std::min(pause, home->abilities().campaign_poll_interval_max);
  home->campaign_state(which.carrier_reference,
                       [self = shared_from_this(), which](result<campaign_report> report) {
                         if (!report || report->status == which.status) return self->one_done();
                         self->take(which, *report);
                       });
}

void campaign_watch::core::take(const campaign& which, const campaign_report& report) {
  environment.database.write<bool>(
      [&env = environment, which, report](session& work) -> result<bool> {
        TRY_ASSIGN(const auto now, work.campaigns().find(which.organization, which.id));
        // Only what nothing of ours has touched since it was asked about.
        if (!now || now->operation || now->status != which.status) return false;
        const work_origin by_itself;
        TRY(take_campaign_report(work, env, *now, report, by_itself));
        return true;
      },
      [self = shared_from_this()](result<bool> changed) {
        if (!changed) log_error(log_level::error, "campaign change not stored", changed.error());
        if (changed && *changed) self->operations.kick();
        self->one_done();
      });
}

void campaign_watch::core::one_done() {
  if (--waiting == 0) next_page();
}

campaign_watch::campaign_watch(workflow_environment& environment, event_loop& loop,
                               runner& operations)
    : core_(std::make_shared<core>(environment, loop, operations)) {}

campaign_watch::~campaign_watch() { stop(); }

void campaign_watch::start() {
  core_->loop.post([self = core_] { self->begin_round(); });
}

void campaign_watch::stop() noexcept { core_->stopped = true; }

}  // namespace dialplane
