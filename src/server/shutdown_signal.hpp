// SIGTERM and SIGINT: the first asks for an orderly stop, the second ends the process at once.
#pragma once

namespace dialplane {

// Before any other thread begins: from then on both signals wait for await_shutdown_signal(), and
// a peer that went away is an error of a write, not a signal.
void hold_shutdown_signals() noexcept;

// Blocks until one of the two has come; from then on another one ends the process at once.
// Returns the signal's number.
int await_shutdown_signal() noexcept;

}  // namespace dialplane
