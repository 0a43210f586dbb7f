// From a command line to a request: words, options, kinds of values, keys.
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <set>

#include "edge/cli/all_commands.hpp"
#include "edge/cli/all_pages.hpp"
#include "edge/cli/build_request.hpp"
#include "edge/cli/help.hpp"
#include "support/contains_text.hpp"
#include "support/show_results.hpp"

namespace dialplane::cli {

namespace json = boost::json;

namespace {

using test::contains_text;
using words = std::vector<std::string>;

const client_command& command_named(std::string_view name) {
  for (const client_command* command : all_commands()) {
    if (command->name == name) return *command;
  }
  FAIL("there is no command " << name);
  return *all_commands().front();
}

result<api_request> request_for(std::string_view name, const words& given,
                                const std::optional<std::string>& user = std::nullopt) {
  const client_command& command = command_named(name);
  TRY_ASSIGN(const parsed_arguments parsed, parse_arguments(given, flags_of(command)));
  return build_request(command, parsed, user);
}

std::string problem_with(std::string_view name, const words& given) {
  const auto request = request_for(name, given);
  return request ? std::string() : request.error().message;
}

json::value request_body(const result<api_request>& request) {
  REQUIRE(request);
  return json::parse(request->body.value_or("null"));
}

}  // namespace

TEST_CASE("options: apart, with =, switches, and what is wrong with them") {
  const std::vector<flag_spec> known = {
      {"--label", "TEXT", ""}, {"--yes", "", ""}, {"--tag", "TEXT", "", true}};
  const auto parse = [&](const words& given) { return parse_arguments(given, known); };
  const auto good = parse({"a", "--label", "x y", "--yes", "-", "--tag=1", "--tag=2"});
  REQUIRE(good);
  CHECK(good->words == words{"a", "-"});
  CHECK(good->text_of("--label") == "x y");
  CHECK(good->has("--yes"));
  CHECK_FALSE(good->has("--tags"));
  CHECK(good->flags.size() == 4);
  CHECK(parse({"--label="})->text_of("--label") == "");
  CHECK(parse({"--label", "-5"})->text_of("--label") == "-5");
  CHECK(contains_text(parse({"--lable", "x"}).error().message, "Did you mean --label?"));
  CHECK(contains_text(parse({"--yes", "--yes"}).error().message, "given twice"));
  CHECK(contains_text(parse({"--label"}).error().message, "wants a value"));
  CHECK(contains_text(parse({"--label", "--yes"}).error().message, "wants a value"));
}

TEST_CASE("the founding line becomes the founding request") {
  const auto request =
      request_for("phone provision", {"--area-code", "415", "--label", "Support"});
  REQUIRE(request);
  CHECK(request->method == "POST");
  CHECK(request->target == "/v1/phone/provision");
  CHECK(request_body(request) == json::object{{"area_code", "415"}, {"label", "Support"}});
  CHECK(request->idempotency_key.starts_with("cli_"));
  CHECK(request->headers.empty());
  const auto again = request_for("phone provision", {"--area-code", "415", "--label", "Support"});
  CHECK(again->idempotency_key != request->idempotency_key);
}

TEST_CASE("a given key and user are sent; readers carry no key") {
  const auto request =
      request_for("phone provision", {"--idempotency-key", "mine", "--sole-prop"}, "user_1");
  REQUIRE(request);
  CHECK(request->idempotency_key == "mine");
  CHECK(request->headers == named_texts{{"X-Naive-User-Id", "user_1"}});
  CHECK(request_body(request) == json::object{{"tier", "sole_proprietor"}});
  // A POST that only waits changes nothing.
  const auto wait = request_for("phone wait", {"p1", "--timeout-ms", "500"});
  REQUIRE(wait);
  CHECK(wait->method == "POST");
  CHECK(wait->idempotency_key.empty());
  CHECK(request_body(wait) == json::object{{"timeout_ms", 500}});
  const auto list = request_for("phone list", {"--limit", "5", "--status", "active"});
  REQUIRE(list);
  CHECK(list->idempotency_key.empty());
  CHECK_FALSE(list->body);
  CHECK(list->target == "/v1/phone?status=active&limit=5");
}

TEST_CASE("values are put where they belong, and encoded") {
  const auto send = request_for("phone send", {"--from", "a/b?c", "--to", "+14155550123",
                                               "--body", "100% \"sure\"", "--queue"});
  REQUIRE(send);
  CHECK(send->target == "/v1/phone/a%2Fb%3Fc/sms");
  CHECK(request_body(send) ==
        json::object{{"to", "+14155550123"}, {"body", "100% \"sure\""}, {"queue", true}});
  const auto assign = request_for(
      "phone assign", {"p1", "--agent-id", "a1", "--permissions", "send_sms, receive_sms,"});
  CHECK(request_body(assign) ==
        json::object{{"agent_id", "a1"}, {"permissions", json::array{"send_sms", "receive_sms"}}});
  const auto kit = request_for("kits create", {"--name", "Careful", "--requires-approval", "true",
                                               "--max-numbers", "2", "--monthly-credits", "0.5"});
  const json::value made = request_body(kit);
  CHECK(made.at_pointer("/primitives_config/phone/requiresApproval") == true);
  CHECK(made.at_pointer("/primitives_config/phone/defaults/max_numbers") == 2);
  CHECK(made.at_pointer("/primitives_config/phone/defaults/monthly_credit_limit") == 0.5);
  const auto unassign = request_for("phone unassign", {"p1", "a1"});
  CHECK(unassign->target == "/v1/phone/p1/assign/a1");
  CHECK_FALSE(unassign->body);
}

TEST_CASE("what is wrong is said before anything is sent") {
  CHECK(contains_text(problem_with("phone get", {}), "Say which PHONE"));
  CHECK(contains_text(problem_with("phone get", {""}), "must not be empty"));
  CHECK(contains_text(problem_with("phone get", {"a", "b"}), "one word too many"));
  CHECK(contains_text(problem_with("phone list", {"--limit", "five"}), "whole number"));
  CHECK(contains_text(problem_with("phone list", {"--status", "asleep"}), "must be one of active"));
  CHECK(contains_text(problem_with("phone send", {"--to", "+14155550123"}),
                      "--from PHONE is missing"));
  CHECK(contains_text(problem_with("kits create", {"--data", "{oops"}), "must be JSON"));
  CHECK(contains_text(problem_with("kits create", {"--data", "[1]"}), "must be a JSON object"));
  CHECK(contains_text(problem_with("kits create", {"--data", "@/no/such/file"}), "cannot read"));
  CHECK(
      contains_text(problem_with("kits create", {"--monthly-credits", "1x"}), "must be a number"));
}

TEST_CASE("commands are found by their words, a group alone is its list") {
  const auto found = [](const words& given) {
    const found_command one = find_command(given);
    return one.command == nullptr ? std::string() : std::string(one.command->name);
  };
  CHECK(found({"phone"}) == "phone list");
  CHECK(found({"phone", "--limit", "5"}) == "phone list");
  CHECK(found({"phone", "provision", "--area-code", "415"}) == "phone provision");
  CHECK(found({"phone", "quote"}) == "phone quote");
  CHECK(found({"phone", "quote", "get", "1"}) == "phone quote get");
  CHECK(found({"approvals", "watch"}) == "approvals watch");
  CHECK(found({"phone", "fly"}).empty());
  CHECK(found({}).empty());
  CHECK(nearest_command("phone provison") == "phone provision");
}

TEST_CASE("every command is whole: names once, an example of itself, holes filled by its values") {
  std::set<std::string_view> names, actions;
  for (const client_command* command : all_commands()) {
    CAPTURE(command->name);
    CHECK(names.insert(command->name).second);
    CHECK(actions.insert(command->action).second);
    CHECK(command->help.ends_with("."));
    const std::string group(command->name.substr(0, command->name.find(' ')));
    CHECK(command->example.starts_with(group));
    CHECK((command->run != nullptr || !command->method.empty()));
    std::string path(command->path);
    for (const auto values : {command->words, command->options}) {
      for (const command_value& value : values) {
        if (value.place != value_place::path) continue;
        const std::string hole = "{" + std::string(value.field) + "}";
        const std::size_t at = path.find(hole);
        REQUIRE(at != std::string::npos);
        path.erase(at, hole.size());
      }
    }
    CHECK(path.find('{') == std::string::npos);
    std::set<std::string> flags;
    for (const flag_spec& flag : flags_of(*command)) CHECK(flags.insert(flag.name).second);
    CHECK(flags.contains("--watch") == command->follows);
    CHECK(flags.contains("--all") == has_pages(*command));
    CHECK(contains_text(help_of(*command, "naive"), "Example:\n\n  naive " + group));
    // Whatever spends, releases or removes changes something, and so has a key.
    const bool asks = command->effect == command_effect::spends ||
                      command->effect == command_effect::releases ||
                      command->effect == command_effect::removes;
    const bool changes = command->method == "POST" || command->method == "DELETE";
    CHECK((!asks || changes || command->run != nullptr));
  }
}

}  // namespace dialplane::cli
