// Ctrl-C while a command waits: noticed, so that the command can say what is known and leave the
// terminal as it was. A second Ctrl-C ends the process at once, as ever.
//
// One `interrupt_notice` at a time, in the command's own thread; without one, Ctrl-C is not
// touched.
#pragma once

#include <chrono>

namespace dialplane::cli {

class interrupt_notice {
 public:
  interrupt_notice() noexcept;
  ~interrupt_notice();
  interrupt_notice(const interrupt_notice&) = delete;
  interrupt_notice& operator=(const interrupt_notice&) = delete;
};

// Since the notice began. SIGTERM counts too.
bool was_interrupted() noexcept;

// Waits until there is something to read. False: interrupted.
bool wait_for_input(int descriptor) noexcept;
// False: interrupted.
bool pause_for(std::chrono::milliseconds wait) noexcept;

}  // namespace dialplane::cli
