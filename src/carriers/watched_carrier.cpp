#include "carriers/watched_carrier.hpp"

#include <type_traits>
#include <utility>

namespace dialplane {

account_standing standing_of(const account_report& report) noexcept {
  const bool no_money = report.balance_micro_usd && *report.balance_micro_usd <= 0;
  return no_money ? account_standing::out_of_funds : account_standing::open;
}

watched_carrier::watched_carrier(std::unique_ptr<carrier> inner, standing_told told)
    : passing_carrier(std::move(inner)), told_(std::move(told)) {}

template <typename T>
carrier_done<T> watched_carrier::watched(carrier_done<T> done) {
  return [this, done = std::move(done)](result<T> outcome) mutable {
    if (!outcome && outcome.error().code == error_code::carrier_credentials_rejected) {
      told_(account_standing::credentials_rejected, outcome.error().message);
    } else if (!outcome && outcome.error().code == error_code::carrier_out_of_funds) {
      told_(account_standing::out_of_funds, outcome.error().message);
    }
    done(std::move(outcome));
  };
}

void watched_carrier::check_account(carrier_done<account_report> done) {
  inner().check_account(watched<account_report>(
      [this, done = std::move(done)](result<account_report> report) mutable {
        if (report) told_(standing_of(*report), "");
        done(std::move(report));
      }));
}

void watched_carrier::search(number_search wanted, carrier_done<std::vector<number_offer>> done) {
  inner().search(std::move(wanted), watched(std::move(done)));
}

void watched_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  inner().buy(std::move(order), watched(std::move(done)));
}

void watched_carrier::look_up(std::string e164, std::string mark,
                              carrier_done<std::optional<carrier_number>> done) {
  inner().look_up(std::move(e164), std::move(mark), watched(std::move(done)));
}

void watched_carrier::set_routing(std::string e164, number_routing routing,
                                  carrier_done<void> done) {
  inner().set_routing(std::move(e164), std::move(routing), watched(std::move(done)));
}

void watched_carrier::release(std::string e164, std::string mark, carrier_done<void> done) {
  inner().release(std::move(e164), std::move(mark), watched(std::move(done)));
}

void watched_carrier::reserve(std::string e164, std::string mark,
                              carrier_done<number_reservation> done) {
  inner().reserve(std::move(e164), std::move(mark), watched(std::move(done)));
}

void watched_carrier::read_routing(std::string e164, carrier_done<routing_snapshot> done) {
  inner().read_routing(std::move(e164), watched(std::move(done)));
}

void watched_carrier::restore_routing(std::string e164, routing_snapshot before,
                                      carrier_done<void> done) {
  inner().restore_routing(std::move(e164), std::move(before), watched(std::move(done)));
}

void watched_carrier::list_owned(std::optional<std::string> cursor, std::size_t limit,
                                 carrier_done<carrier_number_page> done) {
  inner().list_owned(std::move(cursor), limit, watched(std::move(done)));
}

void watched_carrier::file_campaign(campaign_filing filing, carrier_done<campaign_report> done) {
  inner().file_campaign(std::move(filing), watched(std::move(done)));
}

void watched_carrier::campaign_state(std::string reference, carrier_done<campaign_report> done) {
  inner().campaign_state(std::move(reference), watched(std::move(done)));
}

void watched_carrier::attach_number(std::string campaign_reference, std::string e164,
                                    carrier_done<void> done) {
  inner().attach_number(std::move(campaign_reference), std::move(e164), watched(std::move(done)));
}

void watched_carrier::file_brand(brand_filing filing, carrier_done<brand_report> done) {
  inner().file_brand(std::move(filing), watched(std::move(done)));
}

void watched_carrier::brand_state(std::string reference, carrier_done<brand_report> done) {
  inner().brand_state(std::move(reference), watched(std::move(done)));
}

void watched_carrier::resend_brand_code(std::string reference, carrier_done<brand_report> done) {
  inner().resend_brand_code(std::move(reference), watched(std::move(done)));
}

void watched_carrier::confirm_brand_code(std::string reference, std::string code,
                                         carrier_done<brand_report> done) {
  inner().confirm_brand_code(std::move(reference), std::move(code), watched(std::move(done)));
}

void watched_carrier::attachment_state(std::string campaign_reference, std::string e164,
                                       carrier_done<attachment_report> done) {
  inner().attachment_state(std::move(campaign_reference), std::move(e164),
                           watched(std::move(done)));
}

void watched_carrier::end_campaign(std::string reference, carrier_done<void> done) {
  inner().end_campaign(std::move(reference), watched(std::move(done)));
}

void watched_carrier::send_text(text_order order, carrier_done<text_receipt> done) {
  inner().send_text(std::move(order), watched(std::move(done)));
}

void watched_carrier::look_up_text(std::string id, std::string from, std::string to,
                                   carrier_done<std::optional<text_receipt>> done) {
  inner().look_up_text(std::move(id), std::move(from), std::move(to), watched(std::move(done)));
}

void watched_carrier::text_state(std::string carrier_message_id, carrier_done<carrier_news> done) {
  inner().text_state(std::move(carrier_message_id), watched(std::move(done)));
}

void watched_carrier::received_texts(timestamp since, std::optional<std::string> cursor,
                                     carrier_done<received_texts_page> done) {
  inner().received_texts(since, std::move(cursor), watched(std::move(done)));
}

}  // namespace dialplane
