#include "carriers/telnyx/telnyx_carrier.hpp"

#include <algorithm>
#include <utility>

#include "carriers/telnyx/account.hpp"
#include "carriers/telnyx/numbers.hpp"
#include "carriers/telnyx/registration.hpp"
#include "carriers/telnyx/routing.hpp"
#include "carriers/telnyx/texts.hpp"
#include "carriers/telnyx/webhooks.hpp"
#include "carriers/voice_markup.hpp"

namespace dialplane::telnyx {

namespace {

constexpr std::size_t key_bytes_max = 512;

// A header's value must not be broken by what somebody pasted.
bool is_key(std::string_view text) {
  return text.size() >= 8 && text.size() <= key_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

bool is_id(std::string_view text) { return text.empty() || is_reference(text); }

error bad_account(std::string field, std::string message) {
  return bad_field(std::move(field), std::move(message), error_code::carrier_account_invalid);
}

std::string without_last_slash(std::string url) {
  if (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

telnyx_carrier::telnyx_carrier(std::shared_ptr<account> at, std::string shown_name)
    : at_(std::move(at)), shown_name_(std::move(shown_name)) {}

telnyx_carrier::~telnyx_carrier() = default;

const carrier_abilities& telnyx_carrier::abilities() const noexcept { return at_->abilities; }

void telnyx_carrier::search(number_search wanted, carrier_done<std::vector<number_offer>> done) {
  search_numbers(at_, std::move(wanted), std::move(done));
}

void telnyx_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  buy_number(at_, std::move(order), std::move(done));
}

void telnyx_carrier::look_up(std::string e164, std::string mark,
                             carrier_done<std::optional<carrier_number>> done) {
  look_up_number(at_, std::move(e164), std::move(mark), std::move(done));
}

void telnyx_carrier::set_routing(std::string e164, number_routing routing,
                                 carrier_done<void> done) {
  route_number(at_, std::move(e164), std::move(routing), std::move(done));
}

void telnyx_carrier::release(std::string e164, std::string mark, carrier_done<void> done) {
  release_number(at_, std::move(e164), std::move(mark), std::move(done));
}

void telnyx_carrier::reserve(std::string e164, std::string mark,
                             carrier_done<number_reservation> done) {
  reserve_number(at_, std::move(e164), std::move(mark), std::move(done));
}

void telnyx_carrier::read_routing(std::string e164, carrier_done<routing_snapshot> done) {
  read_number_routing(at_, std::move(e164), std::move(done));
}

void telnyx_carrier::restore_routing(std::string e164, routing_snapshot before,
                                     carrier_done<void> done) {
  restore_number_routing(at_, std::move(e164), std::move(before), std::move(done));
}

void telnyx_carrier::check_account(carrier_done<account_report> done) {
  report_account(at_, shown_name_, std::move(done));
}

void telnyx_carrier::list_owned(std::optional<std::string> cursor, std::size_t limit,
                                carrier_done<carrier_number_page> done) {
  list_numbers(at_, std::move(cursor), limit, std::move(done));
}

void telnyx_carrier::file_brand(brand_filing filing, carrier_done<brand_report> done) {
  file_brand_at(at_, std::move(filing), std::move(done));
}

void telnyx_carrier::brand_state(std::string reference, carrier_done<brand_report> done) {
  ask_brand(at_, std::move(reference), std::move(done));
}

void telnyx_carrier::resend_brand_code(std::string reference, carrier_done<brand_report> done) {
  text_brand_code(at_, std::move(reference), std::move(done));
}

void telnyx_carrier::confirm_brand_code(std::string reference, std::string code,
                                        carrier_done<brand_report> done) {
  confirm_code_of_brand(at_, std::move(reference), std::move(code), std::move(done));
}

void telnyx_carrier::file_campaign(campaign_filing filing, carrier_done<campaign_report> done) {
  file_campaign_at(at_, std::move(filing), std::move(done));
}

void telnyx_carrier::campaign_state(std::string reference, carrier_done<campaign_report> done) {
  ask_campaign(at_, std::move(reference), std::move(done));
}

void telnyx_carrier::end_campaign(std::string reference, carrier_done<void> done) {
  end_campaign_at(at_, std::move(reference), std::move(done));
}

void telnyx_carrier::attach_number(std::string campaign_reference, std::string e164,
                                   carrier_done<void> done) {
  attach_to_campaign(at_, std::move(campaign_reference), std::move(e164), std::move(done));
}

void telnyx_carrier::attachment_state(std::string campaign_reference, std::string e164,
                                      carrier_done<attachment_report> done) {
  ask_attachment(at_, std::move(campaign_reference), std::move(e164), std::move(done));
}

void telnyx_carrier::send_text(text_order order, carrier_done<text_receipt> done) {
  hand_over_text(at_, std::move(order), std::move(done));
}

void telnyx_carrier::look_up_text(std::string id, std::string from, std::string to,
                                  carrier_done<std::optional<text_receipt>> done) {
  look_up_sent_text(at_, std::move(id), std::move(from), std::move(to), std::move(done));
}

void telnyx_carrier::text_state(std::string carrier_message_id, carrier_done<carrier_news> done) {
  ask_text_state(at_, std::move(carrier_message_id), std::move(done));
}

void telnyx_carrier::received_texts(timestamp since, std::optional<std::string> cursor,
                                    carrier_done<received_texts_page> done) {
  list_received_texts(at_, since, std::move(cursor), std::move(done));
}

result<verified_webhook> telnyx_carrier::verify_webhook(const carrier_webhook& received) const {
  return verify_signed(received, at_->webhook_key, at_->time.now());
}

result<std::vector<carrier_news>> telnyx_carrier::read_webhook(std::string_view body) const {
  return read_events(body);
}

webhook_answer telnyx_carrier::acknowledgement() const { return {"application/json", "{}"}; }

result<carrier_call> telnyx_carrier::read_call(std::string_view body) const {
  return read_call_form(body);
}

webhook_answer telnyx_carrier::call_instructions(const call_plan& plan) const {
  const voice_markup_rules rules{.names_stream_mode = true, .stream_takes_query = true};
  return {"application/xml", voice_markup(plan, rules)};
}

result<std::unique_ptr<carrier>> make_telnyx_carrier(const carrier_description& described,
                                                     const carrier_tools& tools,
                                                     carrier_account_settings account) {
  TRY_ASSIGN(secret_string key, credential_of(account, "api_key"));
  TRY_ASSIGN(const secret_string public_key, credential_of(account, "public_key"));
  if (!is_key(key.reveal())) {
    return bad_account("credentials.api_key", "api_key must be an API V2 key (KEY...).");
  }
  const auto webhook_key = parse_ed25519_public_key(public_key.reveal());
  if (!webhook_key) {
    return bad_account("credentials.public_key",
                       "public_key must be the account's public key: 32 bytes in base64.");
  }
  for (const char* name : {"messaging_profile_id", "texml_application_id", "connection_id"}) {
    const auto found = account.options.find(name);
    if (found != account.options.end() && !is_id(found->second)) {
      return bad_account("options." + std::string(name), std::string(name) + " must be an id.");
    }
  }
  api_settings access{.base_url = without_last_slash(base_url_of(described, account)),
                      .key = key.copy(),
                      .answer_bytes = described.limits.answer_bytes};
  std::string shown_name = masked(key.reveal(), 4);
  auto at = std::make_shared<telnyx::account>(described, tools, std::move(account),
                                              std::move(access));
  at->webhook_key = *webhook_key;
  return std::unique_ptr<carrier>(
      std::make_unique<telnyx_carrier>(std::move(at), std::move(shown_name)));
}

}  // namespace dialplane::telnyx
