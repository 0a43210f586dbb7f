#include "emulators/twilio/twilio_emulator.hpp"

#include <algorithm>

#include "base/crypto.hpp"

namespace dialplane::emulators::twilio {

namespace {

// "user:password" of a Basic authorization, or nothing.
std::optional<std::pair<std::string, std::string>> credentials_in(const http_request& request) {
  const std::string* header = request.header("authorization");
  if (header == nullptr || !header->starts_with("Basic ")) return std::nullopt;
  const auto text = parse_base64(std::string_view(*header).substr(6));
  if (!text) return std::nullopt;
  const std::size_t colon = text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return std::pair(text->substr(0, colon), text->substr(colon + 1));
}

bool is_allowed_for_tests(std::string_view call) {
  return call == "buy" || call == "send" || call == "call";
}

}  // namespace

twilio_emulator::twilio_emulator(emulator_tools tools) : carrier_emulator(std::move(tools)) {
  for (const auto& [sid, token, type] :
       {std::tuple{account_sid, auth_token, "Full"},
        std::tuple{test_account_sid, test_auth_token, "Trial"}}) {
    accounts_.add(std::string(sid), {{"sid", sid},
                                     {"auth_token", token},
                                     {"friendly_name", "Emulated account"},
                                     {"owner_account_sid", sid},
                                     {"status", "active"},
                                     {"type", type}});
  }
  add_primary_profile();
  route_accounts();
  route_numbers();
  route_texts();
  route_calls();
  route_services();
  route_campaigns();
  route_brands();
  route_trust_hub();
}

void twilio_emulator::add(std::string method, std::string pattern, std::string call,
                          member_handler act) {
  route(std::move(method), std::move(pattern), std::move(call),
        [this, act](const emulated_request& asked) { return (this->*act)(asked); });
}

// ---- what every request meets ---------------------------------------------------------------

std::optional<http_response> twilio_emulator::refuse_entry(const emulated_request& asked) {
  const auto given = credentials_in(asked.http);
  http_response refusal = failure(401, 20003, "Authenticate");
  if (!given || revoked_) return refusal;
  const auto& [user, password] = *given;
  const bool is_key = user == api_key_sid && password == api_key_secret;
  std::string caller = is_key ? std::string(account_sid) : user;
  if (!is_key) {
    const json::object* account = account_of(user);
    if (account == nullptr || text_in(*account, "auth_token") != password) return refusal;
  }
  const bool is_about_account = asked.call == "account" || asked.call == "change_account" ||
                                asked.call == "balance" || asked.call == "accounts";
  // Standard API keys may not ask about the account.
  if (is_key && is_about_account) return refusal;
  if (caller == test_account_sid && !is_allowed_for_tests(asked.call)) {
    return failure(403, 20008, "Resource not accessible with Test Account Credentials");
  }
  // Its own account, or one below it.
  const std::string_view named = asked.value("account");
  const json::object* of = account_of(named.empty() ? std::string_view(caller) : named);
  if (of == nullptr) return not_found(asked);
  const bool is_own = text_in(*of, "sid") == caller || text_in(*of, "owner_account_sid") == caller;
  if (!is_own) return refusal;
  const bool is_always_told = asked.call == "account" || asked.call == "change_account";
  if (text_in(*of, "status") != "active" && !is_always_told) {
    return failure(403, 20005, "Account not active");
  }
  return std::nullopt;
}

http_response twilio_emulator::rate_limited_answer() const {
  http_response answer = failure(429, 20429, "Too Many Requests");
  answer.headers.push_back({"twilio-concurrent-requests", "101"});
  answer.headers.push_back({"retry-after", "1"});
  return answer;
}

http_response twilio_emulator::error_answer(int status) const {
  const int code = status == 503 ? 20503 : 20500;
  return failure(status, code, status == 503 ? "Service unavailable" : "Internal server error");
}

http_response twilio_emulator::no_such_route(const http_request& asked) const {
  return failure(404, 20404, "The requested resource " + asked.path + " was not found");
}

std::vector<http_header> twilio_emulator::sign(const emulated_webhook& webhook, bool broken) {
  const auto form = parse_form(webhook.body, {.max_bytes = 1024 * 1024, .max_fields = 1'024});
  std::string signature = signature_of(broken ? std::string_view("another token") : auth_token,
                                       webhook.url, form ? *form : form_fields{});
  return {{"x-twilio-signature", std::move(signature)},
          {"i-twilio-idempotency-token", new_sid(*tools_.random, "")},
          {"user-agent", "TwilioProxy/1.1"}};
}

// ---- control --------------------------------------------------------------------------------

void twilio_emulator::describe(json::object& state) const {
  json::array numbers;
  numbers_.oldest_first([&](const json::object& row) {
    numbers.push_back({{"e164", row.at("phone_number")},
                       {"mark", row.at("friendly_name")},
                       {"reference", row.at("sid")}});
  });
  json::array texts;
  texts_.oldest_first([&](const json::object& row) {
    texts.push_back({{"sid", row.at("sid")},
                     {"from", row.at("from")},
                     {"to", row.at("to")},
                     {"body", row.at("body")},
                     {"direction", row.at("direction")},
                     {"status", row.at("status")}});
  });
  state["numbers"] = std::move(numbers);
  state["purchases"] = json::array(purchases_.begin(), purchases_.end());
  state["releases"] = releases_;
  state["texts"] = std::move(texts);
  state["credentials"] = {{"account_sid", account_sid},
                          {"auth_token", auth_token},
                          {"api_key_sid", api_key_sid},
                          {"api_key_secret", api_key_secret},
                          {"test_account_sid", test_account_sid},
                          {"test_auth_token", test_auth_token},
                          {"primary_profile_sid", primary_profile_sid}};
}

result<json::object> twilio_emulator::control(std::string_view method, std::string_view what,
                                              const json::object& order) {
  if (what == "account" && method == "POST") return control_account(order);
  if (what == "numbers") return control_numbers(method, order);
  if (what == "texts") return control_texts(method, order);
  if (what == "calls") return control_calls(method, order);
  if (what == "reviews") return control_reviews(method, order);
  if (what == "codes" && method == "POST") return control_codes(order);
  return carrier_emulator::control(method, what, order);
}

std::unique_ptr<carrier_emulator> make_twilio_emulator(emulator_tools tools) {
  return std::make_unique<twilio_emulator>(std::move(tools));
}

}  // namespace dialplane::emulators::twilio
