// login, logout, use, profiles: which server and key the other commands use.
#include <boost/json/array.hpp>

#include "edge/cli/all_commands.hpp"
#include "edge/cli/client_call.hpp"
#include "edge/cli/doctor.hpp"
#include "edge/cli/interrupts.hpp"
#include "edge/cli/plan.hpp"
#include "edge/cli/questions.hpp"
#include "edge/cli/terminal.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t key_length_max = 512;

std::string profile_name(const client_call& call, const profile_book& book) {
  return call.given.text_of("--profile").value_or(book.current);
}

// Not shown while it is typed. Nothing: Ctrl-C or no line at all.
std::optional<std::string> read_secret_line(const client_call& call) {
  const interrupt_notice notice;
  const bool asked = input_is_terminal();
  return ask_line(asked ? "API key for " + call.to.server + ": " : "",
                  asked ? typed_text::hidden : typed_text::shown);
}

// --profile names a profile that may not exist yet, so login connects by itself.
int login(client_call& call) {
  auto profiles = load_profiles(call.variables);
  if (!profiles) return call.fail(profiles.error());
  named_texts flags;
  for (const auto& flag : call.given.flags) {
    if (flag.first != "--profile") flags.push_back(flag);
  }
  auto to = find_connection({flags, {}}, call.variables, *profiles);
  if (!to) return call.fail(to.error());
  call.to = *std::move(to);
  const auto typed = read_secret_line(call);
  if (!typed && input_is_terminal()) {
    command_error stopped;
    stopped.code = "not_confirmed";
    stopped.message = "No key was kept.";
    return call.fail(stopped);
  }
  const std::string key = typed.value_or("");
  if (key.empty() || key.size() > key_length_max) {
    return call.fail(bad_field("key", "Give the API key on standard input, one line."));
  }
  call.to.key = secret_string(key);
  auto api = api_client::open(call.to);
  if (!api) return call.fail(api.error());
  const api_result told = (*api)->ask({.method = "GET", .target = "/v1/auth/key"});
  if (!told) return call.fail(error_of(told.error()));
  if (told->status >= 300) return call.fail(error_of(*told, false));
  const std::string name = profile_name(call, *profiles);
  profile kept{.server = call.to.server, .api_key = secret_string(key), .user = std::nullopt};
  profiles->profiles.insert_or_assign(name, std::move(kept));
  profiles->current = name;
  if (const auto saved = save_profiles(*profiles); !saved) return call.fail(saved.error());
  return call.succeed(json::object{{"profile", name},
                                   {"server", call.to.server},
                                   {"role", value_at(told->body, "role")},
                                   {"organization", value_at(told->body, "organization.name")},
                                   {"file", profiles->file}});
}

int logout(client_call& call) {
  auto profiles = load_profiles(call.variables);
  if (!profiles) return call.fail(profiles.error());
  const std::string name = profile_name(call, *profiles);
  if (profiles->profiles.erase(name) == 0) {
    return call.fail(bad_field("profile", "There is no profile " + name + "."));
  }
  if (const auto saved = save_profiles(*profiles); !saved) return call.fail(saved.error());
  return call.succeed(json::object{{"profile", name}, {"status", "forgotten"}});
}

// naive use ID: the user whom the following commands act for.
int use(client_call& call) {
  auto profiles = load_profiles(call.variables);
  if (!profiles) return call.fail(profiles.error());
  const std::string name = profile_name(call, *profiles);
  const auto at = profiles->profiles.find(name);
  if (at == profiles->profiles.end()) {
    return call.fail(bad_field("profile", "Log in first: `" + call.spelt("login") + "`."));
  }
  if (call.given.words.size() > 1) {
    return call.fail(bad_field("user", "One user at a time."));
  }
  if (call.given.words.empty()) {
    at->second.user.reset();
  } else {
    at->second.user = call.given.words.front();
  }
  if (const auto saved = save_profiles(*profiles); !saved) return call.fail(saved.error());
  const auto& user = at->second.user;
  return call.succeed(json::object{{"profile", name},
                                   {"user", user ? json::value(*user) : json::value()}});
}

int show_profiles(client_call& call) {
  const auto profiles = load_profiles(call.variables);
  if (!profiles) return call.fail(profiles.error());
  json::array rows;
  for (const auto& [name, one] : profiles->profiles) {
    rows.push_back(json::object{{"name", name},
                                {"server", one.server},
                                {"user", one.user ? json::value(*one.user) : json::value()},
                                {"current", name == profiles->current}});
  }
  return call.succeed(json::object{{"profiles", std::move(rows)}});
}

constexpr view_column profile_columns[] = {
    {"NAME", "name"}, {"SERVER", "server"}, {"USER", "user"}, {"CURRENT", "current"}};
constexpr command_value own_user_word[] = {{.name = "USER", .field = "",
                                            .help = "The user's id; without one, the default user.",
                                            .completes = "user", .is_optional = true}};

constexpr view_column check_columns[] = {
    {"CHECK", "check"}, {"STATUS", "status"}, {"SAYS", "says"}, {"DO", "do"}};
constexpr command_value doctor_options[] = {
    {.name = "--send-test", .field = "", .help = "Send every webhook a test event.",
     .kind = value_kind::truth}};

constexpr view_column step_columns[] = {{"ACT", "act"}, {"WHAT", "what"}, {"SAYS", "says"}};
constexpr command_value plan_options[] = {
    {.name = "--file", .field = "", .help = "(-f) What there should be, in YAML; - for input.",
     .placeholder = "FILE", .completes = "file", .required = true}};

constexpr client_command connection_table[] = {
    {.name = "plan", .action = "plan", .method = "", .path = "",
     .help = "Show how a server differs from a file of numbers, agents, webhooks and kits.",
     .example = "plan -f numbers.yaml", .options = plan_options,
     .view = {"steps", step_columns}, .run = run_plan},
    {.name = "apply", .action = "apply", .method = "", .path = "",
     .help = "Create, rename and assign what a file asks for; never releases anything.",
     .example = "apply -f numbers.yaml", .options = plan_options,
     .effect = command_effect::spends, .view = {"steps", step_columns}, .run = run_apply},
    {.name = "doctor", .action = "doctor", .method = "", .path = "",
     .help = "Look for what keeps numbers from working, and say what to do.",
     .example = "doctor", .options = doctor_options, .view = {"checks", check_columns},
     .run = run_doctor},
    {.name = "login", .action = "login", .method = "", .path = "",
     .help = "Try a key on a server and keep both; the key comes from standard input.",
     .example = "login --server http://127.0.0.1:8080", .effect = command_effect::changes,
     .run = login, .without_server = true},
    {.name = "logout", .action = "logout", .method = "", .path = "",
     .help = "Forget a kept server and key.", .example = "logout",
     .effect = command_effect::changes, .run = logout, .without_server = true},
    {.name = "use", .action = "use", .method = "", .path = "",
     .help = "Act for this user from now on.",
     .example = "use 0198c2a4-7c1e-7000-8000-000000000006", .words = own_user_word,
     .effect = command_effect::changes, .run = use, .without_server = true},
    {.name = "profiles", .action = "profiles", .method = "", .path = "",
     .help = "Show the servers you logged in to.", .example = "profiles",
     .view = {"profiles", profile_columns}, .run = show_profiles, .without_server = true},
};

}  // namespace

std::span<const client_command> connection_commands() noexcept { return connection_table; }

}  // namespace dialplane::cli
