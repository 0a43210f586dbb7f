// How long a command takes from its start to its end, run one after another.
//
//   start_bench COUNT PROGRAM [WORDS...]   {"runs":N,"p50_ms":..,"p99_ms":..}
//
// Output of the program is thrown away; a run that fails ends the measurement.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

extern char** environ;

namespace {

double run_once(char** words) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const auto began = std::chrono::steady_clock::now();
  pid_t child = 0;
  int status = 0;
  const bool well = posix_spawn(&child, words[0], &actions, nullptr, words, environ) == 0 &&
                    waitpid(child, &status, 0) == child && WIFEXITED(status) &&
                    WEXITSTATUS(status) == 0;
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  posix_spawn_file_actions_destroy(&actions);
  return well ? took.count() : -1;
}

}  // namespace

int main(int count, char** words) {
  const long runs = count > 2 ? std::strtol(words[1], nullptr, 10) : 0;
  if (runs < 1 || runs > 100'000) {
    std::fprintf(stderr, "start_bench COUNT PROGRAM [WORDS...]\n");
    return 2;
  }
  std::vector<double> times;
  for (long at = 0; at < runs + 5; ++at) {
    const double ms = run_once(words + 2);
    if (ms < 0) {
      std::fprintf(stderr, "start_bench: %s failed\n", words[2]);
      return 1;
    }
    if (at >= 5) times.push_back(ms);  // the first ones warm up
  }
  std::ranges::sort(times);
  const std::size_t last = times.size() - 1;
  std::printf("{\"runs\":%ld,\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n", runs, times[last / 2],
              times[last * 99 / 100]);
  return 0;
}
