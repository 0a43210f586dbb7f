// Do the carriers' accounts and our books agree? The operator asks, and has them compared.
#include <boost/json/array.hpp>
#include <algorithm>
#include <utility>

#include "app/audit_trail.hpp"
#include "edge/rest/naive_requests.hpp"
#include "edge/rest/plain_handlers.hpp"
#include "edge/rest/reconcile_rendering.hpp"
#include "workflow/reconcile/reconciler.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

// Accounts that one organization brought are no business of another's.
void keep_shared(const workflow_environment& env, agreement_view& view) {
  const std::vector<carrier*> sellers = env.carriers.sellers();
  std::erase_if(view.runs, [&](const reconcile_run& row) {
    return std::ranges::none_of(sellers, [&](const carrier* one) {
      return one->abilities().name == row.carrier;
    });
  });
}

result<void> start_reconcile_get(const rest_context& context) {
  query_reader query(context->query_parameters());
  const std::int64_t limit = query.integer("limit", 1, 1'000, 100);
  TRY(query.finish());
  context->query_store([&env = context->env(), who = context->who(),
                        limit](session& work) -> result<rest_answer> {
    TRY_ASSIGN(agreement_view view, read_agreement(work, env.work, who.organization,
                                                   static_cast<std::size_t>(limit)));
    keep_shared(env.work, view);
    return json_answer(200, render_agreement(view));
  });
  return {};
}

result<void> start_reconcile_order(const rest_context& context) {
  TRY_ASSIGN(const json::object* body, context->body(true));
  object_reader read(*body);
  comparison_order wanted;
  wanted.carrier = read.optional_string("carrier", {.min = 1, .max = 64});
  wanted.may_act = read.optional_bool("apply").value_or(false);
  TRY(read.finish());
  context->mutate([&env = context->env(), who = context->who(), wanted,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(auto ordered, order_comparisons(work, env.work, wanted));
    json::array runs;
    for (const reconcile_run& row : ordered) runs.push_back(render_reconcile_run(row));
    TRY(record_act(work, env, who, "reconcile.ordered", ordered.front().id.uuid(), request,
                   {{"apply", wanted.may_act}}));
    return json_answer(202, json::object{{"runs", std::move(runs)}});
  });
  return {};
}

}  // namespace

void plain_reconcile_get(rest_context context) { start_or_fail(context, start_reconcile_get); }
void plain_reconcile_start(rest_context context) { start_or_fail(context, start_reconcile_order); }

}  // namespace dialplane
