#include "edge/cli/purchase_price.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/money.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;
using priced = boost::system::result<purchase_price, command_error>;

constexpr std::string_view wish_members[] = {"type", "area_code", "area_code_policy",
                                             "phone_number"};

std::string number_text(const json::value& body, std::string_view path) {
  const json::value& found = value_at(body, path);
  return found.is_number() ? plain_text(found) : std::string();
}

std::string word_at(const json::value& body, std::string_view path) {
  const json::value& found = value_at(body, path);
  return found.is_string() ? harmless(found.get_string()) : std::string();
}

json::object body_of(const api_request& request) {
  boost::system::error_code failure;
  json::value body = json::parse(request.body.value_or("{}"), failure);
  return !failure && body.is_object() ? std::move(body.get_object()) : json::object();
}

std::string price_difference(const std::string& whole, const std::string& part) {
  const auto all = parse_credits(whole), some = parse_credits(part);
  if (!all || !some || *all <= *some) return {};
  return to_decimal(*all - *some);
}

// Of a quote, or of a row of what is for sale.
purchase_price price_in(const json::value& row) {
  purchase_price price;
  price.what = word_at(row, "phone_number");
  const std::string place = word_at(row, "locality"), state = word_at(row, "region");
  if (!state.empty()) price.what += " (" + (place.empty() ? state : place + ", " + state) + ")";
  price.credits = number_text(row, "credits");
  price.monthly = number_text(row, "monthly_credits");
  price.fees = price_difference(price.credits, price.monthly);
  return price;
}

// What would refuse the purchase too: all that is no passing trouble. 503 says that nothing fits
// or that purchases are paused.
bool is_refusal(const api_answer& answer) {
  return (answer.status >= 400 && answer.status < 500 && answer.status != 429) ||
         answer.status == 503;
}

std::string wish_in_words(const json::object& wish) {
  const json::value whole(wish);
  const std::string exact = word_at(whole, "phone_number"), code = word_at(whole, "area_code");
  if (!exact.empty()) return exact;
  const bool toll_free = word_at(whole, "type") == "toll_free";
  return std::string(toll_free ? "a toll-free number" : "a local number") +
         (code.empty() ? "" : " in area code " + code);
}

// A number's price without a promise.
priced price_for_sale(client_call& call, const api_request& request, const json::object& wish) {
  std::string target = "/v1/phone/available?limit=1";
  const std::string type = word_at(json::value(wish), "type");
  if (!type.empty()) target += "&type=" + percent_encoded(type);
  purchase_price price;
  const api_result told = call.api->ask(beside(request, target));
  if (told && is_refusal(*told)) return error_of(*told, false);
  if (told && told->status == 200) {
    if (const auto* rows = value_at(told->body, "numbers").if_array(); rows && !rows->empty()) {
      price = price_in(rows->front());
    }
  }
  price.what = wish_in_words(wish);
  return price;
}

// The server says the same; but only after the person had agreed to a price.
std::optional<command_error> lacks_ein(client_call& call, const api_request& request,
                                       const json::object& body) {
  const bool local = word_at(json::value(body), "type") != "toll_free";
  if (!local || body.contains("ein") || body.contains("tier")) return std::nullopt;
  const api_result told = call.api->ask(beside(request, "/v1/phone/status"));
  const bool is_first = told && told->status == 200 && told->body.is_object() &&
                        value_at(told->body, "account").is_null();
  if (!is_first) return std::nullopt;
  command_error why;
  why.code = "invalid_input";
  why.reason = "ein_required";
  why.message = "The first number needs the company's EIN (9 digits).";
  why.request_id = told->request_id;
  return why;
}

api_request quote_request(const api_request& request, const json::object& wish) {
  api_request asks = beside(request, "/v1/phone/quotes");
  asks.method = "POST";
  asks.body = json::serialize(wish);
  asks.idempotency_key = new_idempotency_key();
  return asks;
}

priced with_balance(client_call& call, const api_request& request, priced found) {
  if (!found) return found;
  found->balance = balance_of(call, request);
  found->covered = covers(found->balance, found->credits);
  return found;
}

priced price_by_quote(client_call& call, api_request& request, json::object body,
                      const json::object& wish) {
  const bool has_quote = body.contains("quote_id");
  const std::string given = has_quote ? word_at(json::value(body), "quote_id") : std::string();
  const api_result told = call.api->ask(
      has_quote ? beside(request, "/v1/phone/quotes/" + percent_encoded(given))
                : quote_request(request, wish));
  if (!told) return error_of(told.error());
  if (is_refusal(*told)) return error_of(*told, false);
  const std::string id = told->status < 300 ? word_at(told->body, "id") : std::string();
  if (id.empty()) {  // the server cannot quote now; it may well be able to buy
    purchase_price unknown;
    unknown.what = wish_in_words(wish);
    return unknown;
  }
  purchase_price price = price_in(told->body);
  for (const std::string_view member : wish_members) body.erase(member);
  body["quote_id"] = id;
  request.body = json::serialize(body);
  return price;
}

}  // namespace

api_request beside(const api_request& like, std::string target) {
  api_request other;
  other.target = std::move(target);
  other.headers = like.headers;
  return other;
}

std::string balance_of(client_call& call, const api_request& like) {
  const api_result told = call.api->ask(beside(like, "/v1/usage?limit=1"));
  return told && told->status == 200 ? number_text(told->body, "balance") : std::string();
}

bool covers(const std::string& balance, const std::string& price) {
  const auto has = parse_credits(balance), costs = parse_credits(price);
  return !has || !costs || *costs <= *has;
}

priced price_of_provision(client_call& call, api_request& request) {
  json::object body = body_of(request);
  json::object wish;
  for (const std::string_view member : wish_members) {
    if (const json::value* given = body.if_contains(member)) wish[member] = *given;
  }
  if (auto lacks = lacks_ein(call, request, body)) return *std::move(lacks);
  const bool is_operator = call.to.key.reveal().starts_with("nv_pk_");
  if (is_operator || body.contains("quote_id")) {
    return with_balance(call, request, price_by_quote(call, request, std::move(body), wish));
  }
  return with_balance(call, request, price_for_sale(call, request, wish));
}

priced price_of_cartesia_number(client_call& call, const api_request& request) {
  auto price = price_for_sale(call, request, {});
  if (price) {
    // No company is registered for calls, and not every server charges for such numbers.
    price->credits = price->monthly;
    price->fees.clear();
    price->is_most = true;
  }
  return with_balance(call, request, std::move(price));
}

}  // namespace dialplane::cli
