#include "edge/cli/interrupts.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace dialplane::cli {

namespace {

std::atomic<bool> noticed = false;
// A pipe, because a signal may come between a look at `noticed` and the wait.
std::atomic<int> reading_end = -1, writing_end = -1;
struct sigaction interrupt_before, end_before;

extern "C" void on_interrupt(int) {
  const int kept = errno;
  noticed = true;
  const char mark = 1;
  if (write(writing_end, &mark, 1) < 0) noticed = true;
  errno = kept;
}

// True: the descriptor (none: -1) has something; false: interrupted, or the time is over.
bool wait_for(int descriptor, int timeout_ms) noexcept {
  while (!noticed) {
    pollfd waits[] = {{reading_end, POLLIN, 0}, {descriptor, POLLIN, 0}};
    const int ready = poll(waits, 2, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    return !noticed && ready > 0 && waits[1].revents != 0;
  }
  return false;
}

}  // namespace

interrupt_notice::interrupt_notice() noexcept {
  noticed = false;
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    reading_end = ends[0];
    writing_end = ends[1];
  }
  struct sigaction noticing {};
  noticing.sa_handler = on_interrupt;
  noticing.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&noticing.sa_mask);
  sigaction(SIGINT, &noticing, &interrupt_before);
  sigaction(SIGTERM, &noticing, &end_before);
}

interrupt_notice::~interrupt_notice() {
  sigaction(SIGINT, &interrupt_before, nullptr);
  sigaction(SIGTERM, &end_before, nullptr);
  const int read_from = reading_end.exchange(-1), write_to = writing_end.exchange(-1);
  if (read_from >= 0) close(read_from);
  if (write_to >= 0) close(write_to);
}

bool was_interrupted() noexcept { return noticed; }

bool wait_for_input(int descriptor) noexcept { return wait_for(descriptor, -1); }

bool pause_for(std::chrono::milliseconds wait) noexcept {
  wait_for(-1, static_cast<int>(wait.count()));
  return !noticed;
}

}  // namespace dialplane::cli
