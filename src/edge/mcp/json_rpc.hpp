// JSON-RPC 2.0 as the Model Context Protocol uses it: one message in, one message out.
//
// A message has already passed base/json_gate (size, depth, UTF-8, no duplicate names); here its
// form is judged: request, notification or response, an id that is a text or a whole number, params
// that are an object. Batches do not exist. Pure functions. Nothing here knows HTTP except for the
// status that goes with a refusal.
#pragma once

#include <boost/json.hpp>
#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace dialplane {

// JSON-RPC's own codes, and those that the 2026-07-28 revision reserves (basic, "Error Codes").
enum class rpc_code : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  header_mismatch = -32020,
  unsupported_version = -32022,
  resource_not_found = -32002,  // up to 2025-11-25 only
};

// The HTTP status of a message that is wrong in itself.
inline constexpr int bad_request_status = 400;

struct rpc_refusal {
  rpc_code code;
  std::string message;
  int http_status = 200;
  std::optional<boost::json::object> data = {};
};

template <typename T>
using rpc_result = boost::system::result<T, rpc_refusal>;

enum class rpc_kind { request, notification, response };

struct rpc_message {
  rpc_kind kind = rpc_kind::request;
  boost::json::value id;                // null unless a request
  std::string_view method;              // empty for a response
  const boost::json::object* params;    // never null; empty where there are none
};

// `message` must outlive the answer.
rpc_result<rpc_message> read_message(const boost::json::object& message);

// The id of a message that is otherwise wrong, if it has a usable one.
std::optional<boost::json::value> usable_id(const boost::json::object& message);

std::string result_text(const boost::json::value& id, boost::json::object result);
// Without an id where none is known, as both revisions want it.
std::string refusal_text(const std::optional<boost::json::value>& id, const rpc_refusal& why);

// What boost::system::result asks for.
[[noreturn]] void throw_exception_from_error(const rpc_refusal& why,
                                             const boost::source_location& where);

}  // namespace dialplane
