#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "edge/mcp_bridge/client_config.hpp"
#include "edge/mcp_bridge/json_splice.hpp"

using namespace dialplane;
namespace json = boost::json;

namespace {

const mcp_client& client(std::string_view name) {
  const mcp_client* found = find_mcp_client(name);
  REQUIRE(found != nullptr);
  return *found;
}

mcp_entry entry() {
  return {.name = "dialplane", .program = "/opt/dialplane", .server = "http://127.0.0.1:8080",
          .profile = {}, .key = {}};
}

std::string merge(std::string_view name, const std::string& text) {
  const result<std::string> made = merged(client(name), entry(), text);
  REQUIRE_MESSAGE(made.has_value(), text);
  CHECK_NOTHROW(json::parse(*made));
  return *made;
}

}  // namespace

TEST_CASE("mcp install: each client's form and place") {
  const json::object claude = settings_for(client("claude-desktop"), entry());
  CHECK(claude == json::parse(R"({"mcpServers":{"dialplane":{"command":"/opt/dialplane",
      "args":["mcp","--server","http://127.0.0.1:8080"]}}})"));
  const json::object cursor = settings_for(client("cursor"), entry());
  CHECK(cursor.at("mcpServers").at("dialplane").at("env") ==
        json::parse(R"({"DIALPLANE_API_KEY":"${env:DIALPLANE_API_KEY}"})"));
  const json::object vscode = settings_for(client("vscode"), entry());
  CHECK(vscode.at("servers").at("dialplane").at("type").get_string() == "stdio");
  CHECK(vscode.at("servers").at("dialplane").at("env") ==
        json::parse(R"({"DIALPLANE_API_KEY":"${input:dialplane-api-key}"})"));
  CHECK(vscode.at("inputs").at(0).at("password").get_bool());

  CHECK(file_of(client("vscode"), desktop::linux, "/home/a", "") ==
        "/home/a/.config/Code/User/mcp.json");
  CHECK(file_of(client("vscode"), desktop::linux, "/home/a", "/x") == "/x/Code/User/mcp.json");
  CHECK(file_of(client("cursor"), desktop::linux, "/home/a", "/x") == "/home/a/.cursor/mcp.json");
  CHECK(file_of(client("claude-desktop"), desktop::macos, "/Users/a", "/x") ==
        "/Users/a/Library/Application Support/Claude/claude_desktop_config.json");
  CHECK(file_of(client("claude-desktop"), desktop::windows, "", "") ==
        "%APPDATA%\\Claude\\claude_desktop_config.json");
}

TEST_CASE("mcp install: a key stands in the file only where that was asked for") {
  mcp_entry with_key = entry();
  with_key.key = "nv_sk_live_x";
  for (const mcp_client& each : all_mcp_clients()) {
    const json::object settings = settings_for(each, with_key);
    CHECK(settings.at(each.servers).at("dialplane").at("env").at("DIALPLANE_API_KEY") ==
          json::value("nv_sk_live_x"));
    CHECK_FALSE(settings.contains("inputs"));
    // Not even where it could not be written.
    const result<std::string> refusal = merged(each, with_key, "{ // comment\n}");
    REQUIRE(refusal.has_error());
    CHECK(refusal.error().hint.find("nv_sk_live_x") == std::string::npos);
    CHECK(refusal.error().hint.find("\"command\": \"/opt/dialplane\"") != std::string::npos);
  }
}

TEST_CASE("mcp install: a profile knows server and key") {
  mcp_entry kept = entry();
  kept.profile = "work";
  for (const mcp_client& each : all_mcp_clients()) {
    const json::object settings = settings_for(each, kept);
    const json::object& own = settings.at(each.servers).at("dialplane").get_object();
    CHECK(own.at("args") == json::parse(R"(["mcp", "--profile", "work"])"));
    CHECK_FALSE(own.contains("env"));
    CHECK_FALSE(settings.contains("inputs"));
  }
}

TEST_CASE("mcp install: merging leaves every other byte as it was") {
  const std::string before =
      "{\n\t\"number\": 1.50,\n\t\"mcpServers\": {\n\t\t\"other\": {\"command\": \"a \\\"b\\\"\"}"
      "\n\t},\n\t\"last\": [ ]\n}";
  const std::string after = merge("claude-desktop", before);
  const std::string head = before.substr(0, before.find("\n\t},"));
  CHECK(after.starts_with(head + ",\n\t\t\"dialplane\": {\n"));
  CHECK(after.ends_with(before.substr(before.find("\n\t},"))));
  CHECK(json::parse(after).at("mcpServers").get_object().size() == 2);
  // Again: nothing to do.
  CHECK(merge("claude-desktop", after) == after);
}

TEST_CASE("mcp install: empty files, missing members, an entry of ours from before") {
  for (const std::string text : {"", "  \n", "{}", " { \n } \n", "{\"mcpServers\":{}}"}) {
    CAPTURE(text);
    CHECK(json::parse(merge("cursor", text)) ==
          json::value(settings_for(client("cursor"), entry())));
  }
  const std::string old = R"({"mcpServers": {"dialplane": {"command": "gone", "args": [1, "}"]},
    "x": {}}})";
  const json::value fresh = json::parse(merge("cursor", old));
  CHECK(fresh.at("mcpServers").at("dialplane").at("command").get_string() == "/opt/dialplane");
  CHECK(fresh.at("mcpServers").at("x").get_object().empty());
  // A name that only looks the same when unescaped is the same.
  const std::string escaped = R"({"mcp\u0053ervers": {"x": {}}})";
  CHECK(json::parse(merge("cursor", escaped)).get_object().size() == 1);
}

TEST_CASE("mcp install: VS Code's question for the key is asked once") {
  const std::string before = R"({"inputs": [{"type": "promptString", "id": "mine"}]})";
  const std::string after = merge("vscode", before);
  const json::value made = json::parse(after);
  REQUIRE(made.at("inputs").get_array().size() == 2);
  CHECK(made.at("inputs").at(0).at("id").get_string() == "mine");
  CHECK(made.at("inputs").at(1).at("id").get_string() == "dialplane-api-key");
  CHECK(merge("vscode", after) == after);
}

TEST_CASE("mcp install: a file that is not understood is refused") {
  for (const std::string text :
       {"{", "[]", "// c\n{}", "{\"servers\": []}", "{\"servers\": null}", "{\"inputs\": {}}",
        "{\"a\":1,\"a\":2}", "\xef\xbb\xbf{}"}) {
    CAPTURE(text);
    const result<std::string> made = merged(client("vscode"), entry(), text);
    REQUIRE(made.has_error());
    CHECK(made.error().hint.find("\"servers\"") != std::string::npos);
  }
}

TEST_CASE("json splice: members and elements") {
  const std::string text = R"({"a": {"b": [1, {"c": "}"}], "d": -1.5e3}, "e": "x"})";
  const auto a = member_of(text, whole_value(text), "a");
  REQUIRE(a.has_value());
  const auto d = member_of(text, *a, "d");
  REQUIRE(d.has_value());
  CHECK(text.substr(d->begin, d->end - d->begin) == "-1.5e3");
  CHECK_FALSE(member_of(text, *a, "c").has_value());
  CHECK_FALSE(member_of("{}", {0, 2}, "a").has_value());
  const auto b = member_of(text, *a, "b");
  REQUIRE(b.has_value());
  CHECK(json::parse(with_element(text, *b, "2")).at("a").at("b").get_array().size() == 3);
  CHECK(json::parse(with_element("[]", {0, 2}, "2")) == json::parse("[2]"));
  CHECK(json::parse(with_member(text, *a, "d", "{\n  \"n\": 1\n}")).at("a").at("d").at("n") ==
        json::value(1));
}
