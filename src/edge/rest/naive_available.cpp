// What is for sale, and quotes for it, in the naive dialect: GET /v1/phone/available,
// POST /v1/phone/quotes, GET /v1/phone/quotes/{id}; company's and user's mount alike.
#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "app/available_numbers.hpp"
#include "app/quotes.hpp"
#include "domain/area_codes.hpp"
#include "domain/credits_json.hpp"
#include "domain/e164.hpp"
#include "edge/rest/json_decimals.hpp"
#include "edge/rest/json_or_null.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_number_input.hpp"
#include "edge/rest/naive_rendering.hpp"
#include "edge/rest/naive_requests.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t account_name_max = 64;

json::array words_of(bool texts, bool media, bool calls) {
  json::array words;
  if (texts) words.push_back("sms");
  if (media) words.push_back("mms");
  if (calls) words.push_back("voice");
  return words;
}

carrier_cost cost_of(const number_offer& offer) {
  if (!offer.price) return {};
  return {offer.price->monthly_micro_usd, offer.price->upfront_micro_usd,
          offer.price->is_estimate};
}

json::object render_available(const available_number& row, number_type type,
                              micro_credits monthly) {
  const number_features& can = row.offer.features;
  return {{"phone_number", row.offer.e164},
          {"carrier", row.carrier},
          {"type", name_of(type)},
          {"area_code", row.offer.e164.substr(2, 3)},
          {"locality", text_or_null(row.offer.locality)},
          {"region", text_or_null(row.offer.region)},
          {"features", words_of(can.texts, can.media, can.calls)},
          {"carrier_price", render_carrier_cost(cost_of(row.offer))},
          {"credits", credits_json(row.price)},
          {"monthly_credits", credits_json(monthly)}};
}

rest_answer answer_available(const available_numbers& found, number_type type,
                             micro_credits monthly) {
  json::array numbers;
  for (const available_number& row : found.rows) {
    numbers.push_back(render_available(row, type, monthly));
  }
  json::array unavailable;
  for (const unavailable_account& each : found.unavailable) {
    unavailable.push_back(json::object{{"carrier", each.carrier}, {"message", each.sentence}});
  }
  return decimal_json_answer(200, json::object{{"numbers", std::move(numbers)},
                                               {"unavailable", std::move(unavailable)}});
}

// "sms,voice"
void read_features(query_reader& query, number_features& into) {
  const auto text = query.text("features", 40);
  if (!text) return;
  std::string_view left = *text;
  while (true) {
    const std::size_t comma = left.find(',');
    const std::string_view word = left.substr(0, comma);
    if (word == "sms") {
      into.texts = true;
    } else if (word == "mms") {
      into.media = true;
    } else if (word == "voice") {
      into.calls = true;
    } else {
      return query.take_error(bad_field("features", "features are sms, mms and voice."));
    }
    if (comma == std::string_view::npos) return;
    left.remove_prefix(comma + 1);
  }
}

void read_searched_area_code(query_reader& query, number_search& into) {
  const auto code = query.text("area_code", 8);
  if (!code) return;
  if (into.type == number_type::toll_free) {
    const auto known = toll_free_codes_for_sale();
    if (std::ranges::find(known, *code) == known.end()) {
      return query.take_error(bad_field("area_code", "area_code is not a toll-free code for sale.",
                                        error_code::area_code_invalid));
    }
  } else if (auto plan = area_code_plan(*code, area_code_policy::exact); !plan) {
    return query.take_error(std::move(plan).error());
  }
  into.area_codes.push_back(*code);
}

void read_contains(query_reader& query, number_search& into) {
  const auto digits = query.text("contains", 10);
  if (!digits) return;
  const bool fits = !digits->empty() && std::ranges::all_of(*digits, [](char c) {
    return c >= '0' && c <= '9';
  });
  if (!fits) {
    return query.take_error(bad_field("contains", "contains must be 1 to 10 digits."));
  }
  into.contains = *digits;
}

void read_state(query_reader& query, number_search& into) {
  const auto state = query.text("state", 8);
  if (!state) return;
  if (us_region_members(*state).empty()) {
    return query.take_error(bad_field("state", "state must be a US state such as CA."));
  }
  into.region = *state;
}

result<available_request> read_search(const rest_context& context) {
  query_reader query(context->query_parameters());
  available_request request;
  number_search& wanted = request.wanted;
  if (query.choice("type", {"local", "toll_free"}).value_or(0) == 1) {
    wanted.type = number_type::toll_free;
  }
  read_searched_area_code(query, wanted);
  read_contains(query, wanted);
  wanted.locality = query.text("locality", 64).value_or("");
  read_state(query, wanted);
  read_features(query, wanted.features);
  wanted.limit = static_cast<std::size_t>(query.integer("limit", 1, 50, 20));
  request.account = query.text("carrier", account_name_max).value_or("");
  TRY(query.finish());
  TRY_ASSIGN(request.user, context->asked_user());
  request.who = context->who();
  return request;
}

result<void> start_available(const rest_context& context) {
  TRY_ASSIGN(available_request request, read_search(context));
  const number_type type = request.wanted.type;
  find_available_numbers(
      context->env(), std::move(request), [context, type](result<available_numbers> found) {
        if (!found) return context->fail(found.error());
        const auto monthly = monthly_price(context->env().rules().prices, type);
        context->answer(answer_available(*found, type, monthly));
      });
  return {};
}

json::object render_quote(const quote& row, timestamp now) {
  const char* status = row.used_by ? "used" : row.expires_at <= now ? "expired" : "open";
  return {{"id", row.id.uuid()},
          {"status", status},
          {"phone_number", row.e164},
          {"carrier", row.carrier},
          {"type", name_of(row.type)},
          {"area_code", row.e164.substr(2, 3)},
          {"locality", text_or_null(row.locality)},
          {"region", text_or_null(row.region)},
          {"features", words_of(row.texts, row.media, row.calls)},
          {"carrier_price", render_carrier_cost(row.cost)},
          {"credits", credits_json(row.price)},
          {"monthly_credits", credits_json(row.monthly)},
          {"reserved", !row.reservation.empty()},
          {"operation_id", row.used_by ? json::value(row.used_by->uuid()) : nullptr},
          {"tenant_user_id", row.user.uuid()},
          {"created_at", to_rfc3339(row.created_at)},
          {"expires_at", to_rfc3339(row.expires_at)}};
}

result<quote_request> read_quote_request(const rest_context& context) {
  TRY_ASSIGN(const json::object* body, context->body());
  object_reader read(*body);
  number_input given = read_number_input(read);
  quote_request request;
  request.account = read.optional_string("carrier", {.min = 1, .max = account_name_max})
                        .value_or("");
  TRY(read.finish());
  request.type = given.type;
  request.area_code = std::move(given.area_code);
  request.policy = given.policy;
  request.exact = std::move(given.exact);
  TRY_ASSIGN(request.user, context->asked_user());
  request.who = context->who();
  return request;
}

result<void> start_quote(const rest_context& context) {
  TRY_ASSIGN(quote_request request, read_quote_request(context));
  context->act_once([context, request = std::move(request)]() mutable {
    make_quote(context->env(), std::move(request), [context](result<quote> made) {
      if (!made) return context->fail(made.error());
      context->answer_remembered(
          decimal_json_answer(201, render_quote(*made, context->env().now())));
    });
  });
  return {};
}

result<void> start_quote_get(const rest_context& context) {
  TRY_ASSIGN(const auto asked, context->asked_user());
  TRY_ASSIGN(const quote_id id,
             path_id<quote_id>(context, "id", error_code::resource_not_found, "quote"));
  context->query_store([&env = context->env(), who = context->who(), asked,
                        id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const quote found, get_quote(work, who, asked, id));
    return decimal_json_answer(200, render_quote(found, env.now()));
  });
  return {};
}

}  // namespace

void naive_phone_available(rest_context context) { start_or_fail(context, start_available); }
void naive_quotes_create(rest_context context) { start_or_fail(context, start_quote); }
void naive_quotes_get(rest_context context) { start_or_fail(context, start_quote_get); }

}  // namespace dialplane
