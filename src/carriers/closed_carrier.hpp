// Stands in the place of an account that cannot be used: removed while numbers still live there, or
// not to be opened by this program.
//
// Every call ends as `not_done` with the reason, on the loop that made it: what waits for the
// account goes on waiting, and nothing is taken for done. Verifies no webhook.
#pragma once

#include "carriers/carrier.hpp"

namespace dialplane {

class closed_carrier final : public carrier {
 public:
  // `abilities` are those of the account it stands for; `reason` is a sentence.
  closed_carrier(carrier_abilities abilities, std::string reason)
      : abilities_(std::move(abilities)), reason_(std::move(reason)) {}

  const carrier_abilities& abilities() const noexcept override { return abilities_; }
  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override;
  void buy(number_purchase order, carrier_done<carrier_number> done) override;
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override;
  void set_routing(std::string e164, number_routing routing, carrier_done<void> done) override;
  void release(std::string e164, std::string mark, carrier_done<void> done) override;
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
  void end_campaign(std::string reference, carrier_done<void> done) override;
  void send_text(text_order order, carrier_done<text_receipt> done) override;
  void look_up_text(std::string id, std::string from, std::string to,
                    carrier_done<std::optional<text_receipt>> done) override;
  result<verified_webhook> verify_webhook(const carrier_webhook& received) const override;

 private:
  template <typename T>
  void fail(carrier_done<T> done) const;

  carrier_abilities abilities_;
  std::string reason_;
};

}  // namespace dialplane
