#include "edge/cli/run_client.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <cctype>
#include <ctime>

#include "base/clock.hpp"
#include "edge/cli/all_pages.hpp"
#include "edge/cli/build_request.hpp"
#include "edge/cli/client_call.hpp"
#include "edge/cli/guards.hpp"
#include "edge/cli/help.hpp"
#include "edge/cli/interrupts.hpp"
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

// In the time zone of whoever reads.
std::string local_time(std::string_view text) {
  const auto at = parse_rfc3339(text);
  if (!at) return std::string(text);
  const std::time_t seconds = at->unix_ms / 1000;
  std::tm local{};
  std::array<char, 32> shown{};
  tzset();
  if (localtime_r(&seconds, &local) == nullptr) return std::string(text);
  return {shown.data(), strftime(shown.data(), shown.size(), "%Y-%m-%d %H:%M:%S", &local)};
}

text_style style_of(const parsed_arguments& given, const named_texts& variables) {
  text_style style;
  style.time_text = local_time;
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

// Who asks the server to wait waits longer than that; it waits a minute at most.
api_limits limits_for(const parsed_arguments& given) {
  api_limits limits;
  if (!given.has("--timeout-ms")) return limits;
  limits.one_try = std::chrono::seconds(80);
  limits.all_tries = std::chrono::seconds(180);
  return limits;
}

result<void> connect(client_call& call) {
  if (call.command.without_server) return {};
  TRY_ASSIGN(const profile_book profiles, load_profiles(call.variables));
  TRY_ASSIGN(call.to, find_connection(call.given, call.variables, profiles));
  TRY_ASSIGN(call.api, api_client::open(call.to, limits_for(call.given)));
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

// A purchase under a quote that the question found: the quote says what the wish said.
std::string quote_in_place_of_wish(const client_call& call, const api_request& request) {
  if (!call.asks || call.command.action != "phone.provision" || call.given.has("--quote-id")) {
    return {};
  }
  boost::system::error_code failure;
  const boost::json::value body = boost::json::parse(request.body.value_or("null"), failure);
  const boost::json::value& id = value_at(body, "quote_id");
  return id.is_string() ? plain_text(id) : std::string();
}

// What must not come to stand in a log with the hint: its placeholder stands for it there.
std::string shown_value(const client_call& call, const std::string& name,
                        const std::string& text) {
  const bool is_secret = name == "--ein" || name == "--credentials";
  if (!is_secret || text == "-" || text.starts_with("@")) return quoted(text);
  const auto option = std::ranges::find(call.command.options, name, &command_value::name);
  return option == call.command.options.end() ? "..." : std::string(option->placeholder);
}

// The same command under the same key.
std::string same_again(const client_call& call, const api_request& request) {
  constexpr std::string_view wishes[] = {"--area-code", "--area-code-policy", "--type",
                                         "--phone-number"};
  const std::string quote = quote_in_place_of_wish(call, request);
  std::string line = call.spelt(call.command.name);
  for (const std::string& word : call.given.words) line += " " + quoted(word);
  for (const auto& [name, text] : call.given.flags) {
    if (name == "--idempotency-key") continue;
    if (!quote.empty() && std::ranges::find(wishes, name) != std::end(wishes)) continue;
    line += " " + name + (text == "true" ? "" : " " + shown_value(call, name, text));
  }
  if (!quote.empty()) line += " --quote-id " + quoted(quote);
  // It was asked and answered.
  if (call.asks) line += " --yes";
  return line + " --idempotency-key " + quoted(request.idempotency_key);
}

command_error with_way_back(const client_call& call, const api_request& request,
                            command_error why) {
  if (why.exit_code != 5 || request.idempotency_key.empty()) return why;
  if (!why.hint.empty()) why.hint += " ";
  why.hint += "Ask with: " + same_again(call, request) +
              " (under the same key it never happens twice).";
  why.more["idempotency_key"] = request.idempotency_key;
  return why;
}

int run_request(client_call& call) {
  auto request = build_request(call.command, call.given, call.to.user);
  if (!request) return call.fail(request.error());
  const interrupt_notice notice;
  call.api->while_waiting([] { return !was_interrupted(); });
  if (const auto stopped = ask_before(call, *request)) return *stopped;
  if (call.command.follows && call.given.has("--watch")) return watch(call, *request);
  waiting_spinner spinner(call);
  if (has_pages(call.command) && call.given.has("--all")) {
    return show_all_pages(call, *request, spinner);
  }
  api_result told = call.api->ask(*request);
  if (told && told->status == 202) told = followed(call, *request, *std::move(told), spinner);
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
