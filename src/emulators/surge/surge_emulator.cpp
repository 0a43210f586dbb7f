#include "emulators/surge/surge_emulator.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/crypto.hpp"
#include "emulators/surge/type_ids.hpp"

namespace dialplane::emulators::surge {

namespace {

namespace json = boost::json;

constexpr std::size_t page_size = 50;
constexpr std::size_t tries_max = 20;

std::string made_secret(random_source& random) {
  std::array<std::uint8_t, 32> bytes;
  random.fill(bytes);
  return "whsec_" + base64(bytes);
}

std::string key_of(std::string_view secret) {
  constexpr std::string_view prefix = "whsec_";
  if (secret.starts_with(prefix)) {
    if (auto key = parse_base64(secret.substr(prefix.size()))) return *std::move(key);
  }
  return std::string(secret);
}

std::string id_of(const json::object& row) { return text_of(row, "id"); }

}  // namespace

// ---- shared by the handlers -------------------------------------------------------------------

http_response failure(int status, std::string_view type, std::string_view message,
                      json::object detail) {
  json::object inner{{"type", type}, {"message", message}};
  if (!detail.empty()) inner["detail"] = std::move(detail);
  return json_response(status, json::object{{"error", std::move(inner)}});
}

http_response wrong_field(std::string_view field, std::string_view complaint) {
  return failure(422, "validation_error", "The request has values that are not valid.",
                 {{field, json::array{json::string(complaint)}}});
}

http_response page_of(const emulated_request& asked, const std::vector<json::object>& rows) {
  const std::string_view after = asked.query().text("after");
  const std::string_view before = asked.query().text("before");
  std::size_t from = 0;
  std::size_t end = rows.size();
  const auto place_of = [&](std::string_view cursor) -> std::optional<std::size_t> {
    const auto id = parse_base64_url(cursor);
    if (!id) return std::nullopt;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (id_of(rows[i]) == *id) return i;
    }
    return std::nullopt;
  };
  if (!after.empty() || !before.empty()) {
    const auto place = place_of(after.empty() ? before : after);
    if (!place) return failure(422, "invalid_pagination", "The cursor is not valid.");
    if (!after.empty()) from = *place + 1;
    else end = *place;
  }
  if (!before.empty() && after.empty()) from = end > page_size ? end - page_size : 0;
  const std::size_t stop = std::min(end, from + page_size);
  json::array data(rows.begin() + static_cast<std::ptrdiff_t>(from),
                   rows.begin() + static_cast<std::ptrdiff_t>(stop));
  const auto cursor_of = [&](std::size_t at) {
    return json::value(base64_url(bytes_of(id_of(rows[at]))));
  };
  json::object pagination{{"next_cursor", nullptr}, {"previous_cursor", nullptr}};
  if (stop > from && stop < rows.size()) pagination["next_cursor"] = cursor_of(stop - 1);
  if (stop > from && from > 0) pagination["previous_cursor"] = cursor_of(from);
  return json_response(200, json::object{{"data", std::move(data)},
                                         {"pagination", std::move(pagination)}});
}

std::string text_of(const json::object& from, std::string_view member) {
  const json::value* found = from.if_contains(member);
  return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                : std::string();
}

bool is_e164(std::string_view text) noexcept {
  return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// ---- the emulator -----------------------------------------------------------------------------

surge_emulator::surge_emulator(emulator_tools given, surge_options options)
    : carrier_emulator(std::move(given)),
      options_(std::move(options)),
      ids_(time(), *tools_.random) {
  if (options_.webhook_secret.empty()) options_.webhook_secret = made_secret(*tools_.random);
  add_routes();
}

void surge_emulator::add_routes() {
  using self = surge_emulator;
  const auto on = [this](const char* method, const char* pattern, const char* call,
                         http_response (self::*act)(request)) {
    route(method, pattern, call, [this, act](request asked) { return (this->*act)(asked); });
  };
  on("POST", "/accounts", "create_account", &self::create_account);
  on("GET", "/accounts", "list_accounts", &self::list_accounts);
  on("GET", "/accounts/{account}", "show_account", &self::show_account);
  on("PATCH", "/accounts/{account}", "change_account", &self::change_account);
  on("DELETE", "/accounts/{account}", "archive_account", &self::archive_account);
  on("GET", "/accounts/{account}/status", "account_status", &self::account_status);
  on("POST", "/accounts/{account}/brand_verification_messages", "resend_code",
     &self::resend_code);
  for (const bool toll_free : {false, true}) {
    const std::string folder = toll_free ? "toll_free_campaigns" : "campaigns";
    const std::string name = toll_free ? "toll_free_campaign" : "campaign";
    route("POST", "/accounts/{account}/" + folder, "create_" + name,
          [this, toll_free](request asked) { return create_campaign(asked, toll_free); });
    route("GET", "/accounts/{account}/" + folder, "list_" + name + "s",
          [this, toll_free](request asked) { return list_campaigns(asked, toll_free); });
    on("GET", ("/" + folder + "/{id}").c_str(), ("show_" + name).c_str(), &self::show_campaign);
    on("PATCH", ("/" + folder + "/{id}").c_str(), ("change_" + name).c_str(),
       &self::change_campaign);
  }
  on("GET", "/accounts/{account}/available_phone_numbers", "search", &self::search);
  on("POST", "/accounts/{account}/phone_numbers", "buy", &self::buy);
  on("GET", "/accounts/{account}/phone_numbers", "list", &self::list_numbers);
  on("GET", "/phone_numbers/{id}", "show_number", &self::show_number);
  on("PATCH", "/phone_numbers/{id}", "change_number", &self::change_number);
  on("DELETE", "/phone_numbers/{id}", "release", &self::release);
  on("POST", "/accounts/{account}/messages", "send", &self::send);
  on("GET", "/accounts/{account}/messages", "list_messages", &self::list_messages);
  on("GET", "/messages/{id}", "show_message", &self::show_message);
  on("POST", "/accounts/{account}/contacts", "create_contact", &self::create_contact);
  on("GET", "/accounts/{account}/contacts", "list_contacts", &self::list_contacts);
  on("GET", "/contacts/{id}", "show_contact", &self::show_contact);
  on("PATCH", "/contacts/{id}", "change_contact", &self::change_contact);
  on("POST", "/accounts/{account}/verifications", "create_verification",
     &self::create_verification);
  on("POST", "/verifications", "create_verification", &self::create_verification);
  on("POST", "/verifications/{id}/checks", "check_verification", &self::check_verification);
}

std::string surge_emulator::new_id(std::string_view prefix) {
  return type_id(prefix, ids_.next());
}

account* surge_emulator::account_of(request asked, http_response& refusal) {
  const auto found = books_.accounts.find(std::string(asked.value("account")));
  if (found == books_.accounts.end()) {
    refusal = failure(404, "account_not_found", "There is no such account.");
    return nullptr;
  }
  if (found->second.archived) {
    refusal = failure(410, "account_archived", "The account is archived.");
    return nullptr;
  }
  return &found->second;
}

std::optional<http_response> surge_emulator::refuse_entry(const emulated_request& asked) {
  const std::string* given = asked.http.header("authorization");
  constexpr std::string_view scheme = "Bearer ";
  if (given == nullptr || given->size() <= scheme.size() || !given->starts_with(scheme)) {
    return failure(401, "missing_api_key", "No API key was given.");
  }
  const std::string_view key = std::string_view(*given).substr(scheme.size());
  const bool is_demo = key.starts_with("sk_demo_");
  if (revoked_ || (!is_demo && !key.starts_with("sk_live_"))) {
    return failure(401, "invalid_api_key", "The API key is not valid.");
  }
  if (!is_demo) return std::nullopt;
  if (asked.call == "send") {
    if (++demo_messages_ <= 25) return std::nullopt;
    return failure(403, "demo_message_limit", "The demo's messages are used up.");
  }
  const bool reads = asked.http.method == "GET";
  if (reads) return std::nullopt;
  return failure(403, "demo_api_key", "A demo API key cannot do this.");
}

http_response surge_emulator::rate_limited_answer() const {
  http_response answer = failure(429, "rate_limited", "Too many requests.");
  answer.headers.push_back({"retry-after", "1"});
  return answer;
}

http_response surge_emulator::error_answer(int status) const {
  return failure(status, "internal_server_error", "Something went wrong.");
}

http_response surge_emulator::no_such_route(const http_request&) const {
  return failure(404, "not_found", "There is nothing here.");
}

// ---- webhooks ---------------------------------------------------------------------------------

void surge_emulator::tell(const std::string& type, const std::string& account_id, object data) {
  emulated_webhook webhook;
  webhook.event = type;
  webhook.url = options_.webhook_url;
  webhook.body = json::serialize(object{{"type", type},
                                        {"account_id", account_id},
                                        {"timestamp", to_rfc3339(time().now())},
                                        {"data", std::move(data)}});
  post_webhook(std::move(webhook));
}

// Both generations; the id is the same for every try and copy of one event.
std::vector<http_header> surge_emulator::sign(const emulated_webhook& webhook, bool broken) {
  const std::string id = "evt_" + hex(sha256(webhook.body)).substr(0, 26);
  const std::string seconds = std::to_string(time().now().unix_ms / 1'000);
  const std::string secret = broken ? "whsec_AAAA" : options_.webhook_secret;
  const std::string new_text = id + "." + seconds + "." + webhook.body;
  const std::string old_text = seconds + "." + webhook.body;
  return {{"webhook-id", id},
          {"webhook-timestamp", seconds},
          {"webhook-signature", "v1," + base64(hmac_sha256(key_of(secret), new_text))},
          {"Surge-Signature",
           "t=" + seconds + ",v1=" + hex(hmac_sha256(secret, old_text))}};
}

std::vector<milliseconds> surge_emulator::webhook_pauses() const {
  std::vector<milliseconds> pauses;
  milliseconds pause{5'000};
  constexpr milliseconds longest = std::chrono::hours(6);
  while (pauses.size() + 1 < tries_max) {
    pauses.push_back(pause);
    pause = std::min(pause * 2, longest);
  }
  return pauses;
}

std::unique_ptr<carrier_emulator> make_surge_emulator(emulator_tools tools) {
  return std::make_unique<surge_emulator>(std::move(tools));
}

}  // namespace dialplane::emulators::surge
