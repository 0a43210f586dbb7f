// Legal entities of the naive dialect (formation and verification): the company a user's numbers
// are registered for. Rules: naive dialect §9.
#include <boost/json/array.hpp>
#include <utility>

#include "app/legal_entities.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/naive_account_rendering.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

result<legal_entity_id> asked_legal_entity(const rest_context& context) {
  return path_id<legal_entity_id>(context, "id", error_code::not_found, "legal entity");
}

rest_answer legal_entity_answer(int status, const legal_entity& row) {
  return json_answer(status, render_legal_entity(row));
}

result<void> start_formation_create(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const json::object* body, context->body());
  TRY_ASSIGN(legal_entity_changes changes, read_legal_entity_changes(*body));
  context->mutate([&env = context->env(), who = context->who(), asked, changes = std::move(changes),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto row, create_legal_entity(work, env, who, asked, changes, request));
    return legal_entity_answer(201, row);
  });
  return {};
}

result<void> start_formation_update(const rest_context& context) {
  TRY_ASSIGN(const legal_entity_id id, asked_legal_entity(context));
  TRY_ASSIGN(const json::object* body, context->body());
  TRY_ASSIGN(legal_entity_changes changes, read_legal_entity_changes(*body));
  context->mutate([&env = context->env(), who = context->who(), id, changes = std::move(changes),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto row, update_legal_entity(work, env, who, id, changes, request));
    return legal_entity_answer(200, row);
  });
  return {};
}

result<void> start_formation_submit(const rest_context& context) {
  TRY_ASSIGN(const legal_entity_id id, asked_legal_entity(context));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), who = context->who(), id,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto row, submit_legal_entity(work, env, who, id, request));
    return legal_entity_answer(200, row);
  });
  return {};
}

result<void> start_formation_complete(const rest_context& context) {
  TRY_ASSIGN(const legal_entity_id id, asked_legal_entity(context));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), who = context->who(), id,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto row, complete_legal_entity(work, env, who, id, request));
    return legal_entity_answer(200, row);
  });
  return {};
}

result<void> start_formation_list(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  context->query_store([who = context->who(), asked](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto rows, list_legal_entities(work, who, asked));
    json::array formations;
    for (const legal_entity& row : rows) formations.push_back(render_legal_entity(row));
    return json_answer(200, json::object{{"formations", std::move(formations)}});
  });
  return {};
}

result<void> start_formation_get(const rest_context& context) {
  TRY_ASSIGN(const legal_entity_id id, asked_legal_entity(context));
  context->query_store([who = context->who(), id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto row, get_legal_entity(work, who, id));
    return legal_entity_answer(200, row);
  });
  return {};
}

result<void> start_verification(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  context->query_store([who = context->who(), asked](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto view, get_verification(work, who, asked));
    return json_answer(200, render_verification(view));
  });
  return {};
}

}  // namespace

void naive_formation_create(rest_context context) {
  start_or_fail(context, start_formation_create);
}
void naive_formation_list(rest_context context) { start_or_fail(context, start_formation_list); }
void naive_formation_get(rest_context context) { start_or_fail(context, start_formation_get); }
void naive_formation_update(rest_context context) {
  start_or_fail(context, start_formation_update);
}
void naive_formation_submit(rest_context context) {
  start_or_fail(context, start_formation_submit);
}
void naive_formation_complete(rest_context context) {
  start_or_fail(context, start_formation_complete);
}
void naive_verification(rest_context context) { start_or_fail(context, start_verification); }

}  // namespace dialplane
