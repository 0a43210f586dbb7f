#include "edge/mcp_bridge/bridge_message.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <span>
#include <utility>

#include "base/crypto.hpp"
#include "base/json_gate.hpp"
#include "base/utf8.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::string_view version_member = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view encoded_prefix = "=?base64?";
constexpr std::string_view encoded_suffix = "?=";
constexpr std::size_t header_text_max = 1024;  // longer ones would be refused with the whole head

bool is_id(const json::value& id) { return id.is_string() || id.is_number(); }

std::string text_member(const json::object& from, std::string_view name) {
  const json::value* found = from.if_contains(name);
  if (found == nullptr || !found->is_string()) return {};
  return std::string(found->get_string());
}

const json::object* object_member(const json::object& from, std::string_view name) {
  const json::value* found = from.if_contains(name);
  return found == nullptr ? nullptr : found->if_object();
}

// Which member of params the header Mcp-Name repeats.
std::string_view name_member(std::string_view method) {
  if (method == "tools/call" || method == "prompts/get") return "name";
  if (method == "resources/read") return "uri";
  return {};
}

void read_params(const json::object& params, bridge_message& message) {
  if (const json::object* meta = object_member(params, "_meta")) {
    message.version = text_member(*meta, version_member);
  }
  const std::string_view named = name_member(message.method);
  if (!named.empty()) message.name = text_member(params, named);
  if (!message.calls_tool) return;
  if (const json::object* arguments = object_member(params, "arguments")) {
    message.idempotency_key = text_member(*arguments, "idempotency_key");
  }
}

std::string refusal(const error& failure) {
  if (failure.code == error_code::payload_too_large) {
    return error_line(nullptr, rpc_invalid_request, "The message is too large.");
  }
  return error_line(nullptr, rpc_parse_error, failure.message);
}

}  // namespace

read_bridge_message read_message(std::string text, const bridge_limits& limits) {
  const std::string_view body = trim(text);
  if (body.starts_with('[')) {
    return error_line(nullptr, rpc_invalid_request, "Several messages in one are not understood; "
                                                    "send one per line.");
  }
  const json_limits gate{.max_bytes = limits.message_bytes,
                         .max_depth = limits.depth,
                         .max_string_bytes = limits.message_bytes,
                         .max_members = limits.members};
  const result<json::object> parsed = parse_json_object(body, gate);
  if (!parsed) return refusal(parsed.error());

  const json::value* id = parsed->if_contains("id");
  const json::value shown_id = id != nullptr && is_id(*id) ? *id : json::value(nullptr);
  if (text_member(*parsed, "jsonrpc") != "2.0") {
    return error_line(shown_id, rpc_invalid_request, "\"jsonrpc\" must be \"2.0\".");
  }
  bridge_message message;
  message.text = std::string(body);
  const json::value* method = parsed->if_contains("method");
  if (method == nullptr && (parsed->contains("result") || parsed->contains("error"))) {
    message.what = bridge_message::kind::stray;
    return message;
  }
  if (method == nullptr || !method->is_string() || method->get_string().empty()) {
    return error_line(shown_id, rpc_invalid_request, "\"method\" must be a text.");
  }
  if (id != nullptr && shown_id.is_null()) {
    return error_line(nullptr, rpc_invalid_request, "\"id\" must be a text or a number.");
  }
  message.method = std::string(method->get_string());
  message.calls_tool = message.method == "tools/call";
  const json::object* params = object_member(*parsed, "params");
  if (params != nullptr) read_params(*params, message);
  if (id != nullptr) {
    message.id = *id;
    return message;
  }
  message.what = bridge_message::kind::notification;
  if (message.method == "notifications/cancelled" && params != nullptr) {
    if (const json::value* ended = params->if_contains("requestId"); ended && is_id(*ended)) {
      message.what = bridge_message::kind::cancellation;
      message.id = *ended;
    }
  }
  return message;
}

std::string header_text(std::string_view text) {
  const bool plain = !text.empty() && text == trim(text) &&
                     std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; }) &&
                     !(text.starts_with(encoded_prefix) && text.ends_with(encoded_suffix));
  if (plain) return std::string(text);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  return std::string(encoded_prefix) + base64(std::span(bytes, text.size())) +
         std::string(encoded_suffix);
}

std::vector<http_header> headers_of(const bridge_message& message, std::string_view agreed,
                                    std::string_view session) {
  std::vector<http_header> headers{{"Content-Type", "application/json"},
                                   {"Accept", "application/json, text/event-stream"}};
  const auto add = [&headers](std::string name, std::string_view text) {
    if (text.size() > header_text_max) return;
    headers.push_back({std::move(name), header_text(text)});
  };
  if (!message.version.empty()) {
    add("MCP-Protocol-Version", message.version);
    add("Mcp-Method", message.method);
    if (!message.name.empty()) add("Mcp-Name", message.name);
    return headers;
  }
  if (!agreed.empty() && message.method != "initialize") add("MCP-Protocol-Version", agreed);
  if (!session.empty() && message.method != "initialize") add("Mcp-Session-Id", session);
  return headers;
}

std::string error_line(const json::value& id, int code, std::string_view sentence,
                       std::string_view reason) {
  json::object failure{{"code", code}, {"message", sentence}};
  if (!reason.empty()) failure["data"] = json::object{{"reason", reason}};
  return json::serialize(json::object{{"jsonrpc", "2.0"}, {"id", id}, {"error", failure}});
}

std::string unknown_outcome_line(const bridge_message& message, std::string_view key) {
  const std::string sentence =
      "Nobody knows whether this was done: the connection to the server broke and the answer did "
      "not come. Do not simply repeat it.";
  const std::string again = "The same arguments and idempotency_key \"" + std::string(key) +
                            "\": it is then done once at most, and the answer comes.";
  const json::object told{
      {"ok", false},
      {"verdict", "unknown"},
      {"reason", "outcome_unknown"},
      {"retryable", true},
      {"error", json::object{{"code", "outcome_unknown"}, {"message", sentence}}},
      {"recovery",
       json::array{json::object{{"action", message.name}, {"description", again}},
                   json::object{{"action", "naive_phone_list"},
                                {"description", "Look whether it has happened."}}}},
      {"alternatives", json::array()},
      {"idempotency_key", key}};
  const json::object shown{{"type", "text"},
                           {"text", sentence + " " + message.name + ": " + again}};
  json::object outcome{{"structuredContent", told}, {"isError", true}};
  outcome["content"].emplace_array().push_back(shown);
  if (!message.version.empty()) outcome["resultType"] = "complete";
  return json::serialize(
      json::object{{"jsonrpc", "2.0"}, {"id", message.id}, {"result", std::move(outcome)}});
}

}  // namespace dialplane
