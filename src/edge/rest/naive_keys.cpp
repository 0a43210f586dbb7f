// API keys of the organization, and who the asking key is. Rules: naive dialect §1.
//
// A key's text is in the answer to its creation and nowhere else; a repeat of that request under
// its Idempotency-Key gets the same answer, which is kept sealed for as long as those are kept. A
// key that was ended is forgotten by all loops before the answer says so.
#include <boost/json/array.hpp>
#include <charconv>
#include <utility>

#include "app/api_keys.hpp"
#include "domain/credits_json.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/json_or_null.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"
#include "edge/rest/rest_service.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::int64_t longest_life_s = 10LL * 366 * 24 * 3600;

json::value cap_or_null(const api_key& row) {
  return row.spend_cap_per_day ? credits_json(*row.spend_cap_per_day) : json::value();
}

std::string_view status_of(const api_key& row, timestamp now) {
  if (row.revoked_at) return "revoked";
  return row.expires_at && *row.expires_at <= now ? "expired" : "active";
}

json::object render_key(const api_key& row, timestamp now) {
  json::object out;
  out["id"] = row.id.uuid();
  out["prefix"] = row.hint;
  out["role"] = name_of_value(row.role);
  out["status"] = status_of(row, now);
  out["user_id"] = row.user ? json::value(row.user->uuid()) : json::value();
  out["agent_id"] = row.agent ? json::value(row.agent->prefixed()) : json::value();
  out["spend_cap_credits_per_day"] = cap_or_null(row);
  out["expires_at"] = time_or_null(row.expires_at);
  out["revoked_at"] = time_or_null(row.revoked_at);
  out["created_at"] = to_rfc3339(row.created_at);
  return out;
}

json::object render_identity(const key_identity& found, const business_rules& rules) {
  json::array scopes;
  for (const std::string_view each : scopes_of(found.row.role, rules)) scopes.emplace_back(each);
  json::object out;
  out["id"] = found.row.id.uuid();
  out["prefix"] = found.row.hint;
  out["role"] = name_of_value(found.row.role);
  out["organization"] = {{"id", found.owner.id.uuid()},
                         {"name", found.owner.name},
                         {"plan", found.owner.plan}};
  out["user"] = nullptr;
  if (const auto& bound = found.bound_user) {
    out["user"] = {{"id", bound->id.uuid()},
                   {"external_id", bound->external_id ? json::value(*bound->external_id)
                                                      : json::value()},
                   {"label", bound->label ? json::value(*bound->label) : json::value()}};
  }
  out["agent"] = nullptr;
  if (const auto& bound = found.bound_agent) {
    out["agent"] = {{"id", bound->id.prefixed()}, {"name", bound->name}};
  }
  out["scopes"] = std::move(scopes);
  out["spend_cap_credits_per_day"] = cap_or_null(found.row);
  out["spent_today_credits"] = credits_json(found.today.spent);
  out["expires_at"] = time_or_null(found.row.expires_at);
  out["created_at"] = to_rfc3339(found.row.created_at);
  return out;
}

// Credits as a number or a text; digits as they were sent, no detour over binary fractions.
std::optional<micro_credits> parse_cap(const json::value& given) {
  std::string text;
  if (given.is_string()) {
    text = given.get_string();
  } else if (given.is_int64() || given.is_uint64()) {
    text = json::serialize(given);
  } else if (given.is_double()) {
    char digits[400];
    const auto end = std::to_chars(digits, digits + sizeof digits, given.get_double(),
                                   std::chars_format::fixed);
    if (end.ec == std::errc()) text.assign(digits, end.ptr);
  }
  const auto credits = parse_credits(text);
  if (!credits) return std::nullopt;
  return *credits;
}

void read_expiry(object_reader& read, timestamp now, key_wish& wish) {
  const auto at = read.optional_string("expires_at", {.min = 1, .max = 40});
  const auto in_s = read.optional_int("expires_in_s", 1, longest_life_s);
  if (at && in_s) {
    read.take_error(bad_field("expires_in_s", "Give expires_at or expires_in_s, not both."));
  } else if (in_s) {
    wish.expires_at = timestamp{now.unix_ms + *in_s * 1000};
  } else if (at) {
    const auto parsed = parse_rfc3339(*at);
    if (!parsed || *parsed <= now) {
      read.take_error(bad_field("expires_at", "expires_at must be a time ahead such as "
                                              "2027-01-31T00:00:00Z."));
    } else {
      wish.expires_at = *parsed;
    }
  }
}

result<key_wish> read_key_wish(const json::object& body, timestamp now) {
  object_reader read(body);
  key_wish wish;
  const std::size_t role = read.required_choice("role", {"operator", "agent"});
  wish.role = role == 0 ? key_role::operator_key : key_role::agent_key;
  const auto user = read.optional_string("user_id", {.min = 1, .max = 64});
  const auto agent = read.optional_string("agent_id", {.min = 1, .max = 64});
  read_expiry(read, now, wish);
  const json::value* cap = read.optional_value("spend_cap_credits_per_day");
  if (cap != nullptr && !cap->is_null()) {
    wish.spend_cap_per_day = parse_cap(*cap);
    if (!wish.spend_cap_per_day) {
      read.take_error(bad_field("spend_cap_credits_per_day",
                                "spend_cap_credits_per_day must be credits such as 100 or 12.5."));
    }
  }
  TRY(read.finish());
  if (user) {
    wish.user = user_id::parse(*user);
    if (!wish.user) return refused(error_code::not_found, "There is no user " + *user + ".");
  }
  if (agent) {
    wish.agent = agent_id::parse(*agent);
    if (!wish.agent) return refused(error_code::not_found, "There is no agent " + *agent + ".");
  }
  return wish;
}

key_change change_over_http(const rest_context& context, timestamp now) {
  return {.organization = context->who().organization,
          .by = context->who().key,
          .request_id = context->request_id(),
          .ids = context->env().ids(),
          .now = now};
}

result<void> start_key_create(const rest_context& context) {
  TRY_ASSIGN(const json::object* body, context->body());
  const timestamp now = context->env().now();
  TRY_ASSIGN(key_wish wish, read_key_wish(*body, now));
  context->mutate([context, wish = std::move(wish), now](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const made_key made, make_api_key(work, change_over_http(context, now),
                                                 context->env().random, wish));
    json::object out = render_key(made.row, now);
    out["key"] = made.text.reveal();
    return decimal_json_answer(201, out);
  });
  return {};
}

result<void> start_key_list(const rest_context& context) {
  query_reader query(context->query_parameters());
  const page_request cut = query.naive_page();
  TRY(query.finish());
  context->query_store([who = context->who(), cut,
                        now = context->env().now()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto found, work.organizations().page_of_keys(who.organization, cut));
    json::array rows;
    for (const api_key& row : found.rows) rows.push_back(render_key(row, now));
    json::value next = nullptr;
    if (found.has_more) next = json::value(cursor_of(found.rows.back().id.bytes));
    return decimal_json_answer(
        200, json::object{{"keys", std::move(rows)}, {"next_cursor", std::move(next)}});
  });
  return {};
}

// Harmless twice, so that the loops can forget the key between the commit and the answer.
result<void> start_key_revoke(const rest_context& context) {
  TRY_ASSIGN(const auto id, path_id<api_key_id>(context, "id", error_code::not_found, "key"));
  TRY(expect_no_body(context));
  context->act_once([context, id] {
    const timestamp now = context->env().now();
    context->env().database().write<api_key>(
        [context, id, now](session& work) {
          return end_api_key(work, change_over_http(context, now), id);
        },
        [context, now](result<api_key> ended) {
          if (!ended) return context->fail(ended.error());
          context->service().keys().invalidate(ended->hash);
          context->answer_remembered(decimal_json_answer(200, render_key(*ended, now)));
        });
  });
  return {};
}

result<void> start_key_identify(const rest_context& context) {
  query_reader query(context->query_parameters());
  TRY(query.finish());
  context->query_store([&env = context->env(),
                        who = context->who()](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const key_identity found, identify_key(work, env, who));
    return decimal_json_answer(200, render_identity(found, env.rules()));
  });
  return {};
}

}  // namespace

void naive_keys_create(rest_context context) { start_or_fail(context, start_key_create); }
void naive_keys_list(rest_context context) { start_or_fail(context, start_key_list); }
void naive_keys_revoke(rest_context context) { start_or_fail(context, start_key_revoke); }
void naive_key_identity(rest_context context) { start_or_fail(context, start_key_identify); }

}  // namespace dialplane
