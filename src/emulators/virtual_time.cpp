#include "emulators/virtual_time.hpp"

#include <algorithm>
#include <utility>

namespace dialplane::emulators {

namespace {

constexpr std::size_t timers_max = 100'000;

}  // namespace

struct virtual_time::core : std::enable_shared_from_this<core> {
  core(const clock& real_time, event_loop& on) : real(real_time), loop(on) {}

  timestamp now() const { return real.now() + milliseconds(skipped_ms.load()); }
  void run_due(timestamp until);
  void wake_for_first();

  const clock& real;
  event_loop& loop;
  std::atomic<std::int64_t> skipped_ms{0};
  std::multimap<timestamp, event_loop::task> timers;
  timestamp woken_at{};  // the earliest wake-up that is set
  bool wake_is_set = false;
};

void virtual_time::core::run_due(timestamp until) {
  while (!timers.empty() && timers.begin()->first <= until) {
    event_loop::task work = std::move(timers.begin()->second);
    timers.erase(timers.begin());
    work();
  }
  wake_for_first();
}

void virtual_time::core::wake_for_first() {
  if (timers.empty()) return;
  const timestamp due = timers.begin()->first;
  // A wake-up whose time has passed is still to come, but by the real clock: too late.
  if (wake_is_set && woken_at <= due && woken_at > now()) return;
  wake_is_set = true;
  woken_at = due;
  const milliseconds delay = std::max(due - now(), milliseconds(0));
  loop.post_after(delay, [weak = weak_from_this(), due] {
    const auto self = weak.lock();
    if (!self) return;
    if (self->woken_at == due) self->wake_is_set = false;
    self->run_due(self->now());
  });
}

virtual_time::virtual_time(const clock& real, event_loop& on)
    : core_(std::make_shared<core>(real, on)) {}

virtual_time::~virtual_time() { core_->timers.clear(); }

timestamp virtual_time::now() const { return core_->now(); }

bool virtual_time::after(milliseconds delay, event_loop::task work) {
  if (core_->timers.size() >= timers_max) return false;
  core_->timers.emplace(core_->now() + delay, std::move(work));
  core_->wake_for_first();
  return true;
}

void virtual_time::advance(milliseconds by) {
  const timestamp target = now() + by;
  const std::int64_t skipped_before = core_->skipped_ms;
  // One timer after another, the clock at its time, since each may set new ones.
  while (!core_->timers.empty() && core_->timers.begin()->first <= target) {
    const timestamp due = core_->timers.begin()->first;
    const milliseconds step = due - now();
    if (step.count() > 0) core_->skipped_ms += step.count();
    event_loop::task work = std::move(core_->timers.begin()->second);
    core_->timers.erase(core_->timers.begin());
    work();
  }
  const milliseconds rest = target - now();
  if (rest.count() > 0) core_->skipped_ms += rest.count();
  // What was set to wake is too late by what was skipped.
  if (core_->skipped_ms != skipped_before) core_->wake_is_set = false;
  core_->wake_for_first();
}

}  // namespace dialplane::emulators
