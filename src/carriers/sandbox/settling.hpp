// Keeps the sandbox's word on its settling time, whatever faults were ordered.
//
// The settling time promises: a purchase with an unknown outcome that no look-up shows after that
// time will never appear. `late` and `hidden` stretch what is true, so the promise is stretched
// with them, in steps, before such a fault can meet a call, and goes back only when nothing is
// left that could still surface. Whoever relies on the promise therefore reads it when it draws the
// conclusion, not once at the start. Safe from any thread.
#pragma once

#include <array>
#include <atomic>
#include <mutex>

#include "base/clock.hpp"
#include "carriers/carrier.hpp"
#include "carriers/sandbox/fault_list.hpp"

namespace dialplane::sandbox {

class settling {
 public:
  settling(const carrier_abilities& base, const fault_list& faults, const clock& time);

  // Valid as long as this object, though perhaps no longer the present word.
  const carrier_abilities& current() const noexcept;

  // A fault was ordered.
  void cover_waiting_faults();
  // Something was set going that shows `span` after the unknown outcome, at `shows_at`.
  void cover(timestamp shows_at, milliseconds span);
  // As cover, for what was found in the file at the start: how it began is not known any more.
  void cover_leftovers(timestamp shows_at);

 private:
  void raise(milliseconds span);

  std::array<carrier_abilities, 7> steps_;
  const fault_list& faults_;
  const clock& clock_;
  mutable std::atomic<bool> raised_{false};
  mutable std::mutex mutex_;
  mutable std::size_t step_ = 0;
  timestamp quiet_at_{};
};

}  // namespace dialplane::sandbox
