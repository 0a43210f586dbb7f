#include "server/shutdown_signal.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <ctime>

namespace dialplane {

namespace {

sigset_t shutdown_signals() noexcept {
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGTERM);
  sigaddset(&both, SIGINT);
  return both;
}

constexpr std::int64_t same_hand_ms = 1'000;
std::int64_t first_at_ms = 0;  // written before the handler can run

std::int64_t steady_ms() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000 + now.tv_nsec / 1'000'000;
}

// With the exit code a shell gives a process that the signal killed.
void end_unless_same_hand(int number) {
  if (steady_ms() - first_at_ms >= same_hand_ms) _exit(128 + number);
}

}  // namespace

void hold_shutdown_signals() noexcept {
  const sigset_t both = shutdown_signals();
  pthread_sigmask(SIG_BLOCK, &both, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int await_shutdown_signal() noexcept {
  const sigset_t both = shutdown_signals();
  int number = 0;
  while (sigwait(&both, &number) != 0) {
  }
  first_at_ms = steady_ms();
  std::signal(SIGTERM, end_unless_same_hand);
  std::signal(SIGINT, end_unless_same_hand);
  pthread_sigmask(SIG_UNBLOCK, &both, nullptr);
  return number;
}

}  // namespace dialplane
