// The operator's hand on the telephones of the sandbox carrier: calls to our numbers.
#include <boost/json/array.hpp>

#include "edge/rest/naive_requests.hpp"
#include "edge/rest/plain_handlers.hpp"
#include "edge/rest/sandbox_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t call_party_max = 64;
constexpr std::int64_t duration_s_max = 86'400;

result<sandbox_call_order> read_order(const rest_context& context) {
  TRY_ASSIGN(const json::object* members, context->body());
  object_reader body(*members);
  sandbox_call_order order;
  order.from = body.required_string("from", {.min = 1, .max = call_party_max});
  order.to = body.required_string("to", {.min = 1, .max = call_party_max});
  constexpr call_status outcomes[] = {call_status::completed, call_status::busy,
                                      call_status::failed, call_status::no_answer,
                                      call_status::canceled};
  const auto outcome = body.optional_choice(
      "outcome", {"completed", "busy", "failed", "no_answer", "canceled"});
  order.outcome = outcomes[outcome.value_or(0)];
  order.duration_s = body.optional_int("duration_s", 0, duration_s_max).value_or(order.duration_s);
  const auto who = body.optional_choice("hung_up_by", {"caller", "agent"});
  order.agent_hangs_up = who == 1;
  TRY(body.finish());
  return order;
}

rest_answer answer_about(const sandbox_call_order& order, const sandbox_call& call) {
  json::array steps;
  for (const json::object& step : call.steps) steps.push_back(step);
  json::object shown{{"id", nullptr},
                     {"from", order.from},
                     {"to", order.to},
                     {"status", name_of_value(call.status)},
                     {"steps", std::move(steps)}};
  if (!call.id.empty()) shown["id"] = call.id;
  return json_answer(201, shown);
}

result<void> start_sandbox_call_add(const rest_context& context) {
  TRY_ASSIGN(sandbox_control* sandbox, sandbox_of(context));
  TRY_ASSIGN(const sandbox_call_order order, read_order(context));
  context->act_once([context, sandbox, order] {
    sandbox->call_from_outside(order, [context, order](result<sandbox_call> call) {
      if (!call) return context->fail(call.error());
      context->answer_remembered(answer_about(order, *call));
    });
  });
  return {};
}

}  // namespace

void plain_sandbox_calls_add(rest_context context) {
  start_or_fail(context, start_sandbox_call_add);
}

}  // namespace dialplane
