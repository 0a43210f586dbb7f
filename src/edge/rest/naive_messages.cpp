// Texts of the naive dialect: send, list, one, wait. Both mounts, /v1/phone and
// /v1/users/{user_id}/phone, come here. Rules: naive dialect §4.5 and §4.6.
#include <boost/json/array.hpp>
#include <utility>

#include "app/read_texts.hpp"
#include "app/send_text.hpp"
#include "app/wait_for_text.hpp"
#include "domain/destinations.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_message_rendering.hpp"
#include "edge/rest/naive_requests.hpp"
#include "edge/rest/text_limits.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::int64_t wait_ms_max = 60'000;
constexpr std::int64_t wait_ms_default = 30'000;

// ---- send -------------------------------------------------------------------------------------

void read_media(object_reader& read, send_text_request& request) {
  auto urls = read.optional_string_list("media_urls", text_media_max,
                                        {.min = 1, .max = text_media_url_max});
  if (!urls) return;
  for (const std::string& url : *urls) {
    if (url.starts_with("https://") || url.starts_with("http://")) continue;
    read.take_error(bad_field("media_urls", "media_urls must be http or https addresses."));
  }
  request.media_urls = *std::move(urls);
}

message_purpose read_purpose(object_reader& read) {
  const auto purpose =
      read.optional_choice("purpose", {"conversational", "marketing", "one_time_code"});
  constexpr message_purpose in_order[] = {message_purpose::conversational,
                                          message_purpose::marketing,
                                          message_purpose::one_time_code};
  return in_order[purpose.value_or(0)];
}

struct send_body {
  send_text_request request;
  bool dry_run = false;
};

// An e164 always holds a number, so something must stand there while the body is judged.
e164 unread_number() { return *e164::parse("+12025550100"); }

result<send_body> read_send(const json::object& body, const number_id& from) {
  object_reader read(body);
  const std::string to = read.required_string("to", {.min = 1, .max = 32});
  auto recipient = parse_destination(to);
  if (!read.failed() && !recipient) read.take_error(recipient.error());
  const auto text = read.optional_string("body", {.max = text_body_max, .allow_line_breaks = true});
  send_text_request unread{.who = {}, .user = {}, .from = from, .to = unread_number(), .body = {}};
  read_media(read, unread);
  if (!read.failed() && text.value_or("").empty() && unread.media_urls.empty()) {
    read.take_error(bad_field("body", "body must be 1 to 1600 characters."));
  }
  unread.body = text.value_or("");
  unread.purpose = read_purpose(read);
  unread.consent = read.optional_string("consent", {.min = 1, .max = 500});
  unread.queue = read.optional_bool("queue").value_or(false);
  const bool dry_run = read.optional_bool("dry_run").value_or(false);
  TRY(read.finish());
  unread.to = *recipient;
  return send_body{std::move(unread), dry_run};
}

void answer_forecast(const rest_context& context, send_text_request request) {
  auto asked = std::make_shared<const send_text_request>(std::move(request));
  context->query_store([&env = context->env(), asked](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const text_forecast forecast, forecast_text(work, env, *asked));
    return decimal_json_answer(200, render_forecast(forecast));
  });
}

result<void> start_message_send(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const number_id from, asked_number(context));
  TRY_ASSIGN(const json::object* body, context->body());
  TRY_ASSIGN(send_body asked, read_send(*body, from));
  asked.request.who = context->who();
  asked.request.user = user;
  asked.request.identity = context->identity();
  if (asked.dry_run) {
    answer_forecast(context, std::move(asked.request));
    return {};
  }
  send_text(context->env(), std::move(asked.request), [context](result<sent_text_answer> sent) {
    if (!sent) return context->fail(sent.error());
    rest_answer answer = decimal_json_answer(202, render_sent_text(*sent));
    if (sent->replayed) return context->answer_replayed(std::move(answer));
    context->answer(std::move(answer));
  });
  return {};
}

// ---- read -------------------------------------------------------------------------------------

// The id that a moment would have given: what is older has smaller ones.
uuid_bytes first_id_at(timestamp at) {
  uuid_bytes id{};
  for (int i = 0; i < 6; ++i) {
    id[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(at.unix_ms >> (8 * (5 - i)) & 0xff);
  }
  return id;
}

// A message id, a cursor of ours, or an ISO time.
std::optional<uuid_bytes> read_place(std::string_view text) {
  if (const auto id = message_id::parse(text)) return id->bytes;
  if (const auto cursor = parse_cursor(text)) return cursor;
  if (const auto at = parse_rfc3339(text); at && at->unix_ms >= 0) return first_id_at(*at);
  return std::nullopt;
}

page_request read_page_request(query_reader& query) {
  page_request cut;
  cut.limit = static_cast<std::size_t>(query.integer("limit", 1, 100, 20));
  if (const auto cursor = query.text("cursor", 512)) {
    cut.after = read_place(*cursor);
    if (!cut.after) {
      query.take_error(bad_field("cursor", "cursor must be a next_cursor of an earlier answer, or "
                                           "a time such as 2026-01-31T12:00:00Z."));
    }
  }
  return cut;
}

result<void> start_message_list(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const number_id id, asked_number(context));
  query_reader query(context->query_parameters());
  const auto direction = query.choice("direction", {"inbound", "outbound", "all"});
  const page_request cut = read_page_request(query);
  TRY(query.finish());
  const bool inbound_only = direction.value_or(0) == 0;
  std::optional<message_direction> only;
  if (inbound_only) only = message_direction::inbound;
  if (direction == 1U) only = message_direction::outbound;
  context->query_store([who = context->who(), user, id, only, cut,
                        inbound_only](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto found, list_texts(work, who, user, id, only, cut));
    json::array messages;
    for (const message& row : found.rows) {
      messages.push_back(render_message_row(row, !inbound_only));
    }
    json::value next = nullptr;
    if (found.has_more && !found.rows.empty()) {
      next = json::value(cursor_of(found.rows.back().id.bytes));
    }
    return json_answer(200, json::object{{"messages", std::move(messages)},
                                         {"next_cursor", std::move(next)}});
  });
  return {};
}

result<void> start_message_get(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const auto id,
             path_id<message_id>(context, "id", error_code::resource_not_found, "message"));
  context->query_store([who = context->who(), user, id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const message row, get_text(work, who, user, id));
    return decimal_json_answer(200, render_message(row));
  });
  return {};
}

// ---- wait -------------------------------------------------------------------------------------

result<void> read_wait(const json::object& body, wait_for_text_request& request) {
  object_reader read(body);
  const auto wait_ms = read.optional_int("timeout_ms", 0, wait_ms_max);
  request.wait = std::chrono::milliseconds(wait_ms.value_or(wait_ms_default));
  request.from = read.optional_string("from", {.min = 1, .max = 64});
  const auto pattern =
      read.optional_string("pattern", {.min = 1, .max = text_pattern::max_bytes});
  if (pattern) {
    auto parsed = text_pattern::parse(*pattern);
    if (parsed) {
      request.pattern = *std::move(parsed);
    } else {
      read.take_error(std::move(parsed).error());
    }
  }
  if (const auto after = read.optional_string("after", {.min = 1, .max = 64})) {
    request.after = read_place(*after);
    if (!request.after) {
      read.take_error(bad_field("after", "after must be a message id or a time such as "
                                         "2026-01-31T12:00:00Z."));
    }
  }
  return read.finish();
}

result<void> start_message_wait(const rest_context& context) {
  wait_for_text_request request;
  TRY_ASSIGN(request.user, context->asked_user());
  TRY_ASSIGN(request.number, asked_number(context));
  TRY_ASSIGN(const json::object* body, context->body(true));
  TRY(read_wait(*body, request));
  request.who = context->who();
  request.is_wanted = [context] { return context->client_waits(); };
  wait_for_text(context->env(), std::move(request),
                [context](result<std::optional<message>> found) {
                  if (!found) return context->fail(found.error());
                  json::value shown = nullptr;
                  if (*found) shown = render_message(**found);
                  context->answer(json_answer(200, json::object{{"message", std::move(shown)}}));
                });
  return {};
}

}  // namespace

void naive_phone_sms(rest_context context) { start_or_fail(context, start_message_send); }
void naive_phone_messages(rest_context context) { start_or_fail(context, start_message_list); }
void naive_phone_message(rest_context context) { start_or_fail(context, start_message_get); }
void naive_phone_messages_wait(rest_context context) { start_or_fail(context, start_message_wait); }

}  // namespace dialplane
