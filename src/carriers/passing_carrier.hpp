// A carrier that passes every call on to the one it owns: the base of those that change a few.
#pragma once

#include <memory>

#include "carriers/carrier.hpp"

namespace dialplane {

class passing_carrier : public carrier {
 public:
  explicit passing_carrier(std::unique_ptr<carrier> inner) : inner_(std::move(inner)) {}

  const carrier_abilities& abilities() const noexcept override { return inner_->abilities(); }
  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override;
  std::optional<number_offer> offer_at_once(const number_search& wanted) override;
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
  result<verified_webhook> verify_webhook(const carrier_webhook& received) const override;
  result<std::vector<carrier_news>> read_webhook(std::string_view body) const override;
  webhook_answer acknowledgement() const override;
  result<carrier_call> read_call(std::string_view body) const override;
  webhook_answer call_instructions(const call_plan& plan) const override;

 protected:
  carrier& inner() const noexcept { return *inner_; }

 private:
  std::unique_ptr<carrier> inner_;
};

}  // namespace dialplane
