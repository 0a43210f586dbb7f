// Credits of the naive dialect: usage, packs, adding more. Rules: naive dialect §8.
#include <boost/json/array.hpp>
#include <utility>

#include "app/credits.hpp"
#include "domain/credit_packs.hpp"
#include "domain/credits_json.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/naive_account_rendering.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

json::object render_usage(const usage_view& view) {
  json::array entries;
  for (const ledger_entry& entry : view.entries) entries.push_back(render_usage_entry(entry));
  json::value next = nullptr;
  if (view.next) next = json::value(cursor_of(view.next->bytes));
  return {{"balance", credits_json(view.balances.available)},
          {"held", credits_json(view.balances.held)},
          {"entries", std::move(entries)},
          {"next_cursor", std::move(next)}};
}

result<void> start_usage(const rest_context& context) {
  query_reader query(context->query_parameters());
  const std::int64_t days = query.integer("days", 1, 365, 30);
  const page_request cut = query.naive_page();
  TRY(query.finish());
  context->query_store([&env = context->env(), who = context->who(), days,
                        cut](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const usage_view view, read_usage(work, env, who, days, cut));
    return decimal_json_answer(200, render_usage(view));
  });
  return {};
}

result<void> start_topup(const rest_context& context) {
  TRY_ASSIGN(const json::object* body, context->body());
  object_reader read(*body);
  std::string pack = read.required_string("pack_id", {.min = 1, .max = 64});
  TRY(read.finish());
  context->mutate([&env = context->env(), who = context->who(), pack = std::move(pack),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const completed_topup done, top_up(work, env, who, pack, request));
    return decimal_json_answer(200, render_topup(done));
  });
  return {};
}

}  // namespace

void naive_usage(rest_context context) { start_or_fail(context, start_usage); }

void naive_billing_packs(rest_context context) {
  context->answer(json_answer(200, json::object{{"packs", credit_packs_json()}}));
}

void naive_billing_topup(rest_context context) { start_or_fail(context, start_topup); }

}  // namespace dialplane
