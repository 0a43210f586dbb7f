// The list of commands, for running them and for their help texts.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edge/cli/arguments.hpp"
#include "edge/cli/catalog.hpp"

namespace dialplane {

enum class command_kind {
  serve,
  emulate,
  local,   // runs on the data directory, by the server or in its place
  mcp,     // talks to a server for a program beside it
  plain,   // needs nothing: routes, errors, version
};

struct command_flag {
  std::string_view name;         // "--role"
  std::string_view placeholder;  // empty: a switch
  std::string_view help;
  bool repeats = false;          // may be given several times
};

struct command_row {
  std::string_view name;  // "keys create"
  command_kind kind;
  std::string_view word;  // placeholder of its one word beside options ("FILE"), or empty
  std::string_view help;
  std::string_view example;
  std::span<const command_flag> flags;  // its own, beside those of its kind
  bool reads_credentials = false;       // "name=value" lines on standard input
};

std::span<const command_row> all_commands() noexcept;

// All options the command takes.
std::vector<flag_spec> flags_of(const command_row& row);

// The same rows for completion and documents.
cli::command_catalog local_catalog();

std::string help_text();                          // of the program
std::string help_text(const command_row& row);
std::string help_text(std::string_view group);    // of "keys"; empty: no such group

}  // namespace dialplane
