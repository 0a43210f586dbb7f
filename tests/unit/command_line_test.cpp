// The words of a command line, the commands' table, and what keys and times may look like.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "domain/legal_entity_rules.hpp"
#include "edge/cli/arguments.hpp"
#include "server/command_table.hpp"
#include "server/demo_company.hpp"
#include "server/key_commands.hpp"
#include "app/new_keys.hpp"
#include "server/start_banner.hpp"

using namespace dialplane;

namespace {

const std::vector<flag_spec> known = {{"--name", "NAME", ""}, {"--json", "", ""}};

result<parsed_arguments> parse(std::vector<std::string> words) {
  return parse_arguments(words, known);
}

}  // namespace

TEST_CASE("arguments: values, switches and words in any order") {
  const auto parsed = parse({"one", "--name", "a b", "--json", "two"});
  REQUIRE(parsed.has_value());
  CHECK(parsed->words == std::vector<std::string>{"one", "two"});
  CHECK(parsed->text_of("--name") == "a b");
  CHECK(parsed->text_of("--json") == "true");
  CHECK(parse({"--name=x=y"})->text_of("--name") == "x=y");
  CHECK(parse({"--name", "-1"})->text_of("--name") == "-1");
  CHECK_FALSE(parse({})->has("--name"));
}

TEST_CASE("arguments: an unknown option and a missing value are named") {
  CHECK(parse({"--nam", "x"}).error().message ==
        "There is no option --nam here. Did you mean --name?");
  CHECK(parse({"-x"}).error().message.find("-x") != std::string::npos);
  CHECK(parse({"--name", "a", "--name", "b"}).error().message == "--name is given twice.");
  CHECK(parse({"--name"}).error().message == "--name wants a value: --name NAME.");
  CHECK(parse({"--name", "--json"}).error().message == "--name wants a value: --name NAME.");
}

TEST_CASE("commands: each has a name and an example of its own, and a help text that shows it") {
  std::set<std::string_view> names;
  for (const command_row& row : all_commands()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    const std::string help = help_text(row);
    CHECK(help.find("Usage: dialplane " + std::string(row.name)) != std::string::npos);
    CHECK(help.find(std::string(row.example)) != std::string::npos);
    for (const flag_spec& flag : flags_of(row)) {
      CHECK(help.find(flag.name) != std::string::npos);
    }
  }
  CHECK(help_text("keys").find("keys revoke ID") != std::string::npos);
  CHECK(help_text("nothing").empty());
}

TEST_CASE("expiry: durations and times that lie ahead") {
  const timestamp now{1'800'000'000'000};
  CHECK(parse_expiry("30d", now)->unix_ms == now.unix_ms + 30LL * 24 * 3'600'000);
  CHECK(parse_expiry("12h", now)->unix_ms == now.unix_ms + 12LL * 3'600'000);
  CHECK(parse_expiry("45m", now)->unix_ms == now.unix_ms + 45LL * 60'000);
  CHECK(parse_expiry("90s", now)->unix_ms == now.unix_ms + 90'000);
  CHECK(parse_expiry("2100-01-01T00:00:00Z", now).has_value());
  for (const std::string_view bad : {"", "0d", "-1d", "30", "30w", "soon", "1d2h", "100001d",
                                     "2000-01-01T00:00:00Z", "99999999999999999999d"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_expiry(bad, now).has_value());
  }
}

TEST_CASE("keys: made ones have their form, and the row keeps no text") {
  seeded_random random(7);
  const secret_string made = make_key_text(key_role::agent_key, random);
  CHECK(made.reveal().starts_with("nv_sk_live_"));
  CHECK(made.reveal().size() == 11 + 32);
  CHECK(make_key_text(key_role::operator_key, random).reveal().starts_with("nv_pk_live_"));
  CHECK(make_key_text(key_role::agent_key, random).reveal() != made.reveal());
  CHECK(check_given_key("KEY", made.reveal()).has_value());
  for (const std::string_view bad : {"", "short", "with a space in the middle of it",
                                     "with-a-\x01-control-character"}) {
    CHECK_FALSE(check_given_key("KEY", bad).has_value());
  }
  const api_key row = row_of_key(made, key_role::agent_key, {}, {}, {});
  CHECK(row.hint == "nv_sk_live_…" + std::string(made.reveal().substr(39)));
}

TEST_CASE("the demo's company passes what submit asks for") {
  CHECK(missing_entity_fields(demo_company()).empty());
  const auto read = read_legal_entity_changes(demo_company());
  REQUIRE(read.has_value());
  CHECK_FALSE(read->ein.present);
}

TEST_CASE("the banner shows keys only when they are new") {
  first_start_report report;
  report.made_now = true;
  report.operator_key = secret_string("nv_pk_live_operator");
  report.agent_key = secret_string("nv_sk_live_agent");
  const std::string first = start_banner(report, true, "http://127.0.0.1:1");
  CHECK(first.find("nv_pk_live_operator") != std::string::npos);
  CHECK(first.find("Bearer nv_sk_live_agent") != std::string::npos);
  CHECK(first.ends_with("\nlistening on http://127.0.0.1:1\n"));
  report.made_now = false;
  const std::string later = start_banner(report, true, "http://127.0.0.1:1");
  CHECK(later.find("nv_pk_live") == std::string::npos);
  CHECK(later.find("nv_sk_live") == std::string::npos);
  CHECK(later.find("Bearer $DIALPLANE_AGENT_KEY") != std::string::npos);
  CHECK(start_banner(report, false, "http://127.0.0.1:1") == "listening on http://127.0.0.1:1\n");
}
