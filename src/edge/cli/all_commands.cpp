#include "edge/cli/all_commands.hpp"

#include <algorithm>
#include <array>

#include "base/object_reader.hpp"
#include "edge/cli/all_pages.hpp"

namespace dialplane::cli {

namespace {

constexpr command_value common[] = {
    {.name = "--server", .field = "", .help = "Where the server is (http://127.0.0.1:8080).",
     .placeholder = "URL"},
    {.name = "--profile", .field = "", .help = "Server and key that `login` kept (default).",
     .placeholder = "NAME", .completes = "profile"},
    {.name = "--user", .field = "", .help = "Act for this user of yours (the default one).",
     .placeholder = "ID", .completes = "user"},
    {.name = "--json", .field = "", .help = "One JSON document (also where the output is a pipe).",
     .kind = value_kind::truth},
    {.name = "--jsonl", .field = "", .help = "Lists as one line of JSON per row.",
     .kind = value_kind::truth},
    {.name = "--no-color", .field = "", .help = "No colours (also NO_COLOR).",
     .kind = value_kind::truth},
    {.name = "--yes", .field = "", .help = "Ask nothing before spending, releasing or removing.",
     .kind = value_kind::truth},
    {.name = "--idempotency-key", .field = "",
     .help = "Name this act, so that it never happens twice (made up where it is missing).",
     .placeholder = "KEY"},
    {.name = "--help", .field = "", .help = "This text.", .kind = value_kind::truth},
};

constexpr command_value watch_flag = {
    .name = "--watch", .field = "", .help = "Show it again whenever it changes, until Ctrl-C.",
    .kind = value_kind::truth};

constexpr command_value all_option = {
    .name = "--all", .field = "", .help = "Every page of the list, up to ten thousand rows.",
    .kind = value_kind::truth};

flag_spec spec_of(const command_value& value) {
  return {std::string(value.name), value.placeholder, value.help};
}

std::vector<const client_command*> gather_commands() {
  std::vector<const client_command*> all;
  const std::array groups = {phone_commands(),    number_commands(),  agent_commands(),
                             approval_commands(), campaign_commands(), account_commands(),
                             carrier_commands(),  webhook_commands(),  sandbox_commands(),
                             key_commands(),      following_commands(), connection_commands()};
  for (const auto& group : groups) {
    for (const client_command& command : group) all.push_back(&command);
  }
  return all;
}

}  // namespace

std::span<const client_command* const> all_commands() {
  static const std::vector<const client_command*> all = gather_commands();
  return all;
}

found_command find_command(std::span<const std::string> words) {
  for (std::size_t count = std::min<std::size_t>(3, words.size()); count > 0; --count) {
    std::string name = words[0];
    for (std::size_t at = 1; at < count; ++at) name += " " + words[at];
    for (const client_command* command : all_commands()) {
      if (command->name == name) return {command, count};
    }
  }
  // A group alone is its list.
  if (words.empty() || (words.size() > 1 && !words[1].starts_with("-"))) return {};
  for (const client_command* command : all_commands()) {
    if (command->name == words[0] + " list") return {command, 1};
  }
  return {};
}

std::string_view nearest_command(std::string_view given) {
  for (const client_command* command : all_commands()) {
    if (edit_distance(given, command->name, 2) <= 2) return command->name;
  }
  return {};
}

std::span<const command_value> common_options() noexcept { return common; }
const command_value& watch_option() noexcept { return watch_flag; }
const command_value& all_pages_option() noexcept { return all_option; }

std::vector<flag_spec> flags_of(const client_command& command) {
  std::vector<flag_spec> flags;
  for (const command_value& option : command.options) flags.push_back(spec_of(option));
  if (command.follows) flags.push_back(spec_of(watch_flag));
  if (has_pages(command)) flags.push_back(spec_of(all_option));
  for (const command_value& option : common) {
    const bool own = std::ranges::find(command.options, option.name, &command_value::name) !=
                     command.options.end();
    if (!own) flags.push_back(spec_of(option));
  }
  return flags;
}

}  // namespace dialplane::cli
