#include "edge/mcp/json_rpc.hpp"

#include <utility>

#include "base/check.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t rpc_id_bytes_max = 256;
constexpr std::size_t method_bytes_max = 128;

rpc_refusal invalid(std::string message) {
  return {.code = rpc_code::invalid_request, .message = std::move(message),
          .http_status = bad_request_status};
}

bool is_usable_id(const json::value& id) {
  if (const json::string* text = id.if_string()) return text->size() <= rpc_id_bytes_max;
  return id.is_int64() || id.is_uint64();
}

const json::object& no_params() {
  static const json::object none;
  return none;
}

}  // namespace

std::optional<json::value> usable_id(const json::object& message) {
  const json::value* id = message.if_contains("id");
  if (id == nullptr || !is_usable_id(*id)) return std::nullopt;
  return *id;
}

rpc_result<rpc_message> read_message(const json::object& message) {
  const json::value* version = message.if_contains("jsonrpc");
  if (version == nullptr || !version->is_string() || version->get_string() != "2.0") {
    return invalid("jsonrpc must be \"2.0\".");
  }
  const json::value* id = message.if_contains("id");
  if (id != nullptr && !is_usable_id(*id)) {
    return invalid("id must be a text of at most 256 bytes or a whole number.");
  }
  const json::value* method = message.if_contains("method");
  if (method == nullptr) {
    const bool is_response =
        id != nullptr && (message.contains("result") || message.contains("error"));
    if (!is_response) return invalid("method must be a text.");
    return rpc_message{rpc_kind::response, *id, {}, &no_params()};
  }
  const json::string* name = method->if_string();
  if (name == nullptr || name->empty() || name->size() > method_bytes_max) {
    return invalid("method must be a text of 1 to 128 bytes.");
  }
  const json::value* params = message.if_contains("params");
  if (params != nullptr && !params->is_object()) return invalid("params must be an object.");
  rpc_message read{.params = params != nullptr ? &params->get_object() : &no_params()};
  read.kind = id != nullptr ? rpc_kind::request : rpc_kind::notification;
  if (id != nullptr) read.id = *id;
  read.method = std::string_view(name->data(), name->size());
  return read;
}

std::string result_text(const json::value& id, json::object result) {
  return json::serialize(
      json::object{{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}});
}

std::string refusal_text(const std::optional<json::value>& id, const rpc_refusal& why) {
  json::object error{{"code", static_cast<int>(why.code)}, {"message", why.message}};
  if (why.data) error["data"] = *why.data;
  json::object answer{{"jsonrpc", "2.0"}};
  if (id) answer["id"] = *id;
  answer["error"] = std::move(error);
  return json::serialize(answer);
}

void throw_exception_from_error(const rpc_refusal&, const boost::source_location&) {
  CHECK(false);  // value() was called without a check
}

}  // namespace dialplane
