#include "carriers/carrier.hpp"

namespace dialplane {

namespace {

error not_offered(const carrier& which, std::string_view what) {
  return refused(error_code::not_configured, "The carrier \"" + which.abilities().name +
                                                 "\" does not offer " + std::string(what) + ".");
}

}  // namespace

void carrier::file_brand(brand_filing, carrier_done<brand_report> done) {
  done(not_offered(*this, "brand registration"));
}

void carrier::brand_state(std::string, carrier_done<brand_report> done) {
  done(not_offered(*this, "brand registration"));
}

void carrier::resend_brand_code(std::string, carrier_done<brand_report> done) {
  done(not_offered(*this, "one-time codes"));
}

void carrier::confirm_brand_code(std::string, std::string, carrier_done<brand_report> done) {
  done(not_offered(*this, "one-time codes"));
}

void carrier::attachment_state(std::string, std::string, carrier_done<attachment_report> done) {
  done(not_offered(*this, "the state of attachments"));
}

void carrier::end_campaign(std::string, carrier_done<void> done) {
  done(not_offered(*this, "to end campaigns"));
}

void carrier::send_text(text_order, carrier_done<text_receipt> done) {
  done(not_offered(*this, "texts"));
}

void carrier::look_up_text(std::string, std::string, std::string,
                           carrier_done<std::optional<text_receipt>> done) {
  done(not_offered(*this, "to look up texts"));
}

result<verified_webhook> carrier::verify_webhook(const carrier_webhook&) const {
  return not_offered(*this, "webhooks");
}

result<std::vector<carrier_news>> carrier::read_webhook(std::string_view) const {
  return not_offered(*this, "webhooks");
}

void carrier::reserve(std::string, std::string, carrier_done<number_reservation> done) {
  done(not_offered(*this, "reservations"));
}

void carrier::read_routing(std::string, carrier_done<routing_snapshot> done) {
  done(not_offered(*this, "reading a number's routing"));
}

void carrier::restore_routing(std::string, routing_snapshot, carrier_done<void> done) {
  done(not_offered(*this, "restoring a number's routing"));
}

void carrier::check_account(carrier_done<account_report> done) {
  done(account_report{.account = abilities().name,
                      .balance_micro_usd = {},
                      .can_buy = true,
                      .missing = {}});
}

void carrier::text_state(std::string, carrier_done<carrier_news> done) {
  done(not_offered(*this, "asking for a text's state"));
}

void carrier::received_texts(timestamp, std::optional<std::string>,
                             carrier_done<received_texts_page> done) {
  done(not_offered(*this, "listing received texts"));
}

webhook_answer carrier::acknowledgement() const {
  return {"application/json", "{\"status\":\"accepted\"}"};
}

result<carrier_call> carrier::read_call(std::string_view) const {
  return not_offered(*this, "calls");
}

webhook_answer carrier::call_instructions(const call_plan&) const { return acknowledgement(); }

}  // namespace dialplane
