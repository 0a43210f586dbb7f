#include "server/emulate_command.hpp"

#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "net/http_server.hpp"
#include "server/exit_codes.hpp"
#include "server/known_emulators.hpp"
#include "server/shutdown_signal.hpp"
#include "edge/cli/terminal.hpp"

namespace dialplane {

namespace {

constexpr std::string_view listen_default = "127.0.0.1:0";
// Webhooks may go to this machine and its networks too: that is where the tested program is.
constexpr std::string_view webhook_networks =
    "127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7";

struct emulate_settings {
  const known_emulator* which = nullptr;
  listen_address listen;
  std::optional<std::uint64_t> seed;
};

std::string names_of_all() {
  std::string names;
  for (const known_emulator& one : known_emulators()) {
    names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  return names;
}

result<emulate_settings> judge_emulation(const parsed_arguments& given) {
  emulate_settings settings;
  if (given.words.size() != 1) {
    return refused(error_code::invalid_input, "Say which carrier to play: " + names_of_all() + ".");
  }
  for (const known_emulator& one : known_emulators()) {
    if (one.name == given.words[0]) settings.which = &one;
  }
  if (settings.which == nullptr) {
    return refused(error_code::invalid_input, "\"" + given.words[0] + "\" cannot be played; there "
                                              "are " + names_of_all() + ".");
  }
  std::string listen(listen_default);
  for (const auto& [name, text] : given.flags) {
    if (name == "--listen") listen = text;
    if (name != "--seed") continue;
    std::uint64_t seed = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (failure != std::errc() || end != text.data() + text.size()) {
      return bad_field("--seed", "Must be a whole number.");
    }
    settings.seed = seed;
  }
  TRY_ASSIGN(settings.listen, parse_listen_address(listen));
  return settings;
}

result<void> play(const emulate_settings& settings) {
  system_clock time;
  system_random fresh;
  std::optional<seeded_random> repeatable;
  if (settings.seed) repeatable.emplace(*settings.seed);
  TRY_ASSIGN(auto networks, parse_ip_ranges(webhook_networks));
  const address_guard guard(std::move(networks));
  asio_event_loop loop;
  std::unique_ptr<emulators::carrier_emulator> played;
  http_server_options options;
  options.listen = settings.listen;
  options.loops = {&loop};
  options.wall_clock = &time;
  options.limits.body_bytes = 1024 * 1024;
  options.handler = [&played](http_request request, responder to) {
    played->handle(std::move(request), std::move(to));
  };
  http_server server(std::move(options));
  TRY_ASSIGN(const listen_address bound, server.start());
  const std::string url = "http://" + to_text(bound);
  emulators::emulator_tools tools;
  tools.loop = &loop;
  tools.real_time = &time;
  tools.random = repeatable ? static_cast<random_source*>(&*repeatable) : &fresh;
  tools.guard = &guard;
  tools.public_url = url;
  played = settings.which->make(std::move(tools));
  // Accepted connections waited until now: the loop begins here.
  loop.start("emulator");
  print_text("listening on " + url + "\n");
  await_shutdown_signal();
  server.stop_accepting();
  loop.stop();
  return {};
}

}  // namespace

int run_emulate(const parsed_arguments& given) {
  hold_shutdown_signals();
  configure_log({.level = log_level::warn});
  const result<emulate_settings> settings = judge_emulation(given);
  if (!settings) {
    print_problem(settings.error());
    return exit_usage;
  }
  const result<void> played = play(*settings);
  if (played) return 0;
  print_problem(played.error());
  return exit_failed;
}

}  // namespace dialplane
