// Webhooks of the naive dialect: endpoints, their deliveries, replays. The company's mount and the
// user's (/v1/users/{user_id}/webhooks) share the handlers. Rules: naive dialect §10.
#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "app/subject.hpp"
#include "app/webhooks.hpp"
#include "domain/event_types.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"
#include "edge/rest/webhook_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t types_max = 32;
constexpr std::int64_t overlap_hours_default = 24;
constexpr std::int64_t overlap_hours_max = 7 * 24;

result<webhook_endpoint_id> asked_webhook(const rest_context& context) {
  return path_id<webhook_endpoint_id>(context, "id", error_code::not_found, "webhook");
}

result<delivery_id> asked_delivery(const rest_context& context) {
  return path_id<delivery_id>(context, "id", error_code::not_found, "delivery");
}

result<void> check_types(const std::vector<std::string>& types) {
  if (types.empty()) return bad_field("eventTypes", "eventTypes must name at least one type.");
  for (const std::string& type : types) {
    if (type != "*" && !is_event_type(type)) {
      error failure = bad_field("eventTypes", "There is no event type '" + type + "'.");
      failure.hint = "GET /v1/webhooks/event-types lists them; \"*\" means all.";
      return failure;
    }
    if (std::ranges::count(types, type) > 1) {
      return bad_field("eventTypes", "eventTypes must name each type once.");
    }
  }
  return {};
}

result<webhook_creation> read_webhook_creation(const rest_context& context) {
  TRY_ASSIGN(const json::object* members, context->body());
  object_reader body(*members);
  webhook_creation asked;
  asked.input.url = body.required_string("url", webhook_url_rule);
  asked.input.event_types = body.optional_string_list("eventTypes", types_max, {.max = 64});
  const auto agent = body.optional_string("agent_id", {.min = 1, .max = 64});
  TRY(body.finish());
  TRY(check_webhook_url(context, *asked.input.url, false));
  TRY_ASSIGN(asked.user, context->asked_user());
  if (agent) {
    asked.agent = agent_id::parse(*agent);
    if (!asked.agent) return refused(error_code::resource_not_found, "No such agent.");
    const std::vector<std::string> only{std::string(text_received_event)};
    if (asked.input.event_types && asked.input.event_types != only) {
      return bad_field("eventTypes", "A message endpoint gets sms.received and nothing else.");
    }
    asked.input.event_types = only;
  }
  if (!asked.input.event_types) return bad_field("eventTypes", "eventTypes is required.");
  TRY(check_types(*asked.input.event_types));
  return asked;
}

result<webhook_input> read_webhook_change(const rest_context& context) {
  TRY_ASSIGN(const json::object* members, context->body());
  object_reader body(*members);
  webhook_input input;
  input.url = body.optional_string("url", webhook_url_rule);
  input.event_types = body.optional_string_list("eventTypes", types_max, {.max = 64});
  input.active = body.optional_bool("active");
  TRY(body.finish());
  if (input.url) TRY(check_webhook_url(context, *input.url, false));
  if (input.event_types) TRY(check_types(*input.event_types));
  return input;
}

// The row with its secret, which is shown this once.
json::object with_secret(const made_webhook& made) {
  json::object out = render_webhook(made.row);
  out["secret"] = made.secret.reveal();
  return out;
}

result<void> start_webhook_create(const rest_context& context) {
  TRY_ASSIGN(webhook_creation asked, read_webhook_creation(context));
  context->mutate([&env = context->env(), who = context->who(), asked = std::move(asked),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const made_webhook made, create_webhook(work, env, who, asked, request));
    return json_answer(201, with_secret(made));
  });
  return {};
}

result<void> start_webhook_list(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  query_reader query(context->query_parameters());
  const page_request cut = query.naive_page();
  TRY(query.finish());
  context->query_store([who = context->who(), asked, cut](session& work) -> result<rest_answer> {
    if (asked) TRY(find_subject(work, who, asked));
    TRY_ASSIGN(const auto found,
               work.webhooks().page_of(who.organization, asked, std::nullopt, cut));
    json::array rows;
    for (const webhook_endpoint& row : found.rows) rows.push_back(render_webhook(row));
    json::value next = nullptr;
    if (found.has_more) next = json::value(cursor_of(found.rows.back().id.bytes));
    return json_answer(
        200, json::object{{"webhooks", std::move(rows)}, {"next_cursor", std::move(next)}});
  });
  return {};
}

result<void> start_webhook_get(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const auto id, asked_webhook(context));
  context->query_store([who = context->who(), asked, id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto row, get_webhook(work, who, asked, id));
    return json_answer(200, render_webhook(row));
  });
  return {};
}

result<void> start_webhook_update(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const auto id, asked_webhook(context));
  TRY_ASSIGN(webhook_input input, read_webhook_change(context));
  context->mutate([&env = context->env(), who = context->who(), asked, id,
                   input = std::move(input),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto row, update_webhook(work, env, who, asked, id, input, request));
    return json_answer(200, render_webhook(row));
  });
  look_after_commit(context, std::make_shared<std::optional<webhook_endpoint_id>>(id));
  return {};
}

result<void> start_webhook_delete(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const auto id, asked_webhook(context));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), who = context->who(), asked, id,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY(remove_webhook(work, env, who, asked, id, request));
    return json_answer(200, json::object{{"id", id.uuid()}, {"status", "deleted"}});
  });
  look_after_commit(context, std::make_shared<std::optional<webhook_endpoint_id>>(id));
  return {};
}

result<void> start_webhook_test(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const auto id, asked_webhook(context));
  TRY(expect_no_body(context));
  context->mutate([&env = context->env(), who = context->who(), asked, id,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const delivery row, test_webhook(work, env, who, asked, id, request));
    return json_answer(202, render_delivery(row));
  });
  look_after_commit(context, std::make_shared<std::optional<webhook_endpoint_id>>(id));
  return {};
}

result<void> start_webhook_rotate(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const auto id, asked_webhook(context));
  TRY_ASSIGN(const json::object* members, context->body(true));
  object_reader body(*members);
  const std::chrono::hours overlap(
      body.optional_int("overlap_hours", 0, overlap_hours_max).value_or(overlap_hours_default));
  TRY(body.finish());
  context->mutate([&env = context->env(), who = context->who(), asked, id, overlap,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const made_webhook made,
               rotate_webhook_secret(work, env, who, asked, id, overlap, std::nullopt, request));
    return json_answer(200, with_secret(made));
  });
  return {};
}

result<void> start_deliveries(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const auto id, asked_webhook(context));
  query_reader query(context->query_parameters());
  const auto word = query.choice("status", {"pending", "delivered", "dead"});
  constexpr delivery_status in_order[] = {delivery_status::pending, delivery_status::delivered,
                                          delivery_status::dead};
  std::optional<delivery_status> only;
  if (word) only = in_order[*word];
  const page_request cut = query.naive_page();
  TRY(query.finish());
  context->query_store([who = context->who(), asked, id, only,
                        cut](session& work) -> result<rest_answer> {
    TRY(get_webhook(work, who, asked, id));
    TRY_ASSIGN(const auto found, work.webhooks().deliveries_of(id, only, cut));
    json::array rows;
    for (const delivery& row : found.rows) rows.push_back(render_delivery(row));
    json::value next = nullptr;
    if (found.has_more) next = json::value(cursor_of(found.rows.back().id.bytes));
    return json_answer(
        200, json::object{{"deliveries", std::move(rows)}, {"next_cursor", std::move(next)}});
  });
  return {};
}

json::object render_try(const delivery_attempt& row) {
  json::object out;
  out["number"] = row.number;
  out["at"] = to_rfc3339(row.at);
  out["took_ms"] = row.took_ms;
  out["status"] = row.status ? json::value(*row.status) : json::value(nullptr);
  out["error"] = row.error.empty() ? json::value(nullptr) : json::value(row.error);
  out["answer"] = row.answer;
  return out;
}

result<void> start_delivery(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const auto id, asked_delivery(context));
  context->query_store([who = context->who(), asked, id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const logged_delivery found, get_delivery(work, who, asked, id));
    json::object out = render_delivery(found.row);
    json::array log;
    for (const delivery_attempt& each : found.tries) log.push_back(render_try(each));
    out["log"] = std::move(log);
    return json_answer(200, out);
  });
  return {};
}

result<void> start_event_types(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  query_reader query(context->query_parameters());
  TRY(query.finish());
  context->query_store([who = context->who(), asked](session& work) -> result<rest_answer> {
    if (asked) TRY(find_subject(work, who, asked));
    json::array types;
    for (const std::string_view type : all_event_types()) types.emplace_back(type);
    return json_answer(200, json::object{{"event_types", std::move(types)}});
  });
  return {};
}

result<void> start_replay(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const auto id, asked_delivery(context));
  TRY(expect_no_body(context));
  const auto touched = std::make_shared<std::optional<webhook_endpoint_id>>();
  context->mutate([&env = context->env(), who = context->who(), asked, id, touched,
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const delivery row, replay_delivery(work, env, who, asked, id, request));
    *touched = row.endpoint;
    return json_answer(202, render_delivery(row));
  });
  look_after_commit(context, touched);
  return {};
}

}  // namespace

void naive_webhooks_create(rest_context context) { start_or_fail(context, start_webhook_create); }
void naive_webhooks_list(rest_context context) { start_or_fail(context, start_webhook_list); }
void naive_webhooks_get(rest_context context) { start_or_fail(context, start_webhook_get); }
void naive_webhooks_update(rest_context context) { start_or_fail(context, start_webhook_update); }
void naive_webhooks_delete(rest_context context) { start_or_fail(context, start_webhook_delete); }
void naive_webhooks_test(rest_context context) { start_or_fail(context, start_webhook_test); }
void naive_webhooks_rotate_secret(rest_context context) {
  start_or_fail(context, start_webhook_rotate);
}
void naive_webhooks_deliveries(rest_context context) { start_or_fail(context, start_deliveries); }
void naive_webhook_delivery(rest_context context) { start_or_fail(context, start_delivery); }
void naive_webhook_replay(rest_context context) { start_or_fail(context, start_replay); }

void naive_webhook_event_types(rest_context context) {
  start_or_fail(context, start_event_types);
}

}  // namespace dialplane
