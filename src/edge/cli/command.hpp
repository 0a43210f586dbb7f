// What a command of the client is: its words, its options, the request it becomes, and how its
// answer is shown. Pure data.
//
// One table (all_commands.hpp) of these rows feeds the running of commands, their help, shell
// completion, the manual page and docs/cli.md, so that none of them can say something else.
// The client knows the server only by its HTTP contract: nothing here or beside it includes more
// than base, net and the signing of webhooks.
#pragma once

#include <span>
#include <string_view>

namespace dialplane::cli {

enum class value_kind {
  text,
  integer,
  decimal,
  truth,  // a switch
  words,  // a comma-separated list
  json,   // JSON text, @FILE, or - for standard input
};

enum class value_place { path, query, body };

// One thing a person gives: an option, or a word beside the options.
struct command_value {
  std::string_view name;    // "--area-code"; of a word its placeholder, "PHONE"
  std::string_view field;   // its name on the wire: "area_code", "messaging.description", {id}
  std::string_view help;    // one sentence
  value_place place = value_place::body;
  value_kind kind = value_kind::text;
  std::string_view placeholder = {};  // "CODE"; empty for a switch
  std::string_view choices = {};      // "local|toll_free"
  std::string_view completes = {};    // what fills it in: "phone", "agent", "approval", ...
  bool required = false;              // of options; words are required unless is_optional
  bool is_optional = false;           // of words
  std::string_view stands_for = {};   // a switch's text on the wire: --sole-prop, sole_proprietor
};

enum class command_effect {
  reads,
  changes,
  spends,    // asks first on a terminal, with price and balance
  releases,  // asks for the number's last four digits on a terminal
  removes,   // asks first on a terminal
};

struct view_column {
  std::string_view title;  // "NUMBER"
  std::string_view path;   // "capabilities.sms_outbound"
};

// How people see an answer. Without columns: one line per member.
struct command_view {
  std::string_view rows = {};  // the member that holds the list; empty: the answer is the one row
  std::span<const view_column> columns = {};
};

struct client_call;

struct client_command {
  std::string_view name;     // "phone provision"
  std::string_view action;   // "phone.provision", as in the envelope
  std::string_view method;   // empty: `run` says what happens
  std::string_view path;     // "/v1/phone/{id}"
  std::string_view help;     // one sentence
  std::string_view example;  // without the program's name: "phone provision --area-code 415"
  std::span<const command_value> words = {};
  std::span<const command_value> options = {};
  command_effect effect = command_effect::reads;
  command_view view = {};
  bool follows = false;      // takes --watch: shows the answer again whenever it changes
  // What the command does where it is not one request. The exit code.
  int (*run)(client_call&) = nullptr;
  bool without_server = false;  // `run` needs no connection (completion, profiles)
};

}  // namespace dialplane::cli
