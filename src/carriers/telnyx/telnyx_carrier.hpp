// The carrier Telnyx behind the port: numbers, texts, calls and US registration of one account.
//
// It owns the way to the API (carrier_http with its limits) and nothing else: no store, no thread.
// Calls must come from an event loop's thread and end there. What each call does is in the files
// beside this one, by idea: numbers, owned_numbers, orders, routing, texts, brands, campaigns,
// toll_free, webhooks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/carrier.hpp"
#include "carriers/carrier_description.hpp"

namespace dialplane::telnyx {

struct account;

class telnyx_carrier final : public carrier {
 public:
  telnyx_carrier(std::shared_ptr<account> at, std::string shown_name);
  ~telnyx_carrier() override;

  const carrier_abilities& abilities() const noexcept override;

  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override;
  // A number that an earlier order with the same mark has bought is given back as bought. An order
  // that is not through yet is answered as pending.
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
  // At most 250 rows at once.
  void list_owned(std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) override;

  void file_brand(brand_filing filing, carrier_done<brand_report> done) override;
  void brand_state(std::string reference, carrier_done<brand_report> done) override;
  void resend_brand_code(std::string reference, carrier_done<brand_report> done) override;
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
  void received_texts(timestamp since, std::optional<std::string> cursor,
                      carrier_done<received_texts_page> done) override;

  result<verified_webhook> verify_webhook(const carrier_webhook& received) const override;
  result<std::vector<carrier_news>> read_webhook(std::string_view body) const override;
  webhook_answer acknowledgement() const override;
  result<carrier_call> read_call(std::string_view body) const override;
  webhook_answer call_instructions(const call_plan& plan) const override;

 private:
  const std::shared_ptr<account> at_;
  const std::string shown_name_;
};

// A carrier_maker. Credentials: api_key, public_key (base64). Options: base_url,
// messaging_profile_id, texml_application_id (or connection_id): the operator's own, used as they
// are instead of those that the adapter finds or makes.
result<std::unique_ptr<carrier>> make_telnyx_carrier(const carrier_description& described,
                                                     const carrier_tools& tools,
                                                     carrier_account_settings account);

}  // namespace dialplane::telnyx
