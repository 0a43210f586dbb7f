// The one JSON document of every command (naive dialect §11):
// {"success","action","result","hints","next_steps"}, or with "error" in place of "result".
//
// Pure. Results are the server's own text, untouched.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "edge/cli/api_client.hpp"

namespace dialplane::cli {

struct next_step {
  std::string command;      // "dialplane approvals approve ID"
  std::string description;
};

struct advice {
  std::vector<std::string> hints;
  std::vector<next_step> steps;
};

// A refusal in either dialect, or a failure of our own, in one form.
struct command_error {
  std::string code;       // the naive dialect's code, the cartesia dialect's error_code, or ours
  std::string reason;     // empty: none
  std::string message;
  std::string hint;
  std::string request_id;
  boost::json::object more = {};  // the body's other members: details, required, packs, ...
  int exit_code = 1;
};

// Reads the body of an answer that is none of 2xx.
command_error error_of(const api_answer& answer, bool changed_something);
command_error error_of(const api_failure& failure);
command_error error_of(const error& failure);  // usage: exit code 2

// `result_json` is JSON text.
std::string success_document(std::string_view action, std::string_view result_json,
                             const advice& say);
// `result_json` where there is something to show all the same.
std::string failure_document(std::string_view action, const command_error& why, const advice& say,
                             std::string_view result_json = {});

}  // namespace dialplane::cli
