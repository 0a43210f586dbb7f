#include "server/shutdown_signal.hpp"

#include <unistd.h>

#include <csignal>

namespace dialplane {

namespace {

sigset_t shutdown_signals() noexcept {
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGTERM);
  sigaddset(&both, SIGINT);
  return both;
}

// As a shell would report a process that the signal killed.
void end_at_once(int number) { _exit(128 + number); }

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
  std::signal(SIGTERM, end_at_once);
  std::signal(SIGINT, end_at_once);
  pthread_sigmask(SIG_UNBLOCK, &both, nullptr);
  return number;
}

}  // namespace dialplane
