#include "server/mcp_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
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

error bad_usage(std::string sentence) {
  return refused(error_code::invalid_input, std::move(sentence));
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
    return bad_usage("--name must be letters, digits, - and _, 64 at most.");
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
    return bad_usage("--with-key takes the key of DIALPLANE_API_KEY or a profile; there is none.");
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

result<std::string> file_to_write(const mcp_client& client, const parsed_arguments& given) {
  if (const auto named = given.text_of("--file")) return *named;
  const std::string home = variable("HOME");
  if (home.empty()) return bad_usage("HOME is not set; name the file with --file.");
  return file_of(client, this_desktop, home, variable("XDG_CONFIG_HOME"));
}

result<json::object> write_settings(const mcp_client& client, const mcp_entry& entry,
                                    const std::string& file) {
  TRY_ASSIGN(const std::optional<std::string> before, read_small_file(file));
  const result<std::string> after = merged(client, entry, before.value_or(""));
  if (!after) {
    error failure = after.error();
    failure.message = file + ": " + failure.message;
    return failure;
  }
  json::object told{{"client", client.name}, {"server", entry.server}, {"file", file},
                    {"changed", before != *after}};
  if (before == *after) return told;
  TRY_ASSIGN(const replaced_file done,
             replace_file(file, *after, before, entry.key.has_value()));
  told["file"] = done.path;
  if (done.backup) told["backup"] = *done.backup;
  return told;
}

}  // namespace

result<int> run_mcp(const parsed_arguments& given) {
  configure_log({.level = log_level::warn});
  if (!given.words.empty()) return bad_usage("\"" + given.words[0] + "\" is one word too many.");
  TRY_ASSIGN(cli::connection to, connection_of(given));
  if (to.key.empty()) {
    print_beside("dialplane mcp: no API key; use `dialplane login`, or set DIALPLANE_API_KEY.\n");
  }
  mcp_stdio_options options;
  options.server = to.server;
  options.key = std::move(to.key);
  return run_mcp_stdio(std::move(options));
}

result<json::object> install_mcp(const parsed_arguments& given) {
  const mcp_client* client = find_mcp_client(given.text_of("--client").value_or(""));
  if (client == nullptr) return bad_usage("--client must be one of " + client_names() + ".");
  if (!given.words.empty()) return bad_usage("\"" + given.words[0] + "\" is one word too many.");
  TRY_ASSIGN(const mcp_entry entry, entry_of(given));
  if (!given.has("--write")) {
    // Nothing but what belongs into the file: it may be sent right there.
    print_text(pretty(settings_for(*client, entry)) + "\n");
    say_where(*client, entry);
    return json::object();
  }
  TRY_ASSIGN(const std::string file, file_to_write(*client, given));
  return write_settings(*client, entry, file);
}

}  // namespace dialplane
