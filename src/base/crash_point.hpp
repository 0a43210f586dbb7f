// Places where a test may kill the process, to show that every step is durable before it acts.
//
// A crash point costs one relaxed load until the program arms one at start (server/ does, from
// DIALPLANE_CRASH_AT). Reaching the armed one for the n-th time ends the process with SIGKILL: no
// destructor, no flush, no answer, as if the machine had stopped. Crash points change nothing
// else, so the shipped program is the tested one.
//
//   crash_point("provision:before_buy");
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

namespace crash_points {
extern std::atomic<bool> armed;
void reached(std::string_view name) noexcept;
}  // namespace crash_points

// From any thread.
inline void crash_point(std::string_view name) noexcept {
  if (crash_points::armed.load(std::memory_order_relaxed)) [[unlikely]] {
    crash_points::reached(name);
  }
}

// "name" or "name:3" (the third time). Names are [a-z0-9_.-]+, with colons inside if the last part
// is not a number. Once, before other threads run. Refused: invalid_input for any other shape.
result<void> arm_crash_point(std::string_view spec);

}  // namespace dialplane
