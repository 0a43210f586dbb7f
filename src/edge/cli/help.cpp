#include "edge/cli/help.hpp"

#include <algorithm>

#include "edge/cli/all_commands.hpp"

namespace dialplane::cli {

namespace {

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 2, width), ' ');
  return text;
}

std::string help_text_of(const command_value& value) {
  std::string text(value.help);
  if (!value.choices.empty()) text += " One of: " + std::string(value.choices) + ".";
  if (value.required) text += " Required.";
  return text;
}

}  // namespace

std::string usage_of(const client_command& command, const std::string& program) {
  std::string usage = program + " " + std::string(command.name);
  for (const command_value& word : command.words) {
    usage += word.is_optional ? " [" + std::string(word.name) + "]" : " " + std::string(word.name);
  }
  return usage;
}

std::string help_of(const client_command& command, const std::string& program) {
  std::string text = std::string(command.help) + "\n\nUsage: " + usage_of(command, program) +
                     " [OPTIONS]\n\n";
  for (const command_value& word : command.words) {
    text += padded("  " + std::string(word.name), 34) + help_text_of(word) + "\n";
  }
  for (const command_value& option : command.options) {
    std::string name = "  " + std::string(option.name);
    if (!option.placeholder.empty()) name += " " + std::string(option.placeholder);
    text += padded(std::move(name), 34) + help_text_of(option) + "\n";
  }
  text += "\nOptions of every command:\n";
  for (const flag_spec& flag : flags_of(command)) {
    const bool own = std::ranges::find(command.options, flag.name, &command_value::name) !=
                     command.options.end();
    if (own) continue;
    std::string name = "  " + flag.name;
    if (!flag.placeholder.empty()) name += " " + std::string(flag.placeholder);
    text += padded(std::move(name), 34) + std::string(flag.help) + "\n";
  }
  return text + "\nExample:\n\n  " + program + " " + std::string(command.example) + "\n";
}

std::string command_lines(std::string_view prefix, const std::string& program) {
  std::string text;
  for (const client_command* command : all_commands()) {
    if (!command->name.starts_with(prefix)) continue;
    text += "  " + padded(usage_of(*command, program), 44) + std::string(command->help) + "\n";
  }
  return text;
}

}  // namespace dialplane::cli
