// One run of a command: what was given, which server it talks to, and where its answer goes.
//
// A command that is more than one request (`client_command::run`) gets this and answers through it,
// exactly once. Standard output carries the answer and nothing else; everything said beside it goes
// to standard error.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "edge/cli/api_client.hpp"
#include "edge/cli/arguments.hpp"
#include "edge/cli/command.hpp"
#include "edge/cli/envelope.hpp"
#include "edge/cli/table_text.hpp"

namespace dialplane::cli {

enum class output_form {
  people,      // tables and sentences
  json,        // the envelope
  json_lines,  // lists: one row per line
};

struct client_call {
  const client_command& command;
  const parsed_arguments& given;
  const named_texts& variables;
  std::string program;     // "dialplane" or "naive", as it was called
  output_form form = output_form::json;
  text_style style = {};
  bool asks = false;       // both input and output are a terminal, and no --yes
  connection to = {};
  std::unique_ptr<api_client> api = {};  // null for commands without a server

  // "dialplane approvals approve ID".
  std::string spelt(std::string_view words) const { return program + " " + std::string(words); }

  // Each ends the command: prints in the call's form and gives the exit code.
  int succeed(const api_answer& answer) const;
  int succeed(const boost::json::value& result, const advice& say = {}) const;
  int fail(const command_error& why) const;
  int fail(const error& why) const { return fail(error_of(why)); }
};

// A sentence beside the answer, on standard error.
void say_beside(std::string_view sentence);

}  // namespace dialplane::cli
