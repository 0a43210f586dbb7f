// Agents of a number in the naive dialect: who may send and receive its texts. Rules: naive
// dialect §4.7.
#include "app/assignments.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_rendering.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

error bad_permissions() {
  return bad_field("permissions",
                   "permissions must be a list of send_sms, receive_sms or both, each once.");
}

result<sms_permissions> read_permissions(const std::vector<std::string>& words) {
  sms_permissions may{.send_sms = false, .receive_sms = false};
  for (const std::string& word : words) {
    bool sms_permissions::*named = nullptr;
    if (word == "send_sms") named = &sms_permissions::send_sms;
    if (word == "receive_sms") named = &sms_permissions::receive_sms;
    if (named == nullptr || may.*named) return bad_permissions();
    may.*named = true;
  }
  if (words.empty()) return bad_permissions();
  return may;
}

struct assign_body {
  agent_id agent;
  sms_permissions may;
};

result<assign_body> read_assign(const json::object& body) {
  object_reader read(body);
  const std::string agent = read.required_string("agent_id", {.min = 1, .max = 64});
  const auto words = read.optional_string_list("permissions", 2, {.max = 32});
  TRY(read.finish());
  assign_body asked;
  if (words) {
    TRY_ASSIGN(asked.may, read_permissions(*words));
  }
  const auto parsed = agent_id::parse(agent);
  if (!parsed) return refused(error_code::resource_not_found, "No such agent.");
  asked.agent = *parsed;
  return asked;
}

result<void> start_assign(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const number_id id, asked_number(context));
  TRY_ASSIGN(const json::object* body, context->body());
  TRY_ASSIGN(const assign_body asked, read_assign(*body));
  context->mutate([&env = context->env(), who = context->who(), user, id, asked,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const assignment link,
               assign_agent(work, env, who, user, id, asked.agent, asked.may, request));
    return json_answer(200, render_assignment(link));
  });
  return {};
}

result<void> start_unassign(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const number_id id, asked_number(context));
  TRY_ASSIGN(const auto agent,
             path_id<agent_id>(context, "agent_id", error_code::resource_not_found, "agent"));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), who = context->who(), user, id, agent,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY(unassign_agent(work, env, who, user, id, agent, request));
    return json_answer(
        200, json::object{
                 {"phone_id", id.uuid()}, {"agent_id", agent.uuid()}, {"status", "unassigned"}});
  });
  return {};
}

result<void> start_assignment_list(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const number_id id, asked_number(context));
  context->query_store([who = context->who(), user, id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto links, list_assignments(work, who, user, id));
    json::array assignments;
    for (const assignment& link : links) assignments.push_back(render_assignment(link));
    return json_answer(200, json::object{{"assignments", std::move(assignments)}});
  });
  return {};
}

}  // namespace

void naive_phone_assignments(rest_context context) {
  start_or_fail(context, start_assignment_list);
}
void naive_phone_assign(rest_context context) { start_or_fail(context, start_assign); }
void naive_phone_unassign(rest_context context) { start_or_fail(context, start_unassign); }

}  // namespace dialplane
