#include "edge/cli/run_client.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "edge/cli/build_request.hpp"
#include "edge/cli/client_call.hpp"
#include "edge/cli/guards.hpp"
#include "edge/cli/help.hpp"
#include "edge/cli/names_at_server.hpp"
#include "edge/cli/terminal.hpp"
#include "edge/cli/watch.hpp"

namespace dialplane::cli {

namespace {

output_form form_of(const parsed_arguments& given) {
  if (given.has("--jsonl")) return output_form::json_lines;
  return given.has("--json") || !output_is_terminal() ? output_form::json : output_form::people;
}

std::optional<std::string> variable(const named_texts& variables, std::string_view name) {
  for (const auto& [key, text] : variables) {
    if (key == name) return text;
  }
  return std::nullopt;
}

text_style style_of(const parsed_arguments& given, const named_texts& variables) {
  text_style style;
  if (!output_is_terminal()) return style;
  const bool no_colour = given.has("--no-color") ||
                         !variable(variables, "NO_COLOR").value_or("").empty() ||
                         variable(variables, "TERM").value_or("dumb") == "dumb";
  style.colours = !no_colour;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
  return style;
}

bool asks_people(const parsed_arguments& given) {
  return !given.has("--yes") && input_is_terminal() && output_is_terminal();
}

// What can be answered without a server: how the words are wrong.
int usage_problem(const client_command& command, const std::string& program, output_form form,
                  const error& why) {
  const parsed_arguments none;
  const named_texts no_variables;
  client_call call{.command = command, .given = none, .variables = no_variables};
  call.program = program;
  call.form = form;
  error failure = why;
  if (failure.hint.empty()) {
    failure.hint = "`" + program + " " + std::string(command.name) + " --help` shows how.";
  }
  return call.fail(failure);
}

result<void> connect(client_call& call) {
  if (call.command.without_server) return {};
  TRY_ASSIGN(const profile_book profiles, load_profiles(call.variables));
  TRY_ASSIGN(call.to, find_connection(call.given, call.variables, profiles));
  TRY_ASSIGN(call.api, api_client::open(call.to));
  return {};
}

std::string quoted(const std::string& word) {
  constexpr std::string_view harmless_marks = "-_.,:/+@=";
  const bool plain = !word.empty() && std::ranges::all_of(word, [&](unsigned char letter) {
    return std::isalnum(letter) != 0 ||
           harmless_marks.find(static_cast<char>(letter)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string text = "'";
  for (const char letter : word) text += letter == '\'' ? "'\\''" : std::string(1, letter);
  return text + "'";
}

// The same command under the same key.
std::string same_again(const client_call& call, const std::string& key) {
  std::string line = call.spelt(call.command.name);
  for (const std::string& word : call.given.words) line += " " + quoted(word);
  for (const auto& [name, text] : call.given.flags) {
    if (name == "--idempotency-key") continue;
    line += " " + name + (text == "true" ? "" : " " + quoted(text));
  }
  return line + " --idempotency-key " + quoted(key);
}

command_error with_way_back(const client_call& call, const api_request& request,
                            command_error why) {
  if (why.exit_code != 5 || request.idempotency_key.empty()) return why;
  if (!why.hint.empty()) why.hint += " ";
  why.hint += "Ask with: " + same_again(call, request.idempotency_key) +
              " (under the same key it never happens twice).";
  why.more["idempotency_key"] = request.idempotency_key;
  return why;
}

int run_request(client_call& call) {
  auto request = build_request(call.command, call.given, call.to.user);
  if (!request) return call.fail(request.error());
  if (const auto stopped = ask_before(call, *request)) return *stopped;
  if (call.command.follows && call.given.has("--watch")) return watch(call, *request);
  const waiting_spinner spinner(call, *request);
  const api_result told = call.api->ask(*request);
  spinner.end();
  if (!told) return call.fail(with_way_back(call, *request, error_of(told.error())));
  if (told->status >= 200 && told->status < 300) return call.succeed(*told);
  return call.fail(
      with_way_back(call, *request, error_of(*told, !request->idempotency_key.empty())));
}

}  // namespace

int run_client(const client_command& command, std::span<const std::string> words,
               const std::string& program) {
  if (std::ranges::find(words, "--help") != words.end()) {
    print_text(help_of(command, program));
    return 0;
  }
  const std::vector<flag_spec> flags = flags_of(command);
  std::vector<std::string> spelt_out(words.begin(), words.end());
  std::ranges::replace(spelt_out, std::string("-f"), std::string("--file"));
  const bool json_wanted = !output_is_terminal() ||
                           std::ranges::find(words, "--json") != words.end();
  const auto given = parse_arguments(spelt_out, flags);
  if (!given) {
    return usage_problem(command, program, json_wanted ? output_form::json : output_form::people,
                         given.error());
  }
  const named_texts variables = client_variables();
  parsed_arguments named = *given;
  client_call call{.command = command, .given = named, .variables = variables};
  call.program = program;
  call.form = form_of(*given);
  call.style = style_of(*given, variables);
  call.asks = asks_people(*given);
  if (const auto connected = connect(call); !connected) return call.fail(connected.error());
  if (auto with = with_ids(call)) {
    named = *std::move(with);
  } else {
    return call.fail(with.error());
  }
  return command.run != nullptr ? command.run(call) : run_request(call);
}

bool server_is_chosen(const parsed_arguments& given) {
  const named_texts variables = client_variables();
  const auto profiles = load_profiles(variables);
  if (!profiles) return given.has("--server");
  const auto to = find_connection(given, variables, *profiles);
  return to && to->chosen;
}

}  // namespace dialplane::cli
