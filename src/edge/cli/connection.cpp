#include "edge/cli/connection.hpp"

#include <array>
#include <cstdlib>

#include "net/http_url.hpp"

namespace dialplane::cli {

namespace {

constexpr std::string_view usual_server = "http://127.0.0.1:8080";

std::optional<std::string> given_variable(const named_texts& variables, std::string_view name) {
  for (const auto& [key, text] : variables) {
    if (key == name && !text.empty()) return text;
  }
  return std::nullopt;
}

result<std::string> checked_server(std::string text, std::string_view from) {
  while (text.ends_with('/')) text.pop_back();
  const auto parsed = parse_http_url(text);
  if (parsed) return text;
  return bad_field("server", std::string(from) + " " + parsed.error().message);
}

struct said_server {
  std::string text, from;
};

std::optional<said_server> said(const parsed_arguments& given, const named_texts& variables) {
  if (const auto flag = given.text_of("--server")) return said_server{*flag, "--server"};
  if (const auto text = given_variable(variables, "DIALPLANE_SERVER")) {
    return said_server{*text, "DIALPLANE_SERVER"};
  }
  return std::nullopt;
}

}  // namespace

named_texts client_variables() {
  constexpr std::array names = {"DIALPLANE_SERVER",  "DIALPLANE_API_KEY", "NAIVE_API_KEY",
                                "DIALPLANE_PROFILE", "XDG_CONFIG_HOME",   "HOME",
                                "NO_COLOR",          "TERM",              "COLUMNS"};
  named_texts found;
  for (const char* name : names) {
    if (const char* text = std::getenv(name)) found.emplace_back(name, text);
  }
  return found;
}

result<connection> find_connection(const parsed_arguments& given, const named_texts& variables,
                                   const profile_book& profiles) {
  connection to;
  std::optional<std::string> name = given.text_of("--profile");
  if (!name) name = given_variable(variables, "DIALPLANE_PROFILE");
  const profile* kept = profiles.find(name.value_or(profiles.current));
  if (name && kept == nullptr) {
    error failure = bad_field("profile", "There is no profile " + *name + ".");
    failure.hint = "`dialplane login --profile " + *name + "` makes it.";
    return failure;
  }
  const auto server = said(given, variables);
  to.chosen = server.has_value() || kept != nullptr;
  if (server) {
    TRY_ASSIGN(to.server, checked_server(server->text, server->from));
  } else {
    to.server = kept != nullptr ? kept->server : std::string(usual_server);
  }
  std::optional<std::string> key = given_variable(variables, "DIALPLANE_API_KEY");
  if (!key) key = given_variable(variables, "NAIVE_API_KEY");
  const bool same_server = kept != nullptr && kept->server == to.server;
  if (key) {
    to.key = secret_string(*key);
  } else if (same_server) {
    to.key = kept->api_key.copy();
  }
  if (same_server) {
    to.profile = name.value_or(profiles.current);
    to.user = kept->user;
  }
  if (const auto user = given.text_of("--user")) to.user = user;
  return to;
}

}  // namespace dialplane::cli
