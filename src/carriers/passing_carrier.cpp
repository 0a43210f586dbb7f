#include "carriers/passing_carrier.hpp"

#include <utility>

namespace dialplane {

void passing_carrier::search(number_search wanted, carrier_done<std::vector<number_offer>> done) {
  inner().search(std::move(wanted), std::move(done));
}

std::optional<number_offer> passing_carrier::offer_at_once(const number_search& wanted) {
  return inner().offer_at_once(wanted);
}

void passing_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  inner().buy(std::move(order), std::move(done));
}

void passing_carrier::look_up(std::string e164, std::string mark,
                              carrier_done<std::optional<carrier_number>> done) {
  inner().look_up(std::move(e164), std::move(mark), std::move(done));
}

void passing_carrier::set_routing(std::string e164, number_routing routing,
                                  carrier_done<void> done) {
  inner().set_routing(std::move(e164), std::move(routing), std::move(done));
}

void passing_carrier::release(std::string e164, std::string mark, carrier_done<void> done) {
  inner().release(std::move(e164), std::move(mark), std::move(done));
}

void passing_carrier::reserve(std::string e164, std::string mark,
                              carrier_done<number_reservation> done) {
  inner().reserve(std::move(e164), std::move(mark), std::move(done));
}

void passing_carrier::read_routing(std::string e164, carrier_done<routing_snapshot> done) {
  inner().read_routing(std::move(e164), std::move(done));
}

void passing_carrier::restore_routing(std::string e164, routing_snapshot before,
                                      carrier_done<void> done) {
  inner().restore_routing(std::move(e164), std::move(before), std::move(done));
}

void passing_carrier::check_account(carrier_done<account_report> done) {
  inner().check_account(std::move(done));
}

void passing_carrier::list_owned(std::optional<std::string> cursor, std::size_t limit,
                                 carrier_done<carrier_number_page> done) {
  inner().list_owned(std::move(cursor), limit, std::move(done));
}

void passing_carrier::file_campaign(campaign_filing filing, carrier_done<campaign_report> done) {
  inner().file_campaign(std::move(filing), std::move(done));
}

void passing_carrier::campaign_state(std::string reference, carrier_done<campaign_report> done) {
  inner().campaign_state(std::move(reference), std::move(done));
}

void passing_carrier::attach_number(std::string campaign_reference, std::string e164,
                                    carrier_done<void> done) {
  inner().attach_number(std::move(campaign_reference), std::move(e164), std::move(done));
}

void passing_carrier::file_brand(brand_filing filing, carrier_done<brand_report> done) {
  inner().file_brand(std::move(filing), std::move(done));
}

void passing_carrier::brand_state(std::string reference, carrier_done<brand_report> done) {
  inner().brand_state(std::move(reference), std::move(done));
}

void passing_carrier::resend_brand_code(std::string reference, carrier_done<brand_report> done) {
  inner().resend_brand_code(std::move(reference), std::move(done));
}

void passing_carrier::confirm_brand_code(std::string reference, std::string code,
                                         carrier_done<brand_report> done) {
  inner().confirm_brand_code(std::move(reference), std::move(code), std::move(done));
}

void passing_carrier::attachment_state(std::string campaign_reference, std::string e164,
                                       carrier_done<attachment_report> done) {
  inner().attachment_state(std::move(campaign_reference), std::move(e164), std::move(done));
}

void passing_carrier::end_campaign(std::string reference, carrier_done<void> done) {
  inner().end_campaign(std::move(reference), std::move(done));
}

void passing_carrier::send_text(text_order order, carrier_done<text_receipt> done) {
  inner().send_text(std::move(order), std::move(done));
}

void passing_carrier::look_up_text(std::string id, std::string from, std::string to,
                                   carrier_done<std::optional<text_receipt>> done) {
  inner().look_up_text(std::move(id), std::move(from), std::move(to), std::move(done));
}

void passing_carrier::text_state(std::string carrier_message_id, carrier_done<carrier_news> done) {
  inner().text_state(std::move(carrier_message_id), std::move(done));
}

void passing_carrier::received_texts(timestamp since, std::optional<std::string> cursor,
                                     carrier_done<received_texts_page> done) {
  inner().received_texts(since, std::move(cursor), std::move(done));
}

result<verified_webhook> passing_carrier::verify_webhook(const carrier_webhook& received) const {
  return inner().verify_webhook(received);
}

result<std::vector<carrier_news>> passing_carrier::read_webhook(std::string_view body) const {
  return inner().read_webhook(body);
}

webhook_answer passing_carrier::acknowledgement() const {
  return inner().acknowledgement();
}

result<carrier_call> passing_carrier::read_call(std::string_view body) const {
  return inner().read_call(body);
}

webhook_answer passing_carrier::call_instructions(const call_plan& plan) const {
  return inner().call_instructions(plan);
}

}  // namespace dialplane
