// The operator's hand on the sandbox carrier: its pace, its faults, what it believes it has sold.
#include <algorithm>

#include "base/crypto.hpp"
#include "edge/rest/plain_handlers.hpp"
#include "edge/rest/sandbox_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::int64_t review_ms_max = 7 * 86'400'000LL;
constexpr std::int64_t code_ms_max = 86'400'000;
constexpr std::int64_t count_max = 1'000'000;
constexpr std::int64_t delay_ms_max = 55'000;

// Null after having answered that there is no sandbox.
sandbox_control* sandbox_or_fail(const rest_context& context) {
  const auto sandbox = sandbox_of(context);
  if (sandbox) return *sandbox;
  context->fail(sandbox.error());
  return nullptr;
}

json::object json_of(const review_order& order) {
  json::array fields;
  for (const std::string& field : order.fields) fields.push_back(json::value(field));
  json::object shown{{"outcome", name_of_value(order.outcome)},
                     {"reason", nullptr},
                     {"fields", std::move(fields)},
                     {"count", order.count}};
  if (!order.reason.empty()) shown["reason"] = order.reason;
  return shown;
}

rest_answer settings_answer(const sandbox_control& sandbox,
                            const std::vector<sandbox_code>& codes) {
  json::array orders;
  for (const review_order& each : sandbox.reviews()) orders.push_back(json_of(each));
  json::array shown;
  for (const sandbox_code& each : codes) {
    shown.push_back(json::object{{"mobile_number", each.mobile_number},
                                 {"code", each.code},
                                 {"expires_at", to_rfc3339(each.expires_at)}});
  }
  return json_answer(200, json::object{{"review_ms", sandbox.review().count()},
                                       {"webhook_secret", sandbox.webhook_secret()},
                                       {"code_ms", sandbox.code_lifetime().count()},
                                       {"review", std::move(orders)},
                                       {"brand_codes", std::move(shown)}});
}

// What PATCH may change; nothing: left as it is.
struct sandbox_changes {
  std::optional<std::chrono::milliseconds> review;
  std::optional<std::chrono::milliseconds> code_lifetime;
  std::optional<review_order> order;
  bool forget_orders = false;
};

result<review_order> read_review(const json::object& members) {
  object_reader body(members, "review");
  review_order order;
  order.outcome = static_cast<review_outcome>(body.required_choice(
      "outcome", {"approve", "reject", "suspend", "reinstate", "expire", "brand_fails",
                  "attachment_fails", "attachment_slow", "wrong_code"}));
  order.reason = body.optional_string("reason", {.min = 1, .max = 500}).value_or("");
  order.fields =
      body.optional_string_list("fields", 20, {.min = 1, .max = 100}).value_or(order.fields);
  order.count = body.optional_int("count", 1, count_max).value_or(1);
  TRY(body.finish());
  return order;
}

result<sandbox_changes> read_changes(const json::object& members) {
  object_reader body(members);
  sandbox_changes changes;
  const auto review = body.optional_int("review_ms", 0, review_ms_max);
  if (review) changes.review = std::chrono::milliseconds(*review);
  const auto lifetime = body.optional_int("code_ms", 1, code_ms_max);
  if (lifetime) changes.code_lifetime = std::chrono::milliseconds(*lifetime);
  const json::value* order = body.optional_value("review");
  if (order != nullptr && order->is_null()) {
    changes.forget_orders = true;
  } else if (order != nullptr && order->is_object()) {
    TRY_ASSIGN(changes.order, read_review(order->get_object()));
  } else if (order != nullptr) {
    body.take_error(bad_field("review", "review must be an object, or null."));
  }
  TRY(body.finish());
  if (!review && !lifetime && order == nullptr) {
    return bad_field("review_ms", "Give review_ms, code_ms or review.");
  }
  return changes;
}

using answer_way = void (request_context::*)(rest_answer);

void answer_settings(const rest_context& context, sandbox_control* sandbox, answer_way how) {
  sandbox->brand_codes([context, sandbox, how](result<std::vector<sandbox_code>> codes) {
    if (!codes) return context->fail(codes.error());
    ((*context).*how)(settings_answer(*sandbox, *codes));
  });
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
                                       "lost_after", "late", "gone", "hidden", "empty",
                                       "pending", "undelivered"}));
  fault.count = body.optional_int("count", 1, count_max).value_or(1);
  fault.delay_ms = body.optional_int("delay_ms", 0, delay_ms_max);
  fault.area_code = body.optional_string("area_code", {.min = 3, .max = 3}).value_or("");
  TRY(body.finish());
  return fault;
}

}  // namespace

void plain_sandbox_get(rest_context context) {
  sandbox_control* sandbox = sandbox_or_fail(context);
  if (sandbox != nullptr) answer_settings(context, sandbox, &request_context::answer);
}

void plain_sandbox_update(rest_context context) {
  sandbox_control* sandbox = sandbox_or_fail(context);
  if (sandbox == nullptr) return;
  const auto members = context->body();
  if (!members) return context->fail(members.error());
  const auto read = read_changes(**members);
  if (!read) return context->fail(read.error());
  context->act_once([context, sandbox, changes = *read] {
    if (changes.code_lifetime) sandbox->set_code_lifetime(*changes.code_lifetime);
    if (changes.forget_orders) sandbox->clear_reviews();
    if (changes.order) {
      const auto ordered = sandbox->order_review(*changes.order);
      if (!ordered) return context->fail(ordered.error());
    }
    sandbox->set_review(changes.review.value_or(sandbox->review()),
                        [context, sandbox](result<void> done) {
                          if (!done) return context->fail(done.error());
                          answer_settings(context, sandbox, &request_context::answer_remembered);
                        });
  });
}

void plain_sandbox_faults_add(rest_context context) {
  sandbox_control* sandbox = sandbox_or_fail(context);
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
  sandbox_control* sandbox = sandbox_or_fail(context);
  if (sandbox == nullptr) return;
  json::array faults;
  for (const sandbox_fault& fault : sandbox->faults()) faults.push_back(json_of(fault));
  context->answer(json_answer(200, {{"faults", std::move(faults)}}));
}

void plain_sandbox_faults_clear(rest_context context) {
  sandbox_control* sandbox = sandbox_or_fail(context);
  if (sandbox == nullptr) return;
  const std::size_t waiting = sandbox->faults().size();
  sandbox->clear_faults();
  context->answer(json_answer(200, {{"status", "cleared"}, {"cleared", waiting}}));
}

void plain_sandbox_numbers(rest_context context) {
  sandbox_control* sandbox = sandbox_or_fail(context);
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
