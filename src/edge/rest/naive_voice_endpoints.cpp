// Where an agent takes its calls: /v1/voice-endpoints/{agent_id}.
#include <algorithm>

#include "app/voice_endpoints.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"
#include "edge/rest/rest_service.hpp"
#include "net/address_guard.hpp"
#include "net/http_url.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr text_rule target_rule{.min = 1, .max = 2'000};
constexpr text_rule username_rule{.min = 1, .max = 64};
constexpr text_rule password_rule{.min = 1, .max = 128};

json::object render_voice_endpoint(const voice_endpoint& row) {
  json::object out;
  out["agent_id"] = row.agent.uuid();
  out["type"] = name_of_value(row.kind);
  out[row.kind == voice_endpoint_kind::websocket ? "url" : "uri"] = row.target;
  if (row.kind == voice_endpoint_kind::sip) {
    out["username"] = row.username.empty() ? json::value(nullptr) : json::value(row.username);
  }
  out["created_at"] = to_rfc3339(row.created_at);
  out["updated_at"] = to_rfc3339(row.updated_at);
  return out;
}

// What a host is, if it is an address or this very machine.
std::optional<ip_address> address_of(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost")) return parse_ip_address("127.0.0.1");
  return parse_ip_address(host);
}

bool is_loopback(const ip_address& address) {
  return parse_ip_range("127.0.0.0/8")->contains(address) || address == *parse_ip_address("::1");
}

// Who connects there is the carrier, from outside: a private address would lead nowhere, or to
// something of the carrier's own.
result<void> check_address(const rest_context& context, std::string_view host,
                           std::string_view field) {
  const address_guard* guard = context->service().hooks().destinations;
  const auto address = address_of(host);
  if (guard == nullptr || !address || guard->allows(*address)) return {};
  return bad_field(std::string(field), std::string(field) + " must lead to a public address.");
}

// wss://; ws:// only to loopback where the operator allows that (--demo).
result<void> check_websocket(const rest_context& context, std::string_view text) {
  const bool tls = text.starts_with("wss://");
  if (!tls && !text.starts_with("ws://")) return bad_field("url", "url must begin with wss://.");
  const std::string_view rest = text.substr(text.find("://"));
  if (rest.find('?') != std::string_view::npos) {
    error failure = bad_field("url", "url must have no query.");
    failure.hint = "What the agent must know comes in the stream's start message.";
    return failure;
  }
  const auto url = parse_http_url((tls ? "https" : "http") + std::string(rest));
  if (!url) return bad_field("url", "url " + url.error().message + ".");
  const auto address = address_of(url->host);
  if (!tls && !(address && is_loopback(*address))) {
    return bad_field("url", "url must begin with wss://.");
  }
  return check_address(context, url->host, "url");
}

result<void> check_credential(std::string_view text, std::string_view field) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  if (plain) return {};
  return bad_field(std::string(field),
                   std::string(field) + " must be printable ASCII without spaces.");
}

// Every member as it was given.
struct endpoint_members {
  bool is_sip = false;
  std::optional<std::string> url;
  std::optional<std::string> uri;
  std::optional<std::string> username;
  std::optional<std::string> password;
};

error out_of_place(std::string_view member, std::string_view type) {
  return bad_field(std::string(member), std::string(member) +
                                            " does not belong to an endpoint of type " +
                                            std::string(type) + ".");
}

result<voice_endpoint_input> websocket_input(const rest_context& context,
                                             const endpoint_members& given) {
  if (!given.url) return bad_field("url", "url is required.");
  if (given.uri) return out_of_place("uri", "websocket");
  if (given.username) return out_of_place("username", "websocket");
  if (given.password) return out_of_place("password", "websocket");
  TRY(check_websocket(context, *given.url));
  voice_endpoint_input input;
  input.target = *given.url;
  return input;
}

result<voice_endpoint_input> sip_input(const rest_context& context,
                                       const endpoint_members& given) {
  if (!given.uri) return bad_field("uri", "uri is required.");
  if (given.url) return out_of_place("url", "sip");
  TRY_ASSIGN(const sip_address address, parse_sip_address(*given.uri, "uri"));
  TRY(check_address(context, address.host, "uri"));
  if (given.username.has_value() != given.password.has_value()) {
    return bad_field(given.username ? "password" : "username",
                     "username and password belong together.");
  }
  voice_endpoint_input input;
  input.kind = voice_endpoint_kind::sip;
  input.target = *given.uri;
  input.username = given.username.value_or("");
  input.password = given.password.value_or("");
  TRY(check_credential(input.username, "username"));
  TRY(check_credential(input.password, "password"));
  return input;
}

result<voice_endpoint_input> read_input(const rest_context& context) {
  TRY_ASSIGN(const json::object* members, context->body());
  object_reader body(*members);
  endpoint_members given;
  given.is_sip = body.required_choice("type", {"websocket", "sip"}) == 1;
  given.url = body.optional_string("url", target_rule);
  given.uri = body.optional_string("uri", target_rule);
  given.username = body.optional_string("username", username_rule);
  given.password = body.optional_string("password", password_rule);
  TRY(body.finish());
  return given.is_sip ? sip_input(context, given) : websocket_input(context, given);
}

result<agent_id> asked_agent(const rest_context& context) {
  return path_id<agent_id>(context, "agent_id", error_code::resource_not_found, "agent");
}

result<void> start_voice_endpoint_put(const rest_context& context) {
  TRY_ASSIGN(const agent_id id, asked_agent(context));
  TRY_ASSIGN(const voice_endpoint_input input, read_input(context));
  context->mutate([context, id, input](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const voice_endpoint row,
               put_voice_endpoint(work, context->env(), context->who(), id, input,
                                  context->request_id()));
    return json_answer(200, render_voice_endpoint(row));
  });
  return {};
}

result<void> start_voice_endpoint_get(const rest_context& context) {
  TRY_ASSIGN(const agent_id id, asked_agent(context));
  context->query_store([who = context->who(), id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const voice_endpoint row, get_voice_endpoint(work, who, id));
    return json_answer(200, render_voice_endpoint(row));
  });
  return {};
}

result<void> start_voice_endpoint_delete(const rest_context& context) {
  TRY_ASSIGN(const agent_id id, asked_agent(context));
  TRY(expect_no_body(context));
  context->mutate([context, id](session& work) -> result<rest_answer> {
    TRY(remove_voice_endpoint(work, context->env(), context->who(), id, context->request_id()));
    return json_answer(200, json::object{{"agent_id", id.uuid()}, {"status", "deleted"}});
  });
  return {};
}

}  // namespace

void naive_voice_endpoint_put(rest_context context) {
  start_or_fail(context, start_voice_endpoint_put);
}
void naive_voice_endpoint_get(rest_context context) {
  start_or_fail(context, start_voice_endpoint_get);
}
void naive_voice_endpoint_delete(rest_context context) {
  start_or_fail(context, start_voice_endpoint_delete);
}

}  // namespace dialplane
