// Approvals of the naive dialect: reading them, and a human's word on one. Rules: naive dialect, 5.
#include <boost/json/array.hpp>
#include <utility>

#include "app/read_approvals.hpp"
#include "app/resolve_approval.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_rendering.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

result<approval_id> asked_approval(const rest_context& context) {
  return path_id<approval_id>(context, "id", error_code::not_found, "approval");
}

rest_answer approvals_answer(const approval_page& found) {
  json::array approvals;
  for (const approval& row : found.rows) approvals.push_back(render_approval(row));
  json::value next = nullptr;
  if (found.next) next = json::value(cursor_of(found.next->bytes));
  return decimal_json_answer(
      200, json::object{{"approvals", std::move(approvals)}, {"next_cursor", std::move(next)}});
}

result<void> start_approval_list(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  query_reader query(context->query_parameters());
  const auto word =
      query.choice("status", {"pending", "executing", "executed", "failed", "denied", "expired"});
  constexpr approval_status in_order[] = {approval_status::pending,  approval_status::executing,
                                          approval_status::executed, approval_status::failed,
                                          approval_status::denied,   approval_status::expired};
  std::optional<approval_status> only;
  if (word) only = in_order[*word];
  const page_request cut = query.naive_page();
  TRY(query.finish());
  context->query_store([&env = context->env(), who = context->who(), asked, only,
                        cut](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const approval_page found, list_approvals(work, env, who, asked, only, cut));
    return approvals_answer(found);
  });
  return {};
}

result<void> start_approval_get(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const approval_id id, asked_approval(context));
  context->query_store([&env = context->env(), who = context->who(), asked,
                        id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const approval row, get_approval(work, env, who, asked, id));
    return decimal_json_answer(200, render_approval(row));
  });
  return {};
}

result<resolution_request> read_resolution(const rest_context& context) {
  resolution_request request;
  TRY_ASSIGN(request.user, context->asked_user());
  TRY_ASSIGN(request.approval, asked_approval(context));
  request.who = context->who();
  return request;
}

void answer_resolved(const rest_context& context, const result<resolved_approval>& done) {
  if (!done) return context->fail(done.error());
  const bool open = done->row.status == approval_status::executing;
  rest_answer answer = decimal_json_answer(open ? 202 : 200, render_approval(done->row));
  if (done->replayed && !open) return context->answer_replayed(std::move(answer));
  context->answer(std::move(answer));
}

result<void> start_approve(const rest_context& context) {
  TRY_ASSIGN(resolution_request request, read_resolution(context));
  TRY(expect_no_body(context));
  request.identity = context->identity();
  approve(context->env(), std::move(request),
          [context](result<resolved_approval> done) { answer_resolved(context, done); });
  return {};
}

result<void> start_deny(const rest_context& context) {
  TRY_ASSIGN(resolution_request request, read_resolution(context));
  TRY_ASSIGN(const json::object* body, context->body(true));
  object_reader read(*body);
  request.reason = read.nullable_string("reason", {.max = 1000, .allow_line_breaks = true}).value;
  TRY(read.finish());
  request.identity = context->identity();
  context->mutate([&env = context->env(),
                   request = std::move(request)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const approval row, deny(work, env, request));
    return decimal_json_answer(200, render_approval(row));
  });
  return {};
}

}  // namespace

void naive_approvals_list(rest_context context) { start_or_fail(context, start_approval_list); }
void naive_approvals_get(rest_context context) { start_or_fail(context, start_approval_get); }
void naive_approvals_approve(rest_context context) { start_or_fail(context, start_approve); }
void naive_approvals_deny(rest_context context) { start_or_fail(context, start_deny); }

}  // namespace dialplane
