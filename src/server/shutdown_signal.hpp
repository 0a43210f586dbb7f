// SIGTERM and SIGINT: the first asks for an orderly stop; another one more than a second later ends
// the process at once. Sooner it is the same hand, or the same tool, saying the same thing.
#pragma once

namespace dialplane {

// Before any other thread begins: from then on both signals wait for await_shutdown_signal(), and
// a peer that went away is an error of a write, not a signal.
void hold_shutdown_signals() noexcept;

// Blocks until one of the two has come; returns its number.
int await_shutdown_signal() noexcept;

}  // namespace dialplane
