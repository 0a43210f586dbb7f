#include "emulators/telnyx/telnyx_emulator.hpp"

#include <utility>

#include "base/crypto.hpp"
#include "base/object_reader.hpp"
#include "emulators/telnyx/messaging_desk.hpp"
#include "emulators/telnyx/numbers_desk.hpp"
#include "emulators/telnyx/registration_desk.hpp"
#include "emulators/telnyx/routing_desk.hpp"

namespace dialplane::emulators::telnyx {

namespace {

namespace json = boost::json;

constexpr std::size_t reviews_max = 64;
constexpr std::int64_t ms_max = 366LL * 24 * 3'600'000;

std::vector<http_header> limit_headers(int remaining) {
  return {{"x-ratelimit-limit", "100"},
          {"x-ratelimit-remaining", std::to_string(remaining)},
          {"x-ratelimit-reset", "1"}};
}

std::string dollars(std::int64_t micro_usd) {
  const std::string sign = micro_usd < 0 ? "-" : "";
  const std::uint64_t size = static_cast<std::uint64_t>(micro_usd < 0 ? -micro_usd : micro_usd);
  const std::string cents = std::to_string(100 + size / 10'000 % 100).substr(1);
  return sign + std::to_string(size / 1'000'000) + "." + cents;
}

}  // namespace

struct telnyx_emulator::desks {
  explicit desks(books given)
      : of(std::move(given)),
        numbers(of),
        routing(of),
        registration(of),
        messaging(of, [this](const std::string& e164) { return registration.may_send(e164); }) {}

  books of;
  numbers_desk numbers;
  routing_desk routing;
  registration_desk registration;
  messaging_desk messaging;
};

ed25519_private_key played_private_key() noexcept {
  ed25519_private_key key{};
  for (std::size_t at = 0; at < key.size(); ++at) key[at] = static_cast<std::uint8_t>(at);
  return key;
}

telnyx_emulator::telnyx_emulator(emulator_tools tools)
    : carrier_emulator(std::move(tools)), key_(played_private_key()) {
  desks_ = std::make_unique<desks>(
      books{.time = time(),
            .faults = faults(),
            .random = *tools_.random,
            .post = [this](emulated_webhook webhook) { post_webhook(std::move(webhook)); }});
  // Every answer tells how many requests are left.
  const route_adder add = [this](std::string method, std::string pattern, std::string call,
                                 handler act) {
    route(std::move(method), std::move(pattern), std::move(call),
          [this, act = std::move(act)](const emulated_request& request) {
            // What is due has happened before anybody can ask.
            time().advance(milliseconds(0));
            http_response answer = act(request);
            for (http_header& each : limit_headers(99)) answer.headers.push_back(std::move(each));
            return answer;
          });
  };
  desks_->routing.open(add);  // before the numbers: /phone_numbers/voice is no number's id
  desks_->numbers.open(add);
  desks_->registration.open(add);
  desks_->messaging.open(add);
  add("GET", "/v2/balance", "balance", [this](const emulated_request&) {
    const std::string balance = dollars(desks_->of.balance_micro_usd);
    return data_answer(json::object{{"record_type", "balance"},
                                    {"balance", balance},
                                    {"available_credit", balance},
                                    {"credit_limit", "0.00"},
                                    {"pending", "0.00"},
                                    {"currency", "USD"}});
  });
}

telnyx_emulator::~telnyx_emulator() = default;

std::string telnyx_emulator::public_key() const { return base64(ed25519_public_key_of(key_)); }

std::optional<http_response> telnyx_emulator::refuse_entry(const emulated_request& request) {
  const std::string* key = request.http.header("authorization");
  const bool has_key = key != nullptr && key->starts_with("Bearer ") && key->size() > 7;
  if (has_key && !desks_->of.revoked) return std::nullopt;
  return failure(401, "10009", "Authentication failed",
                 "The API key looks malformed or was revoked.");
}

http_response telnyx_emulator::rate_limited_answer() const {
  http_response answer = failure(429, "10011", "Too many requests",
                                 "You have exceeded the maximum number of allowed requests.");
  answer.headers = limit_headers(0);
  return answer;
}

http_response telnyx_emulator::error_answer(int status) const {
  return failure(status, "10007", "Unexpected error", "An unexpected error occurred.");
}

http_response telnyx_emulator::no_such_route(const http_request& request) const {
  return failure(404, "10005", "Resource not found",
                 "There is nothing at " + request.method + " " + request.path + ".");
}

std::vector<http_header> telnyx_emulator::sign(const emulated_webhook& webhook, bool broken) {
  const std::string seconds = std::to_string(time().now().unix_ms / 1'000);
  ed25519_signature signature = ed25519_sign(key_, seconds + "|" + webhook.body);
  if (broken) signature[7] = static_cast<std::uint8_t>(signature[7] ^ 1U);
  return {{"telnyx-signature-ed25519", base64(signature)},
          {"telnyx-timestamp", seconds},
          {"user-agent", "telnyx-webhooks"}};
}

// Three tries, two seconds apart, every second one at the failover address.
std::vector<milliseconds> telnyx_emulator::webhook_pauses() const {
  return {milliseconds(2'000), milliseconds(2'000)};
}

void telnyx_emulator::describe(json::object& state) const {
  state["numbers"] = desks_->numbers.shown_numbers();
  state["purchases"] = desks_->numbers.shown_purchases();
  state["texts"] = desks_->messaging.shown_texts();
  state["public_key"] = public_key();
  // What an account of a program under test is given; any key that begins so is let in.
  state["credentials"] =
      boost::json::object{{"api_key", "KEY_test_0123456789"}, {"public_key", public_key()}};
  state["base_path"] = "/v2";
  state["balance_micro_usd"] = desks_->of.balance_micro_usd;
  state["orders"] = desks_->of.orders.size();
  state["messaging_profiles"] = desks_->of.profiles.size();
  state["texml_applications"] = desks_->of.applications.size();
  state["inbound_dropped"] = desks_->of.inbound_dropped;
  desks_->registration.describe(state);
}

// ---- control ----------------------------------------------------------------------------------

result<json::object> telnyx_emulator::control(std::string_view method, std::string_view what,
                                              const json::object& order) {
  if (what == "reviews") return control_reviews(method, order);
  if (what == "account" && method == "POST") return control_account(order);
  if (what == "numbers") return control_numbers(method, order);
  if (what == "texts" && method == "POST") return control_texts(order);
  if (what == "calls") return control_calls(method, order);
  return carrier_emulator::control(method, what, order);
}

result<json::object> telnyx_emulator::control_reviews(std::string_view method,
                                                      const json::object& order) {
  if (method == "DELETE") {
    desks_->of.reviews.clear();
    return json::object{};
  }
  object_reader read(order);
  review_order wanted;
  wanted.outcome = read.optional_string("outcome", {.max = 64}).value_or("");
  wanted.reason = read.optional_string("reason", {.max = 500}).value_or("");
  wanted.count = read.optional_int("count", 1, 1'000'000).value_or(1);
  const auto brand = read.optional_int("brand_review_ms", 0, ms_max);
  const auto campaign = read.optional_int("campaign_review_ms", 0, ms_max);
  const auto assignment = read.optional_int("assignment_ms", 0, ms_max);
  TRY(read.finish());
  desks_->registration.set_pace(brand, campaign, assignment);
  if (wanted.outcome == "suspend_now") {
    desks_->registration.suspend_all(wanted.reason);
  } else if (!wanted.outcome.empty()) {
    if (desks_->of.reviews.size() >= reviews_max) {
      return bad_field("outcome", "Too many review orders wait.");
    }
    desks_->of.reviews.push_back(std::move(wanted));
  }
  return json::object{};
}

result<json::object> telnyx_emulator::control_account(const json::object& order) {
  object_reader read(order);
  const auto balance = read.optional_int("balance_micro_usd", -ms_max * 1'000, INT64_MAX / 4);
  const auto revoked = read.optional_bool("revoked");
  const auto enforces = read.optional_bool("enforce_10dlc");
  const auto url = read.optional_string("order_webhook_url", {.max = 2'048});
  TRY(read.finish());
  if (balance) desks_->of.balance_micro_usd = *balance;
  if (revoked) desks_->of.revoked = *revoked;
  if (enforces) desks_->of.enforces_10dlc = *enforces;
  if (url) desks_->of.order_webhook_url = *url;
  return json::object{};
}

result<json::object> telnyx_emulator::control_numbers(std::string_view method,
                                                      const json::object& order) {
  object_reader read(order);
  const std::string e164 = read.required_string("e164", {.min = 1, .max = 32});
  const std::string mark = read.optional_string("mark", {.max = 256}).value_or("");
  TRY(read.finish());
  if (method == "DELETE") {
    desks_->numbers.remove(e164);
  } else {
    TRY(desks_->numbers.add_outside(e164, mark));
  }
  return json::object{};
}

result<json::object> telnyx_emulator::control_texts(const json::object& order) {
  object_reader read(order);
  const std::string from = read.required_string("from", {.min = 1, .max = 64});
  const std::string to = read.required_string("to", {.min = 1, .max = 64});
  const std::string body =
      read.optional_string("body", {.max = 4'096, .allow_line_breaks = true}).value_or("");
  const auto urls = read.optional_string_list("media_urls", 10, {.max = 2'048});
  TRY(read.finish());
  json::array media;
  if (urls) {
    for (const std::string& each : *urls) media.emplace_back(each);
  }
  TRY_ASSIGN(std::string id, desks_->messaging.text_in(from, to, body, media));
  return json::object{{"id", std::move(id)}};
}

result<json::object> telnyx_emulator::control_calls(std::string_view method,
                                                    const json::object& order) {
  if (method == "GET") return json::object{{"calls", desks_->routing.shown_calls()}};
  object_reader read(order);
  const std::string from = read.required_string("from", {.min = 1, .max = 64});
  const std::string to = read.required_string("to", {.min = 1, .max = 64});
  TRY(read.finish());
  TRY_ASSIGN(std::string id, desks_->routing.call_in(from, to));
  return json::object{{"id", std::move(id)}};
}

std::unique_ptr<carrier_emulator> make_telnyx_emulator(emulator_tools tools) {
  return std::make_unique<telnyx_emulator>(std::move(tools));
}

}  // namespace dialplane::emulators::telnyx
