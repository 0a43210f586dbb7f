// Contacts of the naive dialect: who opted out, who consented, and recording either by hand.
#include "app/contacts.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "edge/rest/json_or_null.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

json::object render_contact(const contact& row) {
  json::value review;
  if (row.review_due_at) {
    review = json::object{{"due_at", to_rfc3339(*row.review_due_at)},
                          {"phrase", row.review_phrase}};
  }
  return {{"id", row.id.uuid()},
          {"e164", row.e164},
          {"opted_out", row.opted_out_at.has_value()},
          {"opted_out_at", time_or_null(row.opted_out_at)},
          {"opted_in_at", time_or_null(row.opted_in_at)},
          {"review", std::move(review)},
          {"first_sent_at", time_or_null(row.first_sent_at)},
          {"last_inbound_at", time_or_null(row.last_inbound_at)},
          {"tenant_user_id", row.user.uuid()},
          {"created_at", to_rfc3339(row.created_at)},
          {"updated_at", to_rfc3339(row.updated_at)}};
}

json::object render_opt_out(const opt_out& row) {
  json::value phone;
  if (row.number != number_id{}) phone = json::value(row.number.uuid());
  json::value message;
  if (row.message) message = json::value(row.message->prefixed());
  return {{"phone_id", std::move(phone)},
          {"campaign_id", id_or_null(row.campaign)},
          {"source", name_of_value(row.source)},
          {"word", row.word},
          {"message_id", std::move(message)},
          {"rules_version", row.rules_version},
          {"at", to_rfc3339(row.at)}};
}

json::object render_consent(const consent& row) {
  return {{"method", row.method},
          {"wording", row.wording},
          {"identifier", row.identifier},
          {"campaign_id", id_or_null(row.campaign)},
          {"phone_id", id_or_null(row.number)},
          {"at", to_rfc3339(row.at)},
          {"recorded_at", to_rfc3339(row.recorded_at)}};
}

json::object render_view(const contact_view& view) {
  json::object body = render_contact(view.row);
  json::array opt_outs;
  for (const opt_out& each : view.opt_outs) opt_outs.push_back(render_opt_out(each));
  json::array consents;
  for (const consent& each : view.consents) consents.push_back(render_consent(each));
  body["opt_outs"] = std::move(opt_outs);
  body["consents"] = std::move(consents);
  return body;
}

result<e164> asked_contact(const rest_context& context) {
  return e164::parse(context->path_parameter("e164"), "e164");
}

// An id in a body; one that cannot be parsed names nothing.
template <typename Id>
std::optional<Id> read_id(object_reader& read, std::string_view name, std::string_view what) {
  const auto given = read.optional_string(name, {.min = 1, .max = 64});
  if (!given) return std::nullopt;
  const auto id = Id::parse(*given);
  if (!id) {
    read.take_error(
        refused(error_code::resource_not_found, "No such " + std::string(what) + "."));
  }
  return id;
}

constexpr text_rule reason_rule{.min = 1, .max = 500};

result<consent_input> read_consent(const json::object& body) {
  static constexpr std::string_view methods[] = {"web_form", "keyword", "paper",
                                                 "verbal",   "import",  "other"};
  object_reader read(body);
  consent_input given;
  given.method = methods[read.required_choice(
      "method", {"web_form", "keyword", "paper", "verbal", "import", "other"})];
  given.wording =
      read.required_string("wording", {.min = 1, .max = 2000, .allow_line_breaks = true});
  given.identifier = read.required_string("identifier", {.min = 1, .max = 255});
  given.campaign = read_id<campaign_id>(read, "campaign_id", "campaign");
  given.number = read_id<number_id>(read, "phone_id", "phone number");
  if (const auto at = read.optional_string("at", {.min = 1, .max = 40})) {
    const auto parsed = parse_rfc3339(*at);
    if (parsed) {
      given.at = *parsed;
    } else {
      read.take_error(bad_field("at", "at must be a time such as 2026-03-01T00:00:00Z."));
    }
  }
  TRY(read.finish());
  return given;
}

result<void> start_contact_list(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  query_reader query(context->query_parameters());
  const auto choice = query.choice("opted_out", {"false", "true"});
  const page_request cut = query.naive_page();
  TRY(query.finish());
  std::optional<bool> opted_out;
  if (choice) opted_out = *choice == 1;
  context->query_store([who = context->who(), user, opted_out,
                        cut](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto found, list_contacts(work, who, user, opted_out, cut));
    json::array contacts;
    for (const contact& row : found.rows) contacts.push_back(render_contact(row));
    json::value next;
    if (found.has_more) next = json::value(cursor_of(found.rows.back().id.bytes));
    return json_answer(200, json::object{{"contacts", std::move(contacts)},
                                         {"next_cursor", std::move(next)}});
  });
  return {};
}

result<void> start_contact_get(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const e164 number, asked_contact(context));
  context->query_store([who = context->who(), user, number](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto view, get_contact(work, who, user, number));
    return json_answer(200, render_view(view));
  });
  return {};
}

result<void> start_consent(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const e164 number, asked_contact(context));
  TRY_ASSIGN(const json::object* body, context->body());
  TRY_ASSIGN(consent_input given, read_consent(*body));
  context->mutate([&env = context->env(), who = context->who(), user, number,
                   given = std::move(given),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto view, record_consent(work, env, who, user, number, given, request));
    return json_answer(200, render_view(view));
  });
  return {};
}

result<void> start_opt_out(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const e164 number, asked_contact(context));
  TRY_ASSIGN(const json::object* body, context->body(true));
  object_reader read(*body);
  const auto told = read_id<number_id>(read, "phone_id", "phone number");
  std::string reason = read.optional_string("reason", reason_rule).value_or("");
  TRY(read.finish());
  context->mutate([&env = context->env(), who = context->who(), user, number, told,
                   reason = std::move(reason),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto view,
               opt_contact_out(work, env, who, user, number, told, reason, request));
    return json_answer(200, render_view(view));
  });
  return {};
}

result<void> start_opt_in(const rest_context& context) {
  TRY_ASSIGN(const auto user, context->asked_user());
  TRY_ASSIGN(const e164 number, asked_contact(context));
  TRY_ASSIGN(const json::object* body, context->body());
  object_reader read(*body);
  std::string reason = read.required_string("reason", reason_rule);
  const bool confirmed = read.optional_bool("confirmed_by_contact").value_or(false);
  TRY(read.finish());
  context->mutate([&env = context->env(), who = context->who(), user, number, confirmed,
                   reason = std::move(reason),
                   request = context->request_id()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto view,
               opt_contact_in(work, env, who, user, number, confirmed, reason, request));
    return json_answer(200, render_view(view));
  });
  return {};
}

}  // namespace

void naive_contacts_list(rest_context context) { start_or_fail(context, start_contact_list); }
void naive_contacts_get(rest_context context) { start_or_fail(context, start_contact_get); }
void naive_contacts_consent(rest_context context) { start_or_fail(context, start_consent); }
void naive_contacts_opt_out(rest_context context) { start_or_fail(context, start_opt_out); }
void naive_contacts_opt_in(rest_context context) { start_or_fail(context, start_opt_in); }

}  // namespace dialplane
