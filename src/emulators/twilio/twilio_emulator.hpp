// Plays Twilio's REST API: core, messaging and trust hub on one listener, with books of its own.
//
// What it answers follows the carrier's documents and what its client libraries read; numbers,
// texts, calls and registrations are play. Beside the account with books there is one with the
// carrier's test credentials, whose magic numbers answer as documented and change nothing.
//
// Control beyond the common (carrier_emulator.hpp):
//   POST numbers  {"e164","mark","emergency_address","text_url","voice_url"}: bought outside, or
//                 changed there; DELETE numbers ?e164=: gone
//   POST texts    {"from","to","body","media_urls","silent"}: comes in; silent: a STOP that is
//                 told to nobody
//   POST calls    {"from","to","ends","leg_ends"}: comes in; GET calls
//   POST reviews  {"outcome","reason","fields","count","bundle_ms","brand_ms","campaign_ms"}: the
//                 outcome of the next filing (approve, reject, brand_fails, bundle_rejected,
//                 suspend, reinstate), and how long reviewers take
//   POST codes    {"brand"}: a sole proprietor has answered the carrier's text
//   POST account  {"balance_micro_usd","revoked","suspended","trial","strict_registration"}
// Faults of its own: gone, hidden, filter_ignored, release_404, no_funds, buy_again_updates,
// emergency_pending, text_fails, stream_fails, attachment_fails, campaign_rejected, brand_fails.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "emulators/carrier_emulator.hpp"
#include "emulators/twilio/shelf.hpp"
#include "emulators/twilio/stock.hpp"
#include "emulators/twilio/wire_forms.hpp"

namespace dialplane::emulators::twilio {

// Who may ask; the same in every emulator, as nothing here is secret.
inline constexpr std::string_view account_sid = "AC000000000000000000000000000000e1";
inline constexpr std::string_view auth_token = "0123456789abcdef0123456789abcdef";
inline constexpr std::string_view test_account_sid = "AC000000000000000000000000000000e2";
inline constexpr std::string_view test_auth_token = "fedcba9876543210fedcba9876543210";
inline constexpr std::string_view api_key_sid = "SK000000000000000000000000000000e3";
inline constexpr std::string_view api_key_secret = "emulated-api-key-secret";
// The operator's own customer profile, approved.
inline constexpr std::string_view primary_profile_sid = "BU000000000000000000000000000000e4";

class twilio_emulator final : public carrier_emulator {
 public:
  explicit twilio_emulator(emulator_tools tools);

  result<json::object> control(std::string_view method, std::string_view what,
                               const json::object& order) override;

 protected:
  std::optional<http_response> refuse_entry(const emulated_request& request) override;
  http_response rate_limited_answer() const override;
  http_response error_answer(int status) const override;
  http_response no_such_route(const http_request& request) const override;
  std::vector<http_header> sign(const emulated_webhook& webhook, bool broken) override;
  std::vector<milliseconds> webhook_pauses() const override { return {milliseconds(1'000)}; }
  void describe(json::object& state) const override;

 private:
  using request = const emulated_request&;
  using member_handler = http_response (twilio_emulator::*)(request);
  void add(std::string method, std::string pattern, std::string call, member_handler act);

  // accounts.cpp
  void route_accounts();
  http_response read_account(request asked);
  http_response list_accounts(request asked);
  http_response make_account(request asked);
  http_response change_account(request asked);
  http_response read_balance(request asked);
  http_response make_address(request asked);
  http_response read_address(request asked);
  http_response remove_address(request asked);
  json::object* account_of(std::string_view sid);
  std::string account_in(request asked) const;
  result<json::object> control_account(const json::object& order);

  // numbers.cpp
  void route_numbers();
  http_response search(request asked);
  http_response list_countries(request asked);
  http_response buy(request asked);
  http_response list_numbers(request asked);
  http_response read_number(request asked);
  http_response change_number(request asked);
  http_response release(request asked);
  std::optional<http_response> refuse_purchase(request asked, std::string& e164);
  std::string number_for_area_code(const std::string& code);
  json::object& add_number(const std::string& e164, const std::string& account);
  http_response buy_again(request asked, json::object& owned);
  json::object* number_of(std::string_view e164);
  bool is_for_sale(const std::string& e164) const;
  void apply_fields(json::object& row, const form_fields& form);
  json::object& sell(const std::string& e164, const std::string& account,
                     const form_fields& form);
  void forget_number(const std::string& sid);
  result<json::object> control_numbers(std::string_view method, const json::object& order);

  // texts.cpp
  void route_texts();
  http_response send(request asked);
  http_response list_texts(request asked);
  http_response read_text(request asked);
  std::optional<http_response> refuse_text(request asked, const std::string& from);
  json::object make_text(std::string_view from, std::string_view to, std::string_view body,
                         const json::array& media, bool inbound);
  void move_text(const std::string& sid, std::string_view status, std::string_view code);
  void report_text(const std::string& sid, std::string_view status);
  void deliver_inbound(const json::object& row, std::string_view opt_out);
  result<json::object> control_texts(std::string_view method, const json::object& order);

  // calls.cpp
  void route_calls();
  http_response place_call(request asked);
  http_response change_call(request asked);
  http_response read_call(request asked);
  http_response list_calls(request asked);
  json::object make_call(std::string_view from, std::string_view to, std::string_view direction);
  form_fields call_form(const json::object& row) const;
  void ask_for_plan(const std::string& sid, const std::string& url, form_fields form);
  void take_plan(const std::string& sid, const std::string& plan);
  void connect_stream(const std::string& sid, const std::string& plan);
  void dial_leg(const std::string& sid, const std::string& plan);
  void report_leg(const std::string& sid, const std::string& leg, const std::string& url,
                  std::string_view status, int sequence);
  void go_on_after(const std::string& sid, const std::string& action,
                   std::vector<std::pair<std::string, std::string>> more);
  void end_call(const std::string& sid, std::string_view status);
  void report_call(const std::string& sid, const std::string& url, std::string_view status,
                   int sequence);
  result<json::object> control_calls(std::string_view method, const json::object& order);

  // services.cpp
  void route_services();
  http_response make_service(request asked);
  http_response list_services(request asked);
  http_response read_service(request asked);
  http_response change_service(request asked);
  http_response remove_service(request asked);
  http_response add_to_service(request asked);
  http_response list_in_service(request asked);
  http_response read_in_service(request asked);
  http_response remove_from_service(request asked);
  json::object* service_of_number(std::string_view number_sid);

  // campaigns.cpp
  void route_campaigns();
  http_response make_campaign(request asked);
  http_response list_campaigns(request asked);
  http_response read_campaign(request asked);
  http_response change_campaign(request asked);
  http_response remove_campaign(request asked);
  http_response list_use_cases(request asked);
  http_response make_verification(request asked);
  http_response list_verifications(request asked);
  http_response read_verification(request asked);
  http_response change_verification(request asked);
  http_response remove_verification(request asked);
  json::object show_campaign(json::object& row);
  json::object show_verification(json::object& row);
  bool may_text(std::string_view e164);

  // brands.cpp
  void route_brands();
  http_response make_brand(request asked);
  http_response list_brands(request asked);
  http_response read_brand(request asked);
  http_response change_brand(request asked);
  http_response send_code(request asked);
  http_response make_vetting(request asked);
  json::object show_brand(json::object& row);

  // trust_hub.cpp
  void route_trust_hub();
  void route_bundles(const std::string& kind);
  http_response make_bundle(request asked, const std::string& kind);
  http_response change_bundle(request asked);
  http_response read_bundle(request asked);
  http_response remove_bundle(request asked);
  http_response assign(request asked);
  http_response list_assignments(request asked);
  http_response remove_assignment(request asked);
  http_response evaluate(request asked);
  void route_objects(const std::string& path, const std::string& letters);
  json::object show_bundle(json::object& row);
  void add_primary_profile();

  // Registration: what was ordered of the reviewers.
  struct review {
    std::string outcome;
    std::string reason;
    std::vector<std::string> fields;
    std::int64_t count = 1;
  };
  std::optional<review> next_review(std::initializer_list<std::string_view> outcomes);
  result<json::object> control_reviews(std::string_view method, const json::object& order);
  result<json::object> control_codes(const json::object& order);
  page_style newer_style(std::string rows) const {
    return {std::move(rows), true, tools_.public_url};
  }
  std::string own_url(std::string_view path) const {
    return tools_.public_url + std::string(path);
  }

  stock stock_;
  shelf<json::object> accounts_{1'000};
  shelf<json::object> addresses_;
  shelf<json::object> numbers_;
  shelf<json::object> texts_{100'000};
  shelf<json::object> calls_{100'000};
  shelf<json::object> services_;
  shelf<json::object> campaigns_;
  shelf<json::object> verifications_;
  shelf<json::object> brands_;
  shelf<json::object> bundles_;
  shelf<json::object> objects_;      // end users and supporting documents
  shelf<json::object> assignments_;  // of objects to bundles, and of numbers to services
  std::map<std::string, std::string, std::less<>> sid_of_number_;  // by e164
  std::set<std::string> gone_;                                     // sold to somebody else
  std::map<std::string, timestamp> hidden_until_;                  // by sid
  std::set<std::pair<std::string, std::string>> opted_out_;        // our number, recipient
  std::vector<json::object> purchases_;                            // ever
  std::int64_t releases_ = 0;
  std::deque<review> reviews_;
  milliseconds bundle_review_{0};
  milliseconds brand_review_{0};
  milliseconds campaign_review_{3'000};
  std::int64_t balance_micro_usd_ = 100'000'000;
  bool revoked_ = false;
  bool trial_ = false;
  bool strict_registration_ = false;
};

std::unique_ptr<carrier_emulator> make_twilio_emulator(emulator_tools tools);

}  // namespace dialplane::emulators::twilio
