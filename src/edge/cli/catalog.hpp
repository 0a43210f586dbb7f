// Every command of the program in one plain form, for what speaks about commands instead of running
// them: shell completion, docs/cli.md, the manual page. Made from the same rows as the help texts.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "edge/cli/command.hpp"

namespace dialplane::cli {

struct catalog_value {
  std::string name;         // "--area-code", or a word's placeholder
  std::string placeholder;  // empty: a switch, or a word
  std::string help;
  std::string choices;      // "local|toll_free"
  std::string completes;    // "phone"; "file"
  bool required = false;
};

struct catalog_entry {
  std::string name;
  std::string help;
  std::string example;
  std::string where;  // "server", "data directory", "nowhere"
  std::string effect;  // "reads", "spends", ...
  std::string request;  // "POST /v1/phone/provision", or empty
  std::vector<catalog_value> words;
  std::vector<catalog_value> options;  // its own; not those of every command
};

using command_catalog = std::vector<catalog_entry>;

command_catalog client_catalog();
std::vector<catalog_value> catalog_common_options();
std::string_view name_of(command_effect effect) noexcept;
boost::json::array json_of(const command_catalog& catalog);
boost::json::array json_of(const std::vector<catalog_value>& values);

}  // namespace dialplane::cli
