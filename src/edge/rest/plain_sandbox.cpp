// The operator's hand on the sandbox carrier: its pace, its faults, what it believes it has sold.
#include <algorithm>

#include "base/crypto.hpp"
#include "carriers/sandbox_control.hpp"
#include "edge/rest/plain_handlers.hpp"
#include "edge/rest/rest_service.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::int64_t review_ms_max = 7 * 86'400'000LL;
constexpr std::int64_t count_max = 1'000'000;
constexpr std::int64_t delay_ms_max = 55'000;

// Null after having answered that there is no sandbox.
sandbox_control* sandbox_of(const rest_context& context) {
  sandbox_control* sandbox = context->service().hooks().sandbox;
  if (sandbox == nullptr) {
    context->fail(refused(error_code::not_configured, "This server runs no sandbox carrier."));
  }
  return sandbox;
}

rest_answer settings_answer(const sandbox_control& sandbox) {
  return json_answer(200, {{"review_ms", sandbox.review().count()},
                           {"webhook_secret", sandbox.webhook_secret()}});
}

json::object json_of(const sandbox_fault& fault) {
  json::object shown{{"on", name_of_value(fault.on)},
                     {"outcome", name_of_value(fault.outcome)},
                     {"count", fault.count},
                     {"delay_ms", fault.delay_ms.value_or(0)},
                     {"area_code", nullptr}};
  if (!fault.area_code.empty()) shown["area_code"] = fault.area_code;
  return shown;
}

// The order as the carrier took it, defaults filled in.
sandbox_fault as_ordered(const sandbox_control& sandbox, const sandbox_fault& asked) {
  const std::vector<sandbox_fault> waiting = sandbox.faults();
  const auto found = std::find_if(waiting.rbegin(), waiting.rend(), [&](const auto& fault) {
    return fault.on == asked.on && fault.outcome == asked.outcome &&
           fault.area_code == asked.area_code;
  });
  return found != waiting.rend() ? *found : asked;
}

result<sandbox_fault> read_fault(const json::object& members) {
  object_reader body(members);
  sandbox_fault fault;
  fault.on = static_cast<fault_target>(
      body.required_choice("on", {"search", "buy", "release", "lookup", "send", "report"}));
  fault.outcome = static_cast<fault_outcome>(
      body.required_choice("outcome", {"refused", "rate_limited", "slow", "lost_before",
                                       "lost_after", "late", "gone", "hidden", "empty"}));
  fault.count = body.optional_int("count", 1, count_max).value_or(1);
  fault.delay_ms = body.optional_int("delay_ms", 0, delay_ms_max);
  fault.area_code = body.optional_string("area_code", {.min = 3, .max = 3}).value_or("");
  TRY(body.finish());
  return fault;
}

}  // namespace

void plain_sandbox_get(rest_context context) {
  if (sandbox_control* sandbox = sandbox_of(context)) context->answer(settings_answer(*sandbox));
}

void plain_sandbox_update(rest_context context) {
  sandbox_control* sandbox = sandbox_of(context);
  if (sandbox == nullptr) return;
  const auto members = context->body();
  if (!members) return context->fail(members.error());
  object_reader body(**members);
  const std::chrono::milliseconds review(body.required_int("review_ms", 0, review_ms_max));
  if (auto read = body.finish(); !read) return context->fail(read.error());
  context->act_once([context, sandbox, review] {
    sandbox->set_review(review, [context, sandbox](result<void> done) {
      if (!done) return context->fail(done.error());
      context->answer_remembered(settings_answer(*sandbox));
    });
  });
}

void plain_sandbox_faults_add(rest_context context) {
  sandbox_control* sandbox = sandbox_of(context);
  if (sandbox == nullptr) return;
  const auto members = context->body();
  if (!members) return context->fail(members.error());
  const auto fault = read_fault(**members);
  if (!fault) return context->fail(fault.error());
  context->act_once([context, sandbox, fault = *fault] {
    auto ordered = sandbox->order_fault(fault);
    if (!ordered) return context->fail(ordered.error());
    context->answer_remembered(json_answer(201, json_of(as_ordered(*sandbox, fault))));
  });
}

void plain_sandbox_faults_list(rest_context context) {
  sandbox_control* sandbox = sandbox_of(context);
  if (sandbox == nullptr) return;
  json::array faults;
  for (const sandbox_fault& fault : sandbox->faults()) faults.push_back(json_of(fault));
  context->answer(json_answer(200, {{"faults", std::move(faults)}}));
}

void plain_sandbox_faults_clear(rest_context context) {
  sandbox_control* sandbox = sandbox_of(context);
  if (sandbox == nullptr) return;
  const std::size_t waiting = sandbox->faults().size();
  sandbox->clear_faults();
  context->answer(json_answer(200, {{"status", "cleared"}, {"cleared", waiting}}));
}

void plain_sandbox_numbers(rest_context context) {
  sandbox_control* sandbox = sandbox_of(context);
  if (sandbox == nullptr) return;
  query_reader query(context->query_parameters());
  const auto limit = static_cast<std::size_t>(query.integer("limit", 1, 100, 20));
  std::optional<std::string> cursor;
  if (const auto shown = query.text("cursor", 512)) {
    cursor = parse_base64_url(*shown);
    if (!cursor) query.take_error(bad_field("cursor", "cursor must be that of an earlier answer."));
  }
  if (auto read = query.finish(); !read) return context->fail(read.error());
  sandbox->sold_page(cursor, limit, [context](result<sandbox_sold_page> sold) {
    if (!sold) return context->fail(sold.error());
    json::array numbers;
    for (const sandbox_sale& sale : sold->numbers) {
      numbers.push_back(json::object{
          {"e164", sale.e164}, {"mark", sale.mark}, {"sold_at", to_rfc3339(sale.sold_at)}});
    }
    json::object body{{"numbers", std::move(numbers)}, {"next_cursor", nullptr}};
    if (sold->next_cursor) body["next_cursor"] = base64_url(bytes_of(*sold->next_cursor));
    context->answer(json_answer(200, body));
  });
}

}  // namespace dialplane
