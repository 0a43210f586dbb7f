#include "server/mcp_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/log.hpp"
#include "edge/cli/connection.hpp"
#include "edge/cli/terminal.hpp"
#include "edge/mcp_bridge/client_config.hpp"
#include "edge/mcp_bridge/mcp_stdio.hpp"
#include "edge/mcp_bridge/replace_file.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr int exit_refused = 1;
constexpr int exit_usage = 2;
constexpr std::size_t name_max = 64;

#ifdef __APPLE__
constexpr desktop this_desktop = desktop::macos;
#else
constexpr desktop this_desktop = desktop::linux;
#endif

std::string variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::string() : std::string(text);
}

result<cli::connection> connection_of(const parsed_arguments& given) {
  const named_texts variables = cli::client_variables();
  TRY_ASSIGN(const cli::profile_book profiles, cli::load_profiles(variables));
  return cli::find_connection(given, variables, profiles);
}

error wrong(std::string sentence) {
  return refused(error_code::invalid_input, std::move(sentence));
}

int usage_problem(const error& failure) {
  print_problem(failure);
  return exit_usage;
}

std::string client_names() {
  std::string names;
  for (const mcp_client& each : all_mcp_clients()) {
    names += (names.empty() ? "" : ", ") + std::string(each.name);
  }
  return names;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= name_max && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
  });
}

result<mcp_entry> entry_of(const parsed_arguments& given) {
  mcp_entry entry;
  entry.name = given.text_of("--name").value_or("dialplane");
  if (!is_plain_name(entry.name)) {
    return wrong("--name must be letters, digits, - and _, 64 at most.");
  }
  TRY_ASSIGN(const cli::connection to, connection_of(given));
  TRY(check_mcp_server(to.server));
  entry.server = to.server;
  entry.profile = to.profile;
  std::error_code failed;
  entry.program = std::filesystem::read_symlink("/proc/self/exe", failed).string();
  if (failed) entry.program = "dialplane";
  if (!given.has("--with-key")) return entry;
  entry.key = std::string(to.key.reveal());
  if (entry.key->empty()) {
    return wrong("--with-key takes the key of DIALPLANE_API_KEY or a profile; there is none.");
  }
  return entry;
}

// On standard error, so that standard output is the configuration and nothing else.
void say_where(const mcp_client& client, const mcp_entry& entry) {
  const std::string linux = file_of(client, desktop::linux, "~", "");
  const std::string macos = file_of(client, desktop::macos, "~", "");
  const std::string windows = file_of(client, desktop::windows, "", "");
  std::string text = std::string(client.shown) + " reads it from\n  Linux    " + linux +
                     "\n  macOS    " + macos + "\n  Windows  " + windows + "\n";
  if (client.name == "claude-desktop" && entry.profile.empty() && !entry.key) {
    text += "There is no key in it: keep one with `dialplane login`, or see --with-key.\n";
  }
  print_beside(text);
}

}  // namespace

int run_mcp(const parsed_arguments& given) {
  configure_log({.level = log_level::warn});
  if (!given.words.empty()) {
    return usage_problem(wrong("\"" + given.words[0] + "\" is one word too many."));
  }
  result<cli::connection> to = connection_of(given);
  if (!to) return usage_problem(to.error());
  if (to->key.empty()) {
    print_beside("dialplane mcp: no API key; use `dialplane login`, or set DIALPLANE_API_KEY.\n");
  }
  mcp_stdio_options options;
  options.server = to->server;
  options.key = std::move(to->key);
  const result<int> ended = run_mcp_stdio(std::move(options));
  return ended ? *ended : usage_problem(ended.error());
}

int run_mcp_install(const parsed_arguments& given, bool as_json) {
  const std::string wanted = given.text_of("--client").value_or("");
  const mcp_client* client = find_mcp_client(wanted);
  if (client == nullptr || !given.words.empty()) {
    return usage_problem(wrong("--client must be one of " + client_names() + "."));
  }
  const result<mcp_entry> entry = entry_of(given);
  if (!entry) return usage_problem(entry.error());
  if (!given.has("--write")) {
    print_text(pretty(settings_for(*client, *entry)) + "\n");
    say_where(*client, *entry);
    return 0;
  }
  const std::string home = variable("HOME");
  if (home.empty()) {
    return usage_problem(wrong("HOME is not set."));
  }
  const std::string file = given.text_of("--file").value_or(
      file_of(*client, this_desktop, home, variable("XDG_CONFIG_HOME")));
  const auto write = [&]() -> result<json::object> {
    TRY_ASSIGN(const std::optional<std::string> before, read_small_file(file));
    TRY_ASSIGN(const std::string after, merged(*client, *entry, before.value_or("")));
    json::object told{{"client", client->name}, {"server", entry->server}};
    if (before == after) {
      told["file"] = file;
      told["changed"] = false;
      return told;
    }
    TRY_ASSIGN(const replaced_file done,
               replace_file(file, after, before, entry->key.has_value()));
    told["file"] = done.path;
    told["changed"] = true;
    if (done.backup) told["backup"] = *done.backup;
    return told;
  };
  result<json::object> told = write();
  if (!told) {
    error failure = told.error();
    failure.message = file + ": " + failure.message;
    print_problem(failure);
    return exit_refused;
  }
  print_answer(*told, as_json);
  return 0;
}

}  // namespace dialplane
