#include "server/command_line.hpp"

#include <poll.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/log.hpp"
#include "base/object_reader.hpp"
#include "edge/cli/completion.hpp"
#include "edge/cli/envelope.hpp"
#include "edge/cli/help.hpp"
#include "edge/cli/run_client.hpp"
#include "edge/rest/error_table.hpp"
#include "edge/rest/router.hpp"
#include "net/asio_event_loop.hpp"
#include "server/carrier_commands.hpp"
#include "server/command_table.hpp"
#include "server/carrier_reach.hpp"
#include "server/control.hpp"
#include "server/credential_input.hpp"
#include "server/emulate_command.hpp"
#include "server/exit_codes.hpp"
#include "server/installation.hpp"
#include "server/local_commands.hpp"
#include "server/mcp_command.hpp"
#include "server/serve_command.hpp"
#include "edge/cli/terminal.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

// A server that is just starting or stopping holds the directory without answering.
constexpr std::chrono::seconds busy_directory_limit{12};
constexpr int busy_directory_pause_ms = 50;

// What a command's answer is called in its envelope: "keys create" is keys.create.
std::string action_of(std::string_view command) {
  std::string action(command);
  std::ranges::replace(action, ' ', '.');
  return action;
}

int exit_of(const error& failure) {
  if (failure.code == error_code::invalid_input) return exit_usage;
  return std::max(1, row_of(failure.code).cli_exit);
}

int problem(const error& failure, std::string_view command, bool as_json) {
  print_problem(failure);
  if (as_json) {
    print_text(cli::failure_document(action_of(command), cli::error_of(failure), {}));
  }
  return exit_of(failure);
}

int usage_problem(const std::string& sentence) {
  error failure = refused(error_code::invalid_input, sentence);
  failure.hint = "`dialplane --help` shows the commands.";
  return problem(failure, "", !output_is_terminal());
}

// The answer, and whether all is well: commands that judge say so with their exit code too.
int answer(std::string_view command, const json::value& told, bool as_json, bool well = true) {
  if (!as_json) {
    print_answer(told, false);
  } else if (well) {
    print_text(cli::success_document(action_of(command), json::serialize(told), {}));
  } else {
    const error failure = refused(error_code::conflict, "Not everything is as it should be.");
    cli::command_error why = cli::error_of(failure);
    why.code = "not_well";
    print_text(cli::failure_document(action_of(command), why, {}, json::serialize(told)));
  }
  return well ? 0 : 1;
}

// The command that the first one or two words name, and how many words that took.
struct found_command {
  const command_row* row = nullptr;
  std::size_t words = 0;
};

found_command find_command(std::span<const std::string> words) {
  for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < count) continue;
    const std::string name = count == 1 ? words[0] : words[0] + " " + words[1];
    for (const command_row& row : all_commands()) {
      if (row.name == name) return {&row, count};
    }
  }
  return {};
}

std::string unknown_command(const std::string& given) {
  std::string sentence = "There is no command " + given + ".";
  for (const command_row& row : all_commands()) {
    if (edit_distance(given, row.name, 2) <= 2) {
      return sentence + " Did you mean " + std::string(row.name) + "?";
    }
  }
  const std::string_view nearest = cli::nearest_command(given);
  if (!nearest.empty()) sentence += " Did you mean " + std::string(nearest) + "?";
  return sentence;
}

json::array routes_json() {
  json::array routes;
  for (const endpoint& route : all_endpoints()) {
    routes.push_back(json::object{{"method", route.method}, {"path", route.pattern}});
  }
  return routes;
}

cli::command_catalog whole_catalog() {
  cli::command_catalog catalog = cli::client_catalog();
  for (cli::catalog_entry& entry : local_catalog()) catalog.push_back(std::move(entry));
  return catalog;
}

json::object commands_json() {
  return {{"commands", cli::json_of(whole_catalog())},
          {"common_options", cli::json_of(cli::catalog_common_options())}};
}

// A script, not an answer: it is loaded as it is.
int print_completion(const parsed_arguments& given, const std::string& program) {
  const auto script =
      cli::completion_script(given.words.empty() ? "" : given.words.front(), program);
  if (!script) return problem(script.error(), "completion", false);
  print_text(*script);
  return 0;
}

// What the scripts ask: one candidate per line, with what it is about after a tab.
int print_candidates(std::span<const std::string> words) {
  std::string lines;
  for (const cli::candidate& one : cli::candidates_for(whole_catalog(), words)) {
    lines += one.text + (one.about.empty() ? "" : "\t" + one.about) + "\n";
  }
  print_text(lines);
  return 0;
}

int run_static(const command_row& row, const parsed_arguments& given, bool as_json,
               const std::string& program) {
  if (row.name == "carriers describe") {
    const auto told = describe_carriers(given.words.empty() ? "" : given.words.front());
    if (!told) return problem(told.error(), row.name, as_json);
    return answer(row.name, *told, as_json);
  }
  if (row.name == "commands") return answer(row.name, commands_json(), as_json);
  if (row.name == "completion") return print_completion(given, program);
  if (row.name == "routes") return answer(row.name, routes_json(), as_json);
  if (row.name == "errors") return answer(row.name, json::parse(dump_errors_json()), as_json);
  if (given.has("--json")) {
    return answer(row.name, json::object{{"version", DIALPLANE_VERSION}}, true);
  }
  print_text("dialplane " DIALPLANE_VERSION "\n");
  return 0;
}

// In this process, which then holds the directory.
result<json::object> run_here(const server_settings& settings, const json::object& request) {
  if (!installation::exists(settings.data_dir)) {
    return refused(error_code::not_configured,
                   "There is no dialplane database in " + settings.data_dir +
                       " yet; `dialplane serve` makes it.");
  }
  metrics_registry metrics;
  asio_event_loop loop;
  TRY_ASSIGN(const std::unique_ptr<installation> home, installation::open(settings, metrics));
  TRY_ASSIGN(const std::unique_ptr<sandbox::sandbox_carrier> carrier,
             home->open_sandbox(settings));
  loop.start("local");
  auto carriers = std::make_unique<carrier_registry>();
  workflow_environment work{*home->database, *carriers,      home->time,
                            home->ids,       settings.rules, metrics,
                            home->id,        settings.public_url, *home->seals};
  TRY_ASSIGN(const std::unique_ptr<carrier_reach> reach,
             carrier_reach::open(*home, settings, work));
  local_environment env{*home, settings, loop, *carrier};
  env.accounts = &reach->accounts();
  result<json::object> outcome = run_local_command(env, request);
  reach->stop();
  carriers.reset();  // while the loop they were reached by is still there
  home->database->close();
  loop.stop();
  return outcome;
}

result<json::object> run_there_or_here(const server_settings& settings,
                                       const json::object& request) {
  const auto give_up = std::chrono::steady_clock::now() + busy_directory_limit;
  while (true) {
    if (auto answered = ask_running_server(settings.data_dir, request)) {
      return *std::move(answered);
    }
    result<json::object> outcome = run_here(settings, request);
    const bool busy = !outcome && outcome.error().code == error_code::conflict &&
                      outcome.error().kind == error_class::conflict &&
                      outcome.error().field == "data_dir";
    if (!busy || std::chrono::steady_clock::now() > give_up) return outcome;
    poll(nullptr, 0, busy_directory_pause_ms);
  }
}

// Splits what was given into settings and the command's own options.
result<server_settings> settings_and_options(const command_row& row,
                                             const parsed_arguments& given,
                                             json::object& options) {
  named_texts flags;
  for (const auto& [name, text] : given.flags) {
    const auto own = std::ranges::find(row.flags, name, &command_flag::name);
    if (own != row.flags.end() && own->repeats) {
      json::value& list = options[name.substr(2)];
      if (!list.is_array()) list = json::array();
      list.get_array().push_back(json::value(text));
    } else if (own != row.flags.end()) {
      options[name.substr(2)] = text;
    } else if (name != "--json") {
      flags.emplace_back(name, text);
    }
  }
  const std::size_t words_max = row.word.empty() ? 0 : 1;
  if (given.words.size() > words_max) {
    return refused(error_code::invalid_input,
                   "\"" + given.words[words_max] + "\" is one word too many.");
  }
  if (row.reads_credentials) TRY(read_credentials_into(options));
  if (const json::value* to = options.if_contains("save-transcript")) {
    options["save-transcript"] = std::filesystem::absolute(to->get_string().c_str()).string();
  }
  if (!given.words.empty()) {
    const bool is_file = row.word == "FILE";
    options[is_file ? "file" : "id"] =
        is_file ? std::filesystem::absolute(given.words[0]).string() : given.words[0];
  }
  return load_settings(flags, dialplane_variables());
}

int run_local(const command_row& row, const parsed_arguments& given, bool as_json) {
  json::object options;
  result<server_settings> settings = settings_and_options(row, given, options);
  if (!settings) return problem(settings.error(), row.name, as_json);
  configure_log({.level = std::max(settings->level, log_level::warn)});
  const json::object request{{"command", row.name}, {"options", std::move(options)}};
  const result<json::object> told = run_there_or_here(*settings, request);
  if (!told) return problem(told.error(), row.name, as_json);
  const json::value* verified = told->if_contains("verified");
  const json::value* agrees = told->if_contains("agrees");
  const json::value* violations = told->if_contains("violations");
  const json::value* works = told->if_contains("works");
  const bool well = (verified == nullptr || verified->get_bool()) &&
                    (works == nullptr || works->get_bool()) &&
                    (agrees == nullptr || agrees->get_bool()) &&
                    (violations == nullptr || violations->get_array().empty());
  return answer(row.name, *told, as_json, well);
}

// Of a group's commands, here and at a server.
std::string group_help(const std::string& group, const std::string& program) {
  const std::string here = help_text(group);
  const std::string there = cli::command_lines(group + " ", program);
  if (there.empty()) return here;
  return "At a server:\n\n" + there + (here.empty() ? "" : "\nOn its data directory:\n\n" + here);
}

int run_without_command(std::span<const std::string> words, const std::string& program) {
  if (words.empty()) return usage_problem("Say what to do, such as `dialplane serve`.");
  const std::string& first = words.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print_text(help_text() + "\nCommands that ask a server:\n\n" +
               cli::command_lines("", program));
    return 0;
  }
  const std::string group = group_help(first, program);
  if (group.empty() || first.starts_with("-")) return usage_problem(unknown_command(first));
  if (words.size() > 1 && (words[1] == "--help" || words[1] == "-h")) {
    print_text(group);
    return 0;
  }
  return usage_problem(words.size() == 1
                           ? first + " wants to know what: see `dialplane " + first + " --help`."
                           : unknown_command(first + " " + words[1]));
}

// Some commands exist for the data directory and for a server. --data-dir and its like say which;
// else the server, where somebody logged in or said which one.
bool means_server(const found_command& here, std::span<const std::string> words) {
  const auto names = [&words](std::string_view flag) {
    return std::ranges::any_of(words, [flag](const std::string& word) {
      return word == flag || word.starts_with(std::string(flag) + "=");
    });
  };
  if (names("--data-dir") || names("--config") || names("--master-key-file")) return false;
  if (names("--server") || names("--profile")) return true;
  if (std::getenv("DIALPLANE_DATA_DIR") != nullptr) return false;
  if (here.row->kind != command_kind::local) return false;
  return cli::server_is_chosen({});
}

int run_mcp_command(const command_row& row, const parsed_arguments& given, bool as_json) {
  if (row.name == "mcp") {
    const result<int> ended = run_mcp(given);
    return ended ? *ended : problem(ended.error(), row.name, false);
  }
  const result<json::object> told = install_mcp(given);
  if (!told) return problem(told.error(), row.name, as_json);
  return told->empty() ? 0 : answer(row.name, *told, as_json);
}

int run_here_or_serve(const command_row& row, std::span<const std::string> rest,
                      const std::string& program) {
  const std::vector<flag_spec> flags = flags_of(row);
  if (std::ranges::find(rest, "--help") != rest.end()) {
    print_text(help_text(row));
    return 0;
  }
  const result<parsed_arguments> given = parse_arguments(rest, flags);
  if (!given) {
    // The bridge's standard output is for its client's messages alone.
    const bool wants_json = std::ranges::find(rest, "--json") != rest.end();
    const bool as_json = (wants_json || !output_is_terminal()) && row.name != "mcp";
    return problem(given.error(), row.name, as_json);
  }
  const bool as_json = given->has("--json") || !output_is_terminal();
  switch (row.kind) {
    case command_kind::serve: return run_serve(*given, dialplane_variables());
    case command_kind::emulate: return run_emulate(*given);
    case command_kind::local: return run_local(row, *given, as_json);
    case command_kind::mcp: return run_mcp_command(row, *given, as_json);
    case command_kind::plain: return run_static(row, *given, as_json, program);
  }
  return exit_usage;
}

}  // namespace

int run_command_line(std::span<const std::string> words, const std::string& program) {
  if (words.size() == 1 && words[0] == "--version") {
    print_text("dialplane " DIALPLANE_VERSION "\n");
    return 0;
  }
  if (!words.empty() && words[0] == "__complete") return print_candidates(words.subspan(1));
  const found_command here = find_command(words);
  const cli::found_command there = cli::find_command(words);
  const bool at_server =
      there.command != nullptr && (here.row == nullptr || means_server(here, words));
  if (at_server) return cli::run_client(*there.command, words.subspan(there.words), program);
  if (here.row == nullptr) return run_without_command(words, program);
  return run_here_or_serve(*here.row, words.subspan(here.words), program);
}

}  // namespace dialplane
