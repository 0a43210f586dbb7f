#include "server/serve_command.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "server/exit_codes.hpp"
#include "server/server.hpp"
#include "server/shutdown_signal.hpp"
#include "server/start_banner.hpp"
#include "edge/cli/terminal.hpp"

namespace dialplane {

namespace {

// Every connection is a file descriptor; the usual soft limit of 1024 is for older programs.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

result<void> arm_from(const named_texts& variables) {
  for (const auto& [name, text] : variables) {
    if (name == "DIALPLANE_CRASH_AT") TRY(arm_crash_point(text));
  }
  return {};
}

struct judged_start {
  server_settings settings;
  given_keys keys;
};

result<judged_start> judge_start(const parsed_arguments& given, const named_texts& variables) {
  if (!given.words.empty()) {
    return refused(error_code::invalid_input,
                   "serve takes options only; \"" + given.words.front() + "\" is none.");
  }
  judged_start start;
  TRY_ASSIGN(start.settings, load_settings(given.flags, variables));
  TRY(check_serving(start.settings));
  TRY_ASSIGN(start.keys, read_given_keys(variables));
  TRY(arm_from(variables));
  return start;
}

}  // namespace

int run_serve(const parsed_arguments& given, const named_texts& variables) {
  hold_shutdown_signals();
  result<judged_start> start = judge_start(given, variables);
  if (!start) {
    print_problem(start.error());
    return exit_usage;
  }
  const server_settings& settings = start->settings;
  static const system_clock log_time;
  configure_log({.level = settings.level, .format = settings.format, .time = &log_time});
  raise_descriptor_limit();

  const result<server*> running = server::start(settings, std::move(start->keys));
  if (!running) {
    log_error(log_level::error, "the server did not start", running.error());
    print_problem(running.error());
    _exit(exit_failed);
  }
  server& up = **running;
  print_text(start_banner(up.report(), settings.demo, up.url()));
  log_line(log_level::info, "ready",
           {{"url", up.url()}, {"data_dir", settings.data_dir}, {"version", DIALPLANE_VERSION}});
  const int signal = await_shutdown_signal();
  log_line(log_level::info, "stopping", {{"signal", signal}});
  up.stop();
  log_line(log_level::info, "stopped");
  _exit(0);  // see server.hpp
}

}  // namespace dialplane
