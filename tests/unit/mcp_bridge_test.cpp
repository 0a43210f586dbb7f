#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "edge/mcp_bridge/bridge_answer.hpp"
#include "edge/mcp_bridge/bridge_message.hpp"
#include "edge/mcp_bridge/line_splitter.hpp"

using namespace dialplane;
namespace json = boost::json;

namespace {

using kind = bridge_message::kind;

std::vector<std::string> split(std::size_t limit, const std::vector<std::string>& pieces) {
  std::vector<std::string> lines;
  line_splitter splitter(limit, [&lines](line_splitter::line found) {
    lines.push_back(found.too_long ? "(too long)" : found.text);
  });
  for (const std::string& piece : pieces) splitter.take(piece);
  splitter.end();
  return lines;
}

bridge_message message_in(const std::string& text) {
  read_bridge_message message = read_message(text);
  REQUIRE_MESSAGE(message.has_value(), text);
  return *std::move(message);
}

// The error that answers what is no message.
json::object refusal(const std::string& text) {
  const read_bridge_message message = read_message(text);
  REQUIRE_MESSAGE(message.has_error(), text);
  CHECK(message.error().find('\n') == std::string::npos);
  return json::parse(message.error()).get_object();
}

std::string header_value(const std::vector<http_header>& headers, std::string_view name) {
  for (const http_header& each : headers) {
    if (equal_ignoring_case(each.name, name)) return each.value;
  }
  return "(none)";
}

http_answer answer_with(int status, std::string type, std::string body) {
  http_answer answer;
  answer.status = status;
  answer.headers = {{"Content-Type", std::move(type)}};
  answer.body = std::move(body);
  return answer;
}

const std::string list_call = R"({"jsonrpc":"2.0","id":7,"method":"tools/list"})";

json::object only_line(const bridge_answer& answer) {
  REQUIRE(answer.lines.size() == 1);
  CHECK(answer.lines[0].find('\n') == std::string::npos);
  return json::parse(answer.lines[0]).get_object();
}

}  // namespace

TEST_CASE("mcp bridge: input is cut into lines, whatever the pieces") {
  CHECK(split(10, {"a\nb\r\n\n\r\nc"}) == std::vector<std::string>{"a", "b", "c"});
  CHECK(split(10, {"a", "b", "", "c\nd", "\n"}) == std::vector<std::string>{"abc", "d"});
  CHECK(split(10, {}).empty());
  CHECK(split(3, {"abc\nabcd\nabc\r\nabcd\r\nx"}) ==
        std::vector<std::string>{"abc", "(too long)", "abc", "(too long)", "x"});
  CHECK(split(3, {"ab", "cdefgh", "ijkl\nx\n", "abcd"}) ==
        std::vector<std::string>{"(too long)", "x", "(too long)"});
}

TEST_CASE("mcp bridge: a message is passed on as it was written") {
  const std::string written = R"({"jsonrpc":"2.0", "id":"a","method":"ping"})";
  const bridge_message request = message_in("  " + written + "\t");
  CHECK(request.what == kind::request);
  CHECK(request.text == written);
  CHECK(request.id == json::value("a"));
  CHECK(message_in(R"({"jsonrpc":"2.0","method":"notifications/initialized"})").what ==
        kind::notification);
  CHECK(message_in(R"({"jsonrpc":"2.0","id":1,"result":{}})").what == kind::stray);
  CHECK(message_in(R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}})").what ==
        kind::stray);
  const bridge_message cancel = message_in(
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":12}})");
  CHECK(cancel.what == kind::cancellation);
  CHECK(cancel.id == json::value(12));
  CHECK(message_in(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{}})").what ==
        kind::notification);
}

TEST_CASE("mcp bridge: what is no message is answered with JSON-RPC's codes") {
  const auto code = [](const std::string& text) {
    return refusal(text).at("error").at("code").as_int64();
  };
  CHECK(code("hello") == rpc_parse_error);
  CHECK(code("{\"jsonrpc\":\"2.0\",\"id\":1,") == rpc_parse_error);
  CHECK(code("\"text\"") == rpc_parse_error);
  CHECK(code("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\xff\"}") == rpc_parse_error);
  CHECK(code("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"a\"}") == rpc_parse_error);
  CHECK(code(std::string(64, '{')) == rpc_parse_error);
  CHECK(code("[" + list_call + "," + list_call + "]") == rpc_invalid_request);
  CHECK(code("{}") == rpc_invalid_request);
  CHECK(code(R"({"jsonrpc":"1.0","id":1,"method":"ping"})") == rpc_invalid_request);
  CHECK(code(R"({"jsonrpc":"2.0","id":1})") == rpc_invalid_request);
  CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":5})") == rpc_invalid_request);
  CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":""})") == rpc_invalid_request);
  CHECK(code(R"({"jsonrpc":"2.0","id":null,"method":"ping"})") == rpc_invalid_request);
  CHECK(code(R"({"jsonrpc":"2.0","id":{},"method":"ping"})") == rpc_invalid_request);
  CHECK(refusal(R"({"jsonrpc":"2.0","id":5,"method":5})").at("id") == json::value(5));
  CHECK(refusal("hello").at("id").is_null());
}

TEST_CASE("mcp bridge: headers of 2026-07-28 come from the message, older ones from initialize") {
  const bridge_message fresh = message_in(
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"naive_phone_list",)"
      R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})");
  const auto headers = headers_of(fresh, "2025-11-25", "session");
  CHECK(header_value(headers, "MCP-Protocol-Version") == "2026-07-28");
  CHECK(header_value(headers, "Mcp-Method") == "tools/call");
  CHECK(header_value(headers, "Mcp-Name") == "naive_phone_list");
  CHECK(header_value(headers, "Mcp-Session-Id") == "(none)");
  CHECK(header_value(headers, "Accept") == "application/json, text/event-stream");

  const bridge_message older = message_in(list_call);
  CHECK(header_value(headers_of(older, "2025-11-25", "abc"), "MCP-Protocol-Version") ==
        "2025-11-25");
  CHECK(header_value(headers_of(older, "2025-11-25", "abc"), "Mcp-Session-Id") == "abc");
  CHECK(header_value(headers_of(older, "2025-11-25", "abc"), "Mcp-Method") == "(none)");
  CHECK(header_value(headers_of(older, "", ""), "MCP-Protocol-Version") == "(none)");
  const bridge_message hello = message_in(
      R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"x"}})");
  CHECK(header_value(headers_of(hello, "2025-11-25", "abc"), "MCP-Protocol-Version") == "(none)");
  CHECK(header_value(headers_of(hello, "2025-11-25", "abc"), "Mcp-Session-Id") == "(none)");

  const bridge_message resource = message_in(
      R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"phone://n\u00fc\r\n",)"
      R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})");
  CHECK(header_value(headers_of(resource, "", ""), "Mcp-Name") ==
        "=?base64?cGhvbmU6Ly9uw7wNCg==?=");
  const bridge_message long_name =
      message_in(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" +
                 std::string(9000, 'a') +
                 R"(","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})");
  CHECK(header_value(headers_of(long_name, "", ""), "Mcp-Name") == "(none)");
}

TEST_CASE("mcp bridge: texts in headers") {
  CHECK(header_text("plain text") == "plain text");
  CHECK(header_text("") == "=?base64?" "?=");
  CHECK(header_text(" padded") == "=?base64?IHBhZGRlZA==?=");
  CHECK(header_text("=?base64?YQ==?=") == "=?base64?PT9iYXNlNjQ/WVE9PT89?=");
  CHECK(header_text("a\r\nX: y") == "=?base64?YQ0KWDogeQ==?=");
}

TEST_CASE("mcp bridge: the call's own idempotency key is seen") {
  const bridge_message call = message_in(
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"naive_phone_provision",)"
      R"("arguments":{"idempotency_key":"mine"}}})");
  CHECK(call.calls_tool);
  CHECK(call.idempotency_key == "mine");
  CHECK_FALSE(message_in(list_call).calls_tool);
  const json::object told = json::parse(unknown_outcome_line(call, "k-1")).get_object();
  CHECK(told.at("id") == json::value(1));
  const json::object& outcome = told.at("result").get_object();
  CHECK(outcome.at("isError").get_bool());
  CHECK_FALSE(outcome.contains("resultType"));
  CHECK(outcome.at("structuredContent").at("verdict").get_string() == "unknown");
  CHECK(std::string(outcome.at("content").at(0).at("text").get_string()).find("k-1") !=
        std::string::npos);
}

TEST_CASE("mcp bridge: the server's answer is passed on unchanged, on one line") {
  const bridge_message request = message_in(list_call);
  const std::string body =
      "{\n \"jsonrpc\": \"2.0\",\r\n \"id\": 7, \"result\": {\"n\": 1.50}\n}\n";
  const bridge_answer read = read_answer(request, answer_with(200, "application/json", body));
  REQUIRE(read.lines.size() == 1);
  CHECK(read.lines[0] == "{  \"jsonrpc\": \"2.0\",   \"id\": 7, \"result\": {\"n\": 1.50} }");
  CHECK_FALSE(read.unsure);
}

TEST_CASE("mcp bridge: answers that are none") {
  const bridge_message request = message_in(list_call);
  const auto read_as = [&request](int status, std::string type, std::string body) {
    return read_answer(request, answer_with(status, std::move(type), std::move(body)));
  };
  // An error about no request in particular is about this one.
  const json::object about = only_line(read_as(
      400, "application/json; charset=utf-8",
      R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"No."}})"));
  CHECK(about.at("id") == json::value(7));
  CHECK(about.at("error").at("message").get_string() == "No.");

  const bridge_answer other = read_as(200, "application/json",
                                      R"({"jsonrpc":"2.0","id":8,"result":{}})");
  CHECK(only_line(other).at("error").at("code").as_int64() == rpc_server_error);
  CHECK_FALSE(other.unsure);
  const bridge_answer page = read_as(502, "text/html", "<h1>Bad gateway</h1>");
  CHECK(page.unsure);
  CHECK(only_line(page).at("id") == json::value(7));
  const json::object unknown_key = only_line(read_as(
      401, "application/json", R"({"error":{"code":"unauthorized","message":"No such key."}})"));
  const std::string words(unknown_key.at("error").at("message").get_string());
  CHECK(words.find("API key (401). It says: No such key.") != std::string::npos);
  CHECK(only_line(read_as(200, "application/json", "[]")).contains("error"));
  CHECK(only_line(read_as(202, "text/plain", "")).contains("error"));

  http_answer cut = answer_with(200, "application/json", R"({"jsonrpc":"2.0","id":7,"result":{}})");
  cut.cut = true;
  CHECK(only_line(read_answer(request, cut)).contains("error"));
  const bridge_message quiet =
      message_in(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  CHECK(read_answer(quiet, answer_with(500, "text/plain", "x")).lines.empty());
}

TEST_CASE("mcp bridge: an event stream's notifications come before its answer") {
  const bridge_message request = message_in(list_call);
  const std::string progress = R"({"jsonrpc":"2.0","method":"notifications/progress"})";
  const std::string answer = R"({"jsonrpc":"2.0","id":7,"result":{}})";
  const std::string ask = R"({"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"})";
  const auto lines = [&request](const std::string& body) {
    return read_answer(request, answer_with(200, "text/event-stream", body)).lines;
  };
  CHECK(lines(": hello\nid: 1\ndata: " + progress + "\n\nevent: message\r\ndata:" + answer +
              "\r\n\r\n") == std::vector<std::string>{progress, answer});
  CHECK(lines("data: " + ask + "\n\ndata: " + answer + "\n\ndata: " + progress + "\n\n") ==
        std::vector<std::string>{answer});
  // Cut off before the answer's event was complete.
  const std::vector<std::string> broken = lines("data: " + progress + "\n\ndata: " + answer + "\n");
  REQUIRE(broken.size() == 2);
  CHECK(json::parse(broken[1]).at("error").at("code").as_int64() == rpc_server_error);
}

TEST_CASE("mcp bridge: initialize's answer names version and session") {
  const bridge_message hello = message_in(R"({"jsonrpc":"2.0","id":0,"method":"initialize"})");
  http_answer answer = answer_with(
      200, "application/json",
      R"({"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}})");
  answer.headers.push_back({"mcp-session-id", "s-1"});
  const bridge_answer read = read_answer(hello, answer);
  CHECK(read.agreed == "2025-11-25");
  CHECK(read.session == "s-1");
}
