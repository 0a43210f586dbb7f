// Crash points: the armed one kills at its count, and nothing else does.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

#include "base/crash_point.hpp"

namespace {

// In a child process: arms `spec`, passes two points twice each. Gives the child's wait status.
int status_of_child(std::string_view spec) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (!dialplane::arm_crash_point(spec)) _exit(9);
    dialplane::crash_point("buy:before");
    dialplane::crash_point("buy:after");
    dialplane::crash_point("buy:before");
    dialplane::crash_point("buy:after");
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

bool was_killed(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
bool ended_well(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }

}  // namespace

TEST_CASE("an unarmed crash point does nothing") {
  dialplane::crash_point("anything");
  CHECK_FALSE(dialplane::crash_points::armed.load());
}

TEST_CASE("the armed crash point kills at its count") {
  CHECK(was_killed(status_of_child("buy:before")));
  CHECK(was_killed(status_of_child("buy:after:2")));
  CHECK(ended_well(status_of_child("buy:after:3")));
  CHECK(ended_well(status_of_child("buy")));
}

TEST_CASE("a crash point of another shape is refused and arms nothing") {
  for (const std::string_view bad : {"", ":1", "buy:0", "Buy", "buy now", "buy:-1x y"}) {
    CAPTURE(bad);
    CHECK_FALSE(dialplane::arm_crash_point(bad).has_value());
  }
  CHECK_FALSE(dialplane::crash_points::armed.load());
}
