// Any bytes as a message of the Model Context Protocol, in both revisions: the gate refuses them,
// or the engine answers exactly once with one JSON-RPC message, and asks the REST edge at most
// once, only under the paths its tools stand for.
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "base/json_gate.hpp"
#include "base/utf8.hpp"
#include "edge/mcp/mcp_engine.hpp"

namespace {

namespace json = boost::json;
using namespace dialplane;

std::string text_at(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                : std::string();
}

// The headers a client of the modern revision would send with this message.
http_request outer_request(const json::object& message) {
  http_request outer;
  outer.headers = {{"MCP-Protocol-Version", "2026-07-28"},
                   {"Mcp-Method", text_at(message, "method")}};
  if (const json::value* params = message.if_contains("params"); params && params->is_object()) {
    const std::string name = text_at(params->get_object(), "name");
    outer.headers.push_back(
        {"Mcp-Name", name.empty() ? text_at(params->get_object(), "uri") : name});
  }
  return outer;
}

void check_request(const http_request& request) {
  CHECK(request.method == "GET" || request.method == "POST" || request.method == "DELETE");
  CHECK(request.path.starts_with("/v1/phone") || request.path.starts_with("/v1/approvals") ||
        request.path.starts_with("/v1/operations/"));
  CHECK(request.path.find("..") == std::string::npos);
  CHECK(request.path.find('{') == std::string::npos);
  CHECK(request.method != "DELETE" || request.path.starts_with("/v1/phone/"));
  CHECK(request.body.empty() || parse_json_object(request.body).has_value());
}

void check_answer(const mcp_answer& answer) {
  if (answer.body.empty()) {
    CHECK(answer.http_status == 202);
    return;
  }
  CHECK(is_valid_utf8(answer.body));
  const json::value body = json::parse(answer.body);
  CHECK(body.at("jsonrpc") == json::value("2.0"));
  CHECK(body.as_object().contains("result") != body.as_object().contains("error"));
  CHECK(!body.as_object().contains("result") || answer.http_status == 200);
}

void run(const mcp_engine& engine, const json::object& message, const http_request& outer,
         int rest_status) {
  int answers = 0;
  int questions = 0;
  engine.answer(
      message, outer,
      [&](http_request request, unique_function<void(http_response)> then) {
        ++questions;
        check_request(request);
        http_response rest;
        rest.status = rest_status;
        rest.body = R"({"error":{"code":"x","message":"y"},"phones":[{"id":"a-b"}],"n":0.04})";
        then(std::move(rest));
      },
      [&](mcp_answer answer) {
        ++answers;
        check_answer(answer);
      });
  CHECK(answers == 1);
  CHECK(questions <= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mcp_engine engine{price_list{}};
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto message = parse_json_object(body);
  if (!message) return 0;
  run(engine, *message, {}, 200);
  run(engine, *message, outer_request(*message), 200);
  run(engine, *message, outer_request(*message), 409);
  return 0;
}
