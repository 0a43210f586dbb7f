#include "carriers/sandbox/settling.hpp"

#include <algorithm>

namespace dialplane::sandbox {

namespace {

using namespace std::chrono_literals;

// The last step covers the longest late purchase that is also hidden as long as possible.
constexpr std::array<milliseconds, 7> step_lengths{0s, 5s, 10s, 20s, 40s, 60s, 120s};
// For the time between the carrier's clock and the caller's look.
constexpr milliseconds margin = 500ms;

}  // namespace

settling::settling(const carrier_abilities& base, const fault_list& faults, const clock& time)
    : faults_(faults), clock_(time) {
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    steps_[step] = base;
    steps_[step].settling_time = std::max(base.settling_time, step_lengths[step]);
    steps_[step].text_settling_time = std::max(base.text_settling_time, step_lengths[step]);
  }
}

const carrier_abilities& settling::current() const noexcept {
  if (!raised_.load(std::memory_order_acquire)) return steps_[0];
  const std::lock_guard lock(mutex_);
  // A look-up that began before everything had surfaced has ended by then, too.
  const timestamp safe_at = quiet_at_ + steps_[0].call_timeout;
  if (faults_.longest_surfacing() == 0ms && clock_.now() > safe_at) {
    step_ = 0;
    raised_.store(false, std::memory_order_release);
  }
  return steps_[step_];
}

void settling::raise(milliseconds span) {
  while (step_ + 1 < steps_.size() && steps_[step_].settling_time < span + margin) ++step_;
  if (step_ > 0) raised_.store(true, std::memory_order_release);
}

void settling::cover_waiting_faults() {
  const milliseconds span = faults_.longest_surfacing();
  const std::lock_guard lock(mutex_);
  raise(span);
}

void settling::cover(timestamp shows_at, milliseconds span) {
  const std::lock_guard lock(mutex_);
  quiet_at_ = std::max(quiet_at_, shows_at);
  raise(span);
}

void settling::cover_leftovers(timestamp shows_at) {
  cover(shows_at, step_lengths.back() - margin);
}

}  // namespace dialplane::sandbox
