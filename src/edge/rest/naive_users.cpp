// Users of the naive dialect: the organization's own customers. Rules: naive dialect §7.
#include "app/users.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "domain/legal_entity_rules.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/naive_account_rendering.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t metadata_bytes_max = 16 * 1024;

void read_metadata(object_reader& read, user_input& input) {
  const json::object* metadata = read.optional_object("metadata");
  if (metadata == nullptr) return;
  if (json::serialize(*metadata).size() > metadata_bytes_max) {
    read.take_error(bad_field("metadata", "metadata is longer than 16 KiB."));
    return;
  }
  input.metadata = *metadata;
}

enum class user_body { create, update };

result<user_input> read_user(const json::object& body, user_body call) {
  object_reader read(body);
  user_input input;
  input.external_id = read.nullable_string("external_id", {.min = 1, .max = 255});
  input.email = read.nullable_string("email", {.max = 254});
  if (input.email.value && !is_email_shape(*input.email.value)) {
    read.take_error(bad_field("email", "email must be an e-mail address."));
  }
  input.label = read.nullable_string("label", {.max = 255});
  const auto kit = read.optional_string("account_kit_id", {.max = 64});
  read_metadata(read, input);
  if (call == user_body::update) {
    const auto status = read.optional_choice("status", {"active", "suspended"});
    if (status) input.status = *status == 0 ? user_status::active : user_status::suspended;
  }
  TRY(read.finish());
  if (kit) {
    input.kit = account_kit_id::parse(*kit);
    if (!input.kit) return refused(error_code::not_found, "No such account kit.");
  }
  return input;
}

result<user_id> asked_user_id(const rest_context& context) {
  return path_id<user_id>(context, "user_id", error_code::not_found, "user");
}

result<void> start_user_create(const rest_context& context) {
  TRY_ASSIGN(const json::object* body, context->body());
  TRY_ASSIGN(user_input input, read_user(*body, user_body::create));
  context->mutate([&env = context->env(), who = context->who(), input = std::move(input),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const user made, create_user(work, env, who, input, request));
    return decimal_json_answer(201, render_user(made));
  });
  return {};
}

result<void> start_user_list(const rest_context& context) {
  query_reader query(context->query_parameters());
  const offset_page cut = read_offset_page(query);
  TRY(query.finish());
  context->query_store([who = context->who(), cut](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto rows, list_users(work, who, cut.limit, cut.offset));
    json::array users;
    for (const user& row : rows) users.push_back(render_user(row));
    return decimal_json_answer(200, json::object{{"users", std::move(users)}});
  });
  return {};
}

result<void> start_user_get(const rest_context& context) {
  TRY_ASSIGN(const user_id id, asked_user_id(context));
  context->query_store([who = context->who(), id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const user row, get_user(work, who, id));
    return decimal_json_answer(200, render_user(row));
  });
  return {};
}

result<void> start_user_update(const rest_context& context) {
  TRY_ASSIGN(const user_id id, asked_user_id(context));
  TRY_ASSIGN(const json::object* body, context->body());
  TRY_ASSIGN(user_input input, read_user(*body, user_body::update));
  context->mutate([&env = context->env(), who = context->who(), id, input = std::move(input),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const user row, update_user(work, env, who, id, input, request));
    return decimal_json_answer(200, render_user(row));
  });
  return {};
}

result<void> start_user_delete(const rest_context& context) {
  TRY_ASSIGN(const user_id id, asked_user_id(context));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), who = context->who(), id,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY(remove_user(work, env, who, id, request));
    return json_answer(200, json::object{{"id", id.uuid()}, {"status", "deleted"}});
  });
  return {};
}

result<void> start_account_kit_assign(const rest_context& context) {
  TRY_ASSIGN(const auto kit,
             path_id<account_kit_id>(context, "id", error_code::not_found, "account kit"));
  TRY_ASSIGN(const user_id id, asked_user_id(context));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), who = context->who(), id, kit,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const user row, assign_account_kit(work, env, who, id, kit, request));
    return decimal_json_answer(200, render_user(row));
  });
  return {};
}

}  // namespace

void naive_users_create(rest_context context) { start_or_fail(context, start_user_create); }
void naive_users_list(rest_context context) { start_or_fail(context, start_user_list); }
void naive_users_get(rest_context context) { start_or_fail(context, start_user_get); }
void naive_users_update(rest_context context) { start_or_fail(context, start_user_update); }
void naive_users_delete(rest_context context) { start_or_fail(context, start_user_delete); }
void naive_account_kits_assign(rest_context context) {
  start_or_fail(context, start_account_kit_assign);
}

}  // namespace dialplane
