// The carrier Surge behind the port: one project (an API key), an account in it for each owner.
//
// Keeps no books: what is remembered are shortcuts, and every fact that matters is asked of Surge.
// Calls must come from an event loop's thread; loops must live until the carrier is destroyed, and
// what is under way then ends as carrier_http says. What Surge cannot do is in carrier.yaml.
#pragma once

#include <memory>
#include <string>

#include "carriers/carrier.hpp"
#include "carriers/carrier_description.hpp"
#include "carriers/surge/number_purchase.hpp"
#include "carriers/surge/office.hpp"
#include "carriers/surge/webhook_news.hpp"

namespace dialplane::surge {

class surge_carrier final : public carrier {
 public:
  surge_carrier(const carrier_description& described, const carrier_tools& tools,
                carrier_account_settings account);
  ~surge_carrier() override;

  const carrier_abilities& abilities() const noexcept override { return office_->abilities; }

  // Offers carry no price and no town. Where the API has no search: see number_search.hpp.
  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override;
  void buy(number_purchase order, carrier_done<carrier_number> done) override;
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override;
  void release(std::string e164, std::string mark, carrier_done<void> done) override;
  void list_owned(std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) override;
  // A number has no routing of its own here: these see whether it is ours and change nothing.
  void set_routing(std::string e164, number_routing routing, carrier_done<void> done) override;
  void read_routing(std::string e164, carrier_done<routing_snapshot> done) override;
  void restore_routing(std::string e164, routing_snapshot before,
                       carrier_done<void> done) override;
  void check_account(carrier_done<account_report> done) override;

  void file_brand(brand_filing filing, carrier_done<brand_report> done) override;
  void brand_state(std::string reference, carrier_done<brand_report> done) override;
  void resend_brand_code(std::string reference, carrier_done<brand_report> done) override;
  // Always refused: the person answers Surge's text.
  void confirm_brand_code(std::string reference, std::string code,
                          carrier_done<brand_report> done) override;
  void file_campaign(campaign_filing filing, carrier_done<campaign_report> done) override;
  void campaign_state(std::string reference, carrier_done<campaign_report> done) override;
  void end_campaign(std::string reference, carrier_done<void> done) override;
  void attach_number(std::string campaign_reference, std::string e164,
                     carrier_done<void> done) override;
  void attachment_state(std::string campaign_reference, std::string e164,
                        carrier_done<attachment_report> done) override;

  void send_text(text_order order, carrier_done<text_receipt> done) override;
  void look_up_text(std::string id, std::string from, std::string to,
                    carrier_done<std::optional<text_receipt>> done) override;
  void text_state(std::string carrier_message_id, carrier_done<carrier_news> done) override;

  result<verified_webhook> verify_webhook(const carrier_webhook& received) const override;
  result<std::vector<carrier_news>> read_webhook(std::string_view body) const override;

 private:
  const std::string webhook_url_;
  const secret_string webhook_secret_;
  const bool is_demo_;
  office_ptr office_;
  std::shared_ptr<turns> area_purchases_ = std::make_shared<turns>();
  mutable contact_memory contacts_{100'000};
};

// A carrier_maker. Options: base_url, account_id (the account for what belongs to nobody).
result<std::unique_ptr<carrier>> make_surge_carrier(const carrier_description& described,
                                                    const carrier_tools& tools,
                                                    carrier_account_settings account);

}  // namespace dialplane::surge
