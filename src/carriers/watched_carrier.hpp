// A carrier that is watched for what its answers say about the account itself: credentials that are
// refused, money that is gone, and that all is well again.
//
// Passes every call on and changes no answer. `told` runs on the loop of the call, before its
// `done`, once for each answer that says something; it must not block. Safe from any loop.
#pragma once

#include <functional>
#include <string>

#include "carriers/carrier_registry.hpp"
#include "carriers/passing_carrier.hpp"

namespace dialplane {

// What an answer says about the account, and the carrier's words for it.
using standing_told = std::function<void(account_standing standing, const std::string& detail)>;

class watched_carrier final : public passing_carrier {
 public:
  watched_carrier(std::unique_ptr<carrier> inner, standing_told told);

  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override;
  void buy(number_purchase order, carrier_done<carrier_number> done) override;
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override;
  void set_routing(std::string e164, number_routing routing, carrier_done<void> done) override;
  void release(std::string e164, std::string mark, carrier_done<void> done) override;
  void reserve(std::string e164, std::string mark,
               carrier_done<number_reservation> done) override;
  void read_routing(std::string e164, carrier_done<routing_snapshot> done) override;
  void restore_routing(std::string e164, routing_snapshot before,
                       carrier_done<void> done) override;
  void check_account(carrier_done<account_report> done) override;
  void list_owned(std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) override;
  void file_campaign(campaign_filing filing, carrier_done<campaign_report> done) override;
  void campaign_state(std::string reference, carrier_done<campaign_report> done) override;
  void attach_number(std::string campaign_reference, std::string e164,
                     carrier_done<void> done) override;
  void file_brand(brand_filing filing, carrier_done<brand_report> done) override;
  void brand_state(std::string reference, carrier_done<brand_report> done) override;
  void resend_brand_code(std::string reference, carrier_done<brand_report> done) override;
  void confirm_brand_code(std::string reference, std::string code,
                          carrier_done<brand_report> done) override;
  void attachment_state(std::string campaign_reference, std::string e164,
                        carrier_done<attachment_report> done) override;
  void end_campaign(std::string reference, carrier_done<void> done) override;
  void send_text(text_order order, carrier_done<text_receipt> done) override;
  void look_up_text(std::string id, std::string from, std::string to,
                    carrier_done<std::optional<text_receipt>> done) override;
  void text_state(std::string carrier_message_id, carrier_done<carrier_news> done) override;
  void received_texts(timestamp since, std::optional<std::string> cursor,
                      carrier_done<received_texts_page> done) override;

 private:
  template <typename T>
  carrier_done<T> watched(carrier_done<T> done);

  standing_told told_;
};

// What a report says: an account that can be asked has good credentials, and money or none.
account_standing standing_of(const account_report& report) noexcept;

}  // namespace dialplane
