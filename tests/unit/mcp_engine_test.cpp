// The Model Context Protocol engine alone: whatever it is sent, it answers once, in one JSON-RPC
// message, and asks the REST edge only for what a known tool stands for.
#include "edge/mcp/mcp_engine.hpp"

#include <doctest/doctest.h>

#include <set>

#include "base/json_gate.hpp"
#include "edge/mcp/tool_request.hpp"
#include "support/show_results.hpp"

using namespace dialplane;

namespace {

namespace json = boost::json;

struct heard {
  mcp_answer answer;
  json::object body;
  std::vector<http_request> asked;
};

http_request modern_request(std::string_view method, std::string_view name = {}) {
  http_request request;
  request.method = "POST";
  request.path = "/mcp";
  request.headers = {{"MCP-Protocol-Version", "2026-07-28"},
                     {"Mcp-Method", std::string(method)}};
  if (!name.empty()) request.headers.push_back({"Mcp-Name", std::string(name)});
  return request;
}

heard say(std::string_view text, const http_request& outer = {},
          http_response rest = {.status = 200, .body = R"({"phones":[],"next_cursor":null})"}) {
  static const mcp_engine engine{price_list{}};
  const auto message = parse_json_object(text);
  REQUIRE(message);
  heard all;
  int answers = 0;
  engine.answer(
      *message, outer,
      [&](http_request request, unique_function<void(http_response)> then) {
        all.asked.push_back(std::move(request));
        then(std::move(rest));
      },
      [&](mcp_answer answer) {
        ++answers;
        all.answer = std::move(answer);
      });
  CHECK(answers == 1);
  if (!all.answer.body.empty()) {
    const auto body = parse_json_object(all.answer.body, {.max_bytes = 1 << 20});
    REQUIRE(body);
    all.body = *body;
  }
  return all;
}

std::int64_t code_in(const heard& all) {
  const json::value* fault = all.body.if_contains("error");
  return fault != nullptr ? fault->at("code").as_int64() : 0;
}

std::string call_of(std::string_view name, std::string_view arguments) {
  return R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" +
         std::string(name) + R"(","arguments":)" + std::string(arguments) + "}}";
}

}  // namespace

TEST_CASE("messages that are none") {
  for (const char* text :
       {R"({})", R"({"jsonrpc":"2.0"})", R"({"jsonrpc":2,"id":1,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":true,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":1.0,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":null,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":1,"method":""})",
        R"({"jsonrpc":"2.0","id":1,"method":"ping","params":null})",
        R"({"jsonrpc":"2.0","result":{}})"}) {
    const heard all = say(text);
    CAPTURE(text);
    CHECK(all.answer.http_status == 400);
    CHECK(code_in(all) == -32600);
    CHECK(all.asked.empty());
  }
  CHECK(code_in(say(R"({"jsonrpc":"2.0","id":")" + std::string(300, 'x') +
                    R"(","method":"ping"})")) == -32600);
}

TEST_CASE("the id comes back as it was") {
  for (const char* id : {"0", "-7", "18446744073709551615", "\"\"", "\"a b\""}) {
    const heard all = say(R"({"jsonrpc":"2.0","method":"ping","id":)" + std::string(id) + "}");
    CHECK(json::serialize(all.body.at("id")) == id);
    CHECK(all.body.contains("result"));
  }
}

TEST_CASE("notifications and responses are taken and change nothing") {
  for (const char* text : {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
                           R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":
                               "naive_phone_release","arguments":{"phone_id":"a-b"}}})",
                           R"({"jsonrpc":"2.0","id":3,"result":{}})"}) {
    const heard all = say(text);
    CHECK(all.answer.http_status == 202);
    CHECK(all.answer.body.empty());
    CHECK(all.asked.empty());
  }
}

TEST_CASE("a tool call is one REST request") {
  const heard all = say(call_of("naive_phone_messages",
                                R"({"phone_id":"a-1","limit":5,"cursor":"x&y=#","user_id":"u"})"));
  REQUIRE(all.asked.size() == 1);
  const http_request& request = all.asked.front();
  CHECK(request.method == "GET");
  CHECK(request.path == "/v1/phone/a-1/messages");
  CHECK(request.query == "limit=5&cursor=x%26y%3D%23");
  REQUIRE(request.header("x-naive-user-id") != nullptr);
  CHECK(*request.header("x-naive-user-id") == "u");
  CHECK(request.header("authorization") == nullptr);
  CHECK(request.body.empty());
}

TEST_CASE("arguments of the body go there untouched, keys into their header") {
  const heard all = say(call_of(
      "naive_phone_provision", R"({"ein":"12-3456789","area_code":415,"idempotency_key":"k"})"));
  REQUIRE(all.asked.size() == 1);
  CHECK(all.asked.front().body == R"({"ein":"12-3456789","area_code":415})");
  CHECK(*all.asked.front().header("idempotency-key") == "k");
}

TEST_CASE("hostile arguments ask for nothing") {
  for (const char* arguments :
       {R"({"phone_id":"status"})", R"({"phone_id":"../x-y"})", R"({"phone_id":"a-b/c"})",
        R"({"phone_id":"a-b?x=1"})", R"({"phone_id":""})", R"({"phone_id":{}})",
        R"({"phone_id":["a-b"]})", R"({"phone_id":null})", R"({"phone_id":"a-\r\nb"})",
        R"({"phone_id":"a-b","Phone_id":"a-b"})", R"({"__proto__":{},"phone_id":"a-b"})",
        R"({})"}) {
    CAPTURE(arguments);
    const heard all = say(call_of("naive_phone_get", arguments));
    CHECK(all.asked.empty());
    CHECK(all.body.at("result").at("isError").as_bool());
    CHECK(all.body.at("result").at("structuredContent").at("ok") == json::value(false));
  }
}

TEST_CASE("the nearest name is told") {
  const heard all = say(call_of("naive_phone_get", R"({"phoneid":"a-b"})"));
  const json::value& told = all.body.at("result").at("structuredContent").at("error");
  CHECK(std::string_view(told.at("message").as_string()).find("phone_id") !=
        std::string_view::npos);
  const heard wrong = say(call_of("naive_phone_gett", "{}"));
  CHECK(code_in(wrong) == -32602);
  const auto message = wrong.body.at("error").at("message").as_string();
  CHECK(std::string_view(message).find("naive_phone_get?") != std::string_view::npos);
}

TEST_CASE("a REST answer that is no JSON is an unknown outcome, not a success") {
  for (const char* body : {"", "x", "[]", "{}"}) {
    const heard all = say(call_of("naive_phone_list", "{}"), {}, {.status = 200, .body = body});
    const json::value& result = all.body.at("result");
    CHECK(result.at("isError").as_bool());
    CHECK(result.at("structuredContent").at("verdict") == json::value("unknown"));
  }
}

TEST_CASE("refusals become verdicts") {
  const auto verdict = [](int status, const char* body) {
    const heard all = say(call_of("naive_phone_list", "{}"), {}, {.status = status, .body = body});
    CHECK(all.body.at("result").at("isError").as_bool());
    return all.body.at("result").at("structuredContent");
  };
  const json::value pending = verdict(
      409, R"({"error":{"code":"compliance_pending","message":"Not yet.","hint":"See it."}})");
  CHECK(pending.at("verdict") == json::value("refused"));
  CHECK(pending.at("reason") == json::value("compliance_pending"));
  CHECK(pending.at("retryable") == json::value(true));
  CHECK(pending.at("recovery").at(0).at("action") == json::value("naive_phone_status"));
  const json::value gone = verdict(
      502, R"({"error":{"code":"provider_error","message":"x","reason":"carrier_unavailable"}})");
  CHECK(gone.at("verdict") == json::value("failed"));
  const json::value open = verdict(
      502,
      R"({"error":{"code":"provider_error","message":"x","reason":"carrier_outcome_unknown"}})");
  CHECK(open.at("verdict") == json::value("unknown"));
  CHECK(verdict(500, "boom").at("verdict") == json::value("unknown"));
}

TEST_CASE("a modern request: headers must say what the message says") {
  const std::string text = R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{
      "io.modelcontextprotocol/protocolVersion":"2026-07-28",
      "io.modelcontextprotocol/clientCapabilities":{}}}})";
  CHECK(say(text, modern_request("tools/list")).body.contains("result"));
  CHECK(code_in(say(text, modern_request("tools/call"))) == -32020);
  CHECK(code_in(say(text)) == -32020);
  http_request twice = modern_request("tools/list");
  twice.headers.push_back({"mcp-method", "tools/list"});
  CHECK(code_in(say(text, twice)) == -32020);
}

TEST_CASE("mirrored header values") {
  CHECK(mirrored_value("plain") == "plain");
  CHECK(mirrored_value("=?base64?SGVsbG8=?=") == "Hello");
  CHECK(mirrored_value("=?base64?SGVsbG8=") == "=?base64?SGVsbG8=");
  CHECK(!mirrored_value("=?base64?SGVsbG8?="));
  CHECK(!mirrored_value("=?base64?SGVs!!!bG8=?="));
  CHECK(!mirrored_value("a\nb"));
  CHECK(!mirrored_value("h\xc3\xa9"));
}

TEST_CASE("what can be an id") {
  CHECK(may_be_id("0198c2a4-0000-7000-8000-000000000000"));
  CHECK(may_be_id("pn_abc"));
  for (const char* word : {"status", "available", "", "a/b-c", "a-b.", "a b-c", "%2e-"}) {
    CHECK(!may_be_id(word));
  }
  CHECK(!may_be_id(std::string(65, '-')));
}

TEST_CASE("the listed schemas hold together") {
  const mcp_engine engine{price_list{}};
  std::set<std::string> names;
  for (const json::value& tool : engine.catalog().listed_tools()) {
    CHECK(names.insert(std::string(tool.at("name").as_string())).second);
    CHECK(tool.at("outputSchema").at("$defs").as_object().contains("verdict"));
    CHECK(json::serialize(tool.at("description")).find('{') ==
          json::serialize(tool.at("description")).find("{\\\"status"));
  }
  CHECK(names.size() == 15);
}
