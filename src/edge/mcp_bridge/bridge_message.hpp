// One message of the Model Context Protocol as a client wrote it, and what the bridge must know of
// it to send it on over HTTP.
//
// Pure. The text itself is passed on unchanged; only these few members are looked at. Both
// revisions: 2025-11-25 agrees on a version once (initialize), 2026-07-28 names it in every message
// (params._meta), and its HTTP transport wants method and name in headers too.
#pragma once

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace dialplane {

struct bridge_limits {
  std::size_t message_bytes = 256 * 1024;
  std::size_t answer_bytes = 4 * 1024 * 1024;
  std::size_t depth = 32;
  std::size_t members = 20'000;  // of one object or array
};

struct bridge_message {
  enum class kind {
    request,
    notification,
    cancellation,  // a notification: a request's answer is not wanted any more
    stray,         // an answer, though nothing was asked
  };

  kind what = kind::request;
  std::string text;           // as read
  std::string method;
  boost::json::value id;      // of a request; of a cancellation: of the request it ends
  std::string version;        // named in this message; empty: agreed earlier
  std::string name;           // of the tool, prompt or resource; empty: none
  bool calls_tool = false;
  std::string idempotency_key;  // the call's own argument
};

// JSON-RPC's and MCP's codes.
inline constexpr int rpc_parse_error = -32700;
inline constexpr int rpc_invalid_request = -32600;
inline constexpr int rpc_internal_error = -32603;
inline constexpr int rpc_server_error = -32000;

// The message, or the line that answers what is none: text that is no JSON object, several messages
// in one, an id that is no text and no number.
using read_bridge_message = boost::system::result<bridge_message, std::string>;
read_bridge_message read_message(std::string text, const bridge_limits& limits = {});

// Besides authorization and the idempotency key. `agreed`: the version that initialize's answer
// named, `session` what its header Mcp-Session-Id did; empty where there was none.
std::vector<http_header> headers_of(const bridge_message& message, std::string_view agreed,
                                    std::string_view session);

// A text as the value of a header: itself where it is plain visible ASCII, else as
// =?base64?...?= (2026-07-28, "value encoding").
std::string header_text(std::string_view text);

// One line each, without its end. `id` null: nobody knows which request is meant.
std::string error_line(const boost::json::value& id, int code, std::string_view sentence,
                       std::string_view reason = {});
// The answer to a tool's call of which nobody knows whether it was done. `key` is the one it was
// sent with: with it, it can be asked again and is not done twice.
std::string unknown_outcome_line(const bridge_message& message, std::string_view key);

}  // namespace dialplane
