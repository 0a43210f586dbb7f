// Account kits of the naive dialect: policies for users. Rules: naive dialect §6.
#include "app/account_kits.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "domain/account_kit_rules.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/naive_account_rendering.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

using config_check = result<void> (*)(const json::object&);

std::optional<json::object> read_config(object_reader& read, std::string_view name,
                                        config_check check) {
  const json::object* config = read.optional_object(name);
  if (config == nullptr) return std::nullopt;
  auto checked = check(*config);
  if (!checked) {
    read.take_error(std::move(checked).error());
    return std::nullopt;
  }
  return *config;
}

enum class account_kit_body { create, update };

result<account_kit_input> read_kit(const json::object& body, account_kit_body call) {
  object_reader read(body);
  account_kit_input input;
  constexpr text_rule name_rule{.min = 1, .max = 255};
  input.name = call == account_kit_body::create
                   ? std::optional(read.required_string("name", name_rule))
                   : read.optional_string("name", name_rule);
  input.description = read.nullable_string("description", {.max = 1000, .allow_line_breaks = true});
  input.primitives = read_config(read, "primitives_config", check_primitives_config);
  input.connections = read_config(read, "connections_config", check_connections_config);
  TRY(read.finish());
  return input;
}

result<account_kit_id> asked_account_kit(const rest_context& context) {
  return path_id<account_kit_id>(context, "id", error_code::not_found, "account kit");
}

result<void> start_account_kit_create(const rest_context& context) {
  TRY_ASSIGN(const json::object* body, context->body());
  TRY_ASSIGN(account_kit_input input, read_kit(*body, account_kit_body::create));
  context->mutate([&env = context->env(), who = context->who(), input = std::move(input),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto kit, create_account_kit(work, env, who, input, request));
    return decimal_json_answer(201, render_account_kit(kit));
  });
  return {};
}

result<void> start_account_kit_list(const rest_context& context) {
  query_reader query(context->query_parameters());
  const offset_page cut = read_offset_page(query);
  TRY(query.finish());
  context->query_store([who = context->who(), cut](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto rows, list_account_kits(work, who, cut.limit, cut.offset));
    json::array kits;
    for (const account_kit_view& kit : rows) kits.push_back(render_account_kit(kit));
    return decimal_json_answer(200, json::object{{"account_kits", std::move(kits)}});
  });
  return {};
}

result<void> start_account_kit_get(const rest_context& context) {
  TRY_ASSIGN(const account_kit_id id, asked_account_kit(context));
  context->query_store([who = context->who(), id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto kit, get_account_kit(work, who, id));
    return decimal_json_answer(200, render_account_kit(kit));
  });
  return {};
}

result<void> start_account_kit_update(const rest_context& context) {
  TRY_ASSIGN(const account_kit_id id, asked_account_kit(context));
  TRY_ASSIGN(const json::object* body, context->body());
  TRY_ASSIGN(account_kit_input input, read_kit(*body, account_kit_body::update));
  context->mutate([&env = context->env(), who = context->who(), id, input = std::move(input),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto kit, update_account_kit(work, env, who, id, input, request));
    return decimal_json_answer(200, render_account_kit(kit));
  });
  return {};
}

result<void> start_account_kit_delete(const rest_context& context) {
  TRY_ASSIGN(const account_kit_id id, asked_account_kit(context));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), who = context->who(), id,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY(remove_account_kit(work, env, who, id, request));
    return json_answer(200, json::object{{"id", id.uuid()}, {"status", "deleted"}});
  });
  return {};
}

}  // namespace

void naive_account_kits_create(rest_context context) {
  start_or_fail(context, start_account_kit_create);
}
void naive_account_kits_list(rest_context context) {
  start_or_fail(context, start_account_kit_list);
}
void naive_account_kits_get(rest_context context) { start_or_fail(context, start_account_kit_get); }
void naive_account_kits_update(rest_context context) {
  start_or_fail(context, start_account_kit_update);
}
void naive_account_kits_delete(rest_context context) {
  start_or_fail(context, start_account_kit_delete);
}

}  // namespace dialplane
