// The operator's hand on the handsets of the sandbox carrier: what they received, and texts from
// them to our numbers.
#include <boost/json/array.hpp>

#include "edge/rest/naive_requests.hpp"
#include "edge/rest/plain_handlers.hpp"
#include "edge/rest/sandbox_requests.hpp"
#include "edge/rest/text_limits.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t text_party_max = 32;

result<void> start_sandbox_message_list(const rest_context& context) {
  TRY_ASSIGN(sandbox_control* sandbox, sandbox_of(context));
  query_reader query(context->query_parameters());
  const auto to = query.text("to", text_party_max);
  const auto limit = static_cast<std::size_t>(query.integer("limit", 1, 100, 100));
  if (!to) query.take_error(bad_field("to", "to must name the handset, such as +14155550142."));
  TRY(query.finish());
  sandbox->texts_received_by(*to, limit, [context](result<std::vector<sandbox_text>> texts) {
    if (!texts) return context->fail(texts.error());
    json::array messages;
    for (const sandbox_text& text : *texts) {
      json::value id = nullptr;
      if (!text.id.empty()) id = json::value(text.id);
      messages.push_back(json::object{{"id", std::move(id)},
                                      {"from", text.from},
                                      {"to", text.to},
                                      {"body", text.body},
                                      {"sent_at", to_rfc3339(text.sent_at)}});
    }
    context->answer(json_answer(200, json::object{{"messages", std::move(messages)}}));
  });
  return {};
}

result<void> start_sandbox_message_add(const rest_context& context) {
  TRY_ASSIGN(sandbox_control* sandbox, sandbox_of(context));
  TRY_ASSIGN(const json::object* members, context->body());
  object_reader body(*members);
  sandbox_text text;
  text.from = body.required_string("from", {.min = 1, .max = text_party_max});
  text.to = body.required_string("to", {.min = 1, .max = text_party_max});
  text.body = body.optional_string("body", {.max = text_body_max, .allow_line_breaks = true})
                  .value_or("");
  text.media_urls =
      body.optional_string_list("media_urls", text_media_max, {.min = 1, .max = text_media_url_max})
          .value_or(std::vector<std::string>());
  if (!body.failed() && text.body.empty() && text.media_urls.empty()) {
    body.take_error(bad_field("body", "body must be 1 to 1600 characters."));
  }
  TRY(body.finish());
  context->act_once([context, sandbox, text = std::move(text)] {
    sandbox->text_from_outside(text, [context](result<std::string> id) {
      if (!id) return context->fail(id.error());
      context->answer_remembered(json_answer(201, json::object{{"id", *id}}));
    });
  });
  return {};
}

}  // namespace

void plain_sandbox_messages_list(rest_context context) {
  start_or_fail(context, start_sandbox_message_list);
}
void plain_sandbox_messages_add(rest_context context) {
  start_or_fail(context, start_sandbox_message_add);
}

}  // namespace dialplane
