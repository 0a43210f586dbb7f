#include "carriers/passing_carrier.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/event_loop.hpp"

namespace dialplane {

template <typename T, typename... Takes, typename... Given>
void passing_carrier::pass(carrier_method which, void (carrier::*call)(Takes...),
                           carrier_done<T> done, Given... given) {
  result<call_end> began = on_call(which);
  if (!began) {
    // Later, as every carrier answers: callers do not expect it before their call has returned.
    event_loop* const here = event_loop::current();
    CHECK(here != nullptr);
    here->post([why = began.error(), done = std::move(done)]() mutable { done(std::move(why)); });
    return;
  }
  if (*began) {
    done = [end = *std::move(began), done = std::move(done)](result<T> outcome) mutable {
      if (outcome) {
        end(nullptr);
      } else {
        const error why = outcome.error();
        end(&why);
      }
      done(std::move(outcome));
    };
  }
  (inner().*call)(std::move(given)..., std::move(done));
}

carrier& passing_carrier::inner() const noexcept {
  CHECK(inner_ != nullptr);
  return *inner_;
}

const carrier_abilities& passing_carrier::abilities() const noexcept {
  return inner().abilities();
}

void passing_carrier::search(number_search wanted, carrier_done<std::vector<number_offer>> done) {
  pass(carrier_method::search, &carrier::search, std::move(done), std::move(wanted));
}

std::optional<number_offer> passing_carrier::offer_at_once(const number_search& wanted) {
  return inner_ ? inner_->offer_at_once(wanted) : carrier::offer_at_once(wanted);
}

void passing_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  pass(carrier_method::buy, &carrier::buy, std::move(done), std::move(order));
}

void passing_carrier::look_up(std::string e164, std::string mark,
                              carrier_done<std::optional<carrier_number>> done) {
  pass(carrier_method::look_up, &carrier::look_up, std::move(done),
       std::move(e164), std::move(mark));
}

void passing_carrier::set_routing(std::string e164, number_routing routing,
                                  carrier_done<void> done) {
  pass(carrier_method::set_routing, &carrier::set_routing, std::move(done),
       std::move(e164), std::move(routing));
}

void passing_carrier::release(std::string e164, std::string mark, carrier_done<void> done) {
  pass(carrier_method::release, &carrier::release, std::move(done),
       std::move(e164), std::move(mark));
}

void passing_carrier::reserve(std::string e164, std::string mark,
                              carrier_done<number_reservation> done) {
  pass(carrier_method::reserve, &carrier::reserve, std::move(done),
       std::move(e164), std::move(mark));
}

void passing_carrier::read_routing(std::string e164, carrier_done<routing_snapshot> done) {
  pass(carrier_method::read_routing, &carrier::read_routing, std::move(done), std::move(e164));
}

void passing_carrier::restore_routing(std::string e164, routing_snapshot before,
                                      carrier_done<void> done) {
  pass(carrier_method::restore_routing, &carrier::restore_routing, std::move(done),
       std::move(e164), std::move(before));
}

void passing_carrier::check_account(carrier_done<account_report> done) {
  pass(carrier_method::check_account, &carrier::check_account, std::move(done));
}

void passing_carrier::list_owned(std::optional<std::string> cursor, std::size_t limit,
                                 carrier_done<carrier_number_page> done) {
  pass(carrier_method::list_owned, &carrier::list_owned, std::move(done), std::move(cursor), limit);
}

void passing_carrier::file_campaign(campaign_filing filing, carrier_done<campaign_report> done) {
  pass(carrier_method::file_campaign, &carrier::file_campaign, std::move(done), std::move(filing));
}

void passing_carrier::campaign_state(std::string reference, carrier_done<campaign_report> done) {
  pass(carrier_method::campaign_state, &carrier::campaign_state, std::move(done),
       std::move(reference));
}

void passing_carrier::attach_number(std::string campaign_reference, std::string e164,
                                    carrier_done<void> done) {
  pass(carrier_method::attach_number, &carrier::attach_number, std::move(done),
       std::move(campaign_reference), std::move(e164));
}

void passing_carrier::file_brand(brand_filing filing, carrier_done<brand_report> done) {
  pass(carrier_method::file_brand, &carrier::file_brand, std::move(done), std::move(filing));
}

void passing_carrier::brand_state(std::string reference, carrier_done<brand_report> done) {
  pass(carrier_method::brand_state, &carrier::brand_state, std::move(done), std::move(reference));
}

void passing_carrier::resend_brand_code(std::string reference, carrier_done<brand_report> done) {
  pass(carrier_method::resend_brand_code, &carrier::resend_brand_code, std::move(done),
       std::move(reference));
}

void passing_carrier::confirm_brand_code(std::string reference, std::string code,
                                         carrier_done<brand_report> done) {
  pass(carrier_method::confirm_brand_code, &carrier::confirm_brand_code, std::move(done),
       std::move(reference), std::move(code));
}

void passing_carrier::attachment_state(std::string campaign_reference, std::string e164,
                                       carrier_done<attachment_report> done) {
  pass(carrier_method::attachment_state, &carrier::attachment_state, std::move(done),
       std::move(campaign_reference), std::move(e164));
}

void passing_carrier::end_campaign(std::string reference, carrier_done<void> done) {
  pass(carrier_method::end_campaign, &carrier::end_campaign, std::move(done), std::move(reference));
}

void passing_carrier::send_text(text_order order, carrier_done<text_receipt> done) {
  pass(carrier_method::send_text, &carrier::send_text, std::move(done), std::move(order));
}

void passing_carrier::look_up_text(std::string id, std::string from, std::string to,
                                   carrier_done<std::optional<text_receipt>> done) {
  pass(carrier_method::look_up_text, &carrier::look_up_text, std::move(done),
       std::move(id), std::move(from), std::move(to));
}

void passing_carrier::text_state(std::string carrier_message_id, carrier_done<carrier_news> done) {
  pass(carrier_method::text_state, &carrier::text_state, std::move(done),
       std::move(carrier_message_id));
}

void passing_carrier::received_texts(timestamp since, std::optional<std::string> cursor,
                                     carrier_done<received_texts_page> done) {
  pass(carrier_method::received_texts, &carrier::received_texts, std::move(done),
       since, std::move(cursor));
}

result<verified_webhook> passing_carrier::verify_webhook(const carrier_webhook& received) const {
  return inner_ ? inner_->verify_webhook(received) : carrier::verify_webhook(received);
}

result<std::vector<carrier_news>> passing_carrier::read_webhook(std::string_view body) const {
  return inner_ ? inner_->read_webhook(body) : carrier::read_webhook(body);
}

webhook_answer passing_carrier::acknowledgement() const {
  return inner_ ? inner_->acknowledgement() : carrier::acknowledgement();
}

result<carrier_call> passing_carrier::read_call(std::string_view body) const {
  return inner_ ? inner_->read_call(body) : carrier::read_call(body);
}

webhook_answer passing_carrier::call_instructions(const call_plan& plan) const {
  return inner_ ? inner_->call_instructions(plan) : carrier::call_instructions(plan);
}

}  // namespace dialplane
