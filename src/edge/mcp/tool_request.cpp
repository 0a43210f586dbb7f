#include "edge/mcp/tool_request.hpp"

#include <algorithm>
#include <utility>

#include "base/object_reader.hpp"
#include "net/form_encoding.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t path_value_bytes_max = 1024;
constexpr std::size_t id_bytes_max = 64;

http_request inner_request(std::string method, const http_request& outer) {
  http_request inner;
  inner.method = std::move(method);
  inner.peer = outer.peer;
  inner.tls = outer.tls;
  inner.received_at = outer.received_at;
  return inner;
}

error unknown_argument(const mcp_tool& tool, std::string_view name) {
  constexpr std::size_t limit = 3;
  std::string_view nearest;
  std::size_t least = limit + 1;
  for (const tool_argument& known : tool.arguments) {
    const std::size_t distance =
        name.size() > id_bytes_max ? least : edit_distance(name, known.name, limit);
    if (distance >= least) continue;
    least = distance;
    nearest = known.name;
  }
  std::string message = tool.name + " has no argument " + std::string(name) + ".";
  if (!nearest.empty()) message += " Did you mean " + std::string(nearest) + "?";
  return bad_field(std::string(name), std::move(message));
}

// The text of an argument that goes elsewhere than into the body.
result<std::string> plain_text(const tool_argument& argument, const json::value& value) {
  if (argument.takes_number) {
    if (value.is_int64()) return std::to_string(value.get_int64());
    return bad_field(argument.name, argument.name + " must be a whole number.");
  }
  const json::string* text = value.if_string();
  if (text == nullptr || text->empty() || text->size() > path_value_bytes_max) {
    return bad_field(argument.name, argument.name + " must be a text of 1 to 1024 characters.");
  }
  return std::string(std::string_view(*text));
}

std::string header_name(std::string_view argument) {
  return argument == "user_id" ? "X-Naive-User-Id" : "Idempotency-Key";
}

void append_query(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query.append(name).append("=").append(percent_encoded(value));
}

result<void> place_in_path(std::string& path, const tool_argument& argument,
                           std::string_view value) {
  if (!may_be_id(value)) {
    error failure = refused(error_code::resource_not_found,
                            argument.name + " is not an id of this server.");
    failure.field = argument.name;
    return failure;
  }
  const std::string place = "{" + argument.name + "}";
  const std::size_t at = path.find(place);
  if (at != std::string::npos) path.replace(at, place.size(), value);
  return {};
}

result<void> place_argument(const tool_argument& argument, const json::value& value,
                            http_request& into, json::object& body) {
  if (argument.place == argument_place::body) {
    body[argument.name] = value;
    return {};
  }
  TRY_ASSIGN(const std::string text, plain_text(argument, value));
  switch (argument.place) {
    case argument_place::path: return place_in_path(into.path, argument, text);
    case argument_place::query: append_query(into.query, argument.name, text); return {};
    default: into.headers.push_back({header_name(argument.name), text}); return {};
  }
}

result<void> judge_names(const mcp_tool& tool, const json::object& arguments) {
  for (const auto& [name, value] : arguments) {
    const auto known = [&name](const tool_argument& each) { return each.name == name; };
    if (std::none_of(tool.arguments.begin(), tool.arguments.end(), known)) {
      return unknown_argument(tool, name);
    }
  }
  return {};
}

}  // namespace

bool may_be_id(std::string_view text) noexcept {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '-' || c == '_';
  };
  // Every id has a hyphen or an underscore; the words of our paths have none.
  return !text.empty() && text.size() <= id_bytes_max &&
         std::all_of(text.begin(), text.end(), fits) &&
         text.find_first_of("-_") != std::string_view::npos;
}

result<http_request> request_of_tool(const mcp_tool& tool, const json::object& arguments,
                                     const http_request& outer) {
  TRY(judge_names(tool, arguments));
  http_request inner = inner_request(tool.method, outer);
  const json::value* names_one = arguments.if_contains(tool.other_path_argument);
  const bool other = names_one != nullptr && !names_one->is_null();
  inner.path = other ? tool.other_path : tool.path;
  inner.query = tool.fixed_query;
  json::object body;
  for (const tool_argument& argument : tool.arguments) {
    const json::value* value = arguments.if_contains(argument.name);
    const bool given = value != nullptr && !value->is_null();
    if (given) {
      TRY(place_argument(argument, *value, inner, body));
    } else if (argument.required) {
      return bad_field(argument.name, argument.name + " is required.");
    }
  }
  if (other && !inner.query.empty()) {
    return bad_field(tool.other_path_argument,
                     tool.other_path_argument + " is given alone: it names one thing.");
  }
  if (tool.method == "POST") {
    inner.headers.push_back({"Content-Type", "application/json"});
    inner.body = json::serialize(body);
  }
  // A client between (`dialplane mcp`) that sends the same message again says so with a header;
  // the call's own argument wins.
  const std::string* key = outer.header("Idempotency-Key");
  const auto is_key = [](const http_header& one) { return one.name == "Idempotency-Key"; };
  if (tool.method != "GET" && key != nullptr &&
      std::none_of(inner.headers.begin(), inner.headers.end(), is_key)) {
    inner.headers.push_back({"Idempotency-Key", *key});
  }
  return inner;
}

http_request request_of_resource(std::string_view target, const http_request& outer) {
  http_request inner = inner_request("GET", outer);
  const std::size_t question = target.find('?');
  inner.path = target.substr(0, question);
  if (question != std::string_view::npos) inner.query = target.substr(question + 1);
  return inner;
}

}  // namespace dialplane
