// Agent webhooks of the cartesia dialect: a URL and a secret that agents are attached to. Their
// deliveries, tests and replays are under /v1/webhooks. Rules: cartesia dialect, "Webhooks".
#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "edge/rest/cartesia_handlers.hpp"
#include "edge/rest/cartesia_input.hpp"
#include "edge/rest/webhook_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr text_rule webhook_secret_rule{.min = 8, .max = 255};
constexpr text_rule display_name_rule{.max = 255};
// For those who change a webhook's secret here, the old one signs on for as long.
constexpr std::chrono::hours overlap{24};

json::object render_cartesia_webhook(const webhook_endpoint& row) {
  json::object out;
  out["id"] = row.id.prefixed();
  out["url"] = row.url;
  out["created_at"] = to_rfc3339(row.created_at);
  out["updated_at"] = to_rfc3339(row.updated_at);
  if (row.display_name) out["display_name"] = *row.display_name;
  return out;
}

// It goes into a header as it is.
result<void> check_secret(std::string_view secret) {
  const bool plain = std::ranges::all_of(secret, [](char c) { return c > ' ' && c < 0x7f; });
  if (plain) return {};
  return bad_field("secret", "secret must be printable ASCII without spaces.");
}

}  // namespace

void cartesia_webhooks_create(rest_context context) {
  const auto members = context->body();
  if (!members) return context->fail(members.error());
  object_reader body(**members);
  webhook_creation asked;
  asked.style = webhook_style::cartesia;
  asked.version = name_of_value(context->version());
  asked.input.url = body.required_string("url", webhook_url_rule);
  asked.input.event_types = {"*"};
  asked.secret = body.required_string("secret", webhook_secret_rule);
  asked.input.display_name = body.nullable_string("display_name", display_name_rule);
  auto read = body.finish();
  if (read) read = check_webhook_url(context, *asked.input.url, true);
  if (read) read = check_secret(*asked.secret);
  if (!read) return context->fail(read.error());
  context->mutate([context, asked = std::move(asked)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const made_webhook made, create_webhook(work, context->env(), context->who(),
                                                       asked, context->request_id()));
    json::object out = render_cartesia_webhook(made.row);
    out["secret"] = made.secret.reveal();
    return json_answer(200, out);
  });
}

void cartesia_webhooks_list(rest_context context) {
  query_reader query(context->query_parameters());
  const page_request cut = query.cartesia_page<webhook_endpoint_id>();
  if (auto read = query.finish(); !read) return context->fail(read.error());
  context->query_store([who = context->who(), cut](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto found, work.webhooks().page_of(who.organization, std::nullopt,
                                                         webhook_style::cartesia, cut));
    json::array rows;
    for (const webhook_endpoint& row : found.rows) rows.push_back(render_cartesia_webhook(row));
    return json_answer(200,
                       json::object{{"data", std::move(rows)}, {"has_more", found.has_more}});
  });
}

void cartesia_webhooks_update(rest_context context) {
  const auto id = webhook_endpoint_id::parse(context->path_parameter("id"));
  const auto members = context->body();
  if (!members) return context->fail(members.error());
  object_reader body(**members);
  webhook_input input;
  input.url = body.optional_string("url", webhook_url_rule);
  input.display_name = body.nullable_string("display_name", display_name_rule);
  const auto secret = body.optional_string("secret", webhook_secret_rule);
  auto read = body.finish();
  if (read && input.url) read = check_webhook_url(context, *input.url, true);
  if (read && secret) read = check_secret(*secret);
  if (!read) return context->fail(read.error());
  context->mutate([context, id, input, secret](session& work) -> result<rest_answer> {
    const actor& who = context->who();
    const error missing = refused(error_code::resource_not_found, "There is no such webhook.");
    if (!id) return missing;
    TRY_ASSIGN(const auto found, work.webhooks().find(who.organization, *id));
    if (!found || found->style != webhook_style::cartesia) return missing;
    TRY_ASSIGN(webhook_endpoint row, update_webhook(work, context->env(), who, std::nullopt, *id,
                                                    input, context->request_id()));
    if (secret) {
      TRY_ASSIGN(const made_webhook made,
                 rotate_webhook_secret(work, context->env(), who, std::nullopt, *id, overlap,
                                       *secret, context->request_id()));
      row = made.row;
    }
    return json_answer(200, render_cartesia_webhook(row));
  });
}

}  // namespace dialplane
