// The carrier Twilio, for one account of the operator's.
//
// A number is bought by its exact digits, with our mark in its friendly name, which nothing here
// ever changes afterwards. There is no reservation and no key against buying twice, so a purchase
// looks first whether the account has the number, and an answer that is lost is `unknown`. Texts
// keep no id of ours: after a lost answer a text is found by what it said, while this process
// remembers it. Signatures are judged with the account's auth token, also where requests are made
// with an API key.
#pragma once

#include <memory>
#include <string>

#include "carriers/carrier_description.hpp"
#include "carriers/twilio/api.hpp"
#include "carriers/twilio/purchase_holds.hpp"
#include "carriers/twilio/sent_texts.hpp"

namespace dialplane::twilio {

struct twilio_settings {
  std::string messaging_service_sid;  // texts go through it, where set
  std::string primary_profile_sid;    // of the operator's own customer profile, for 10DLC
  std::string notification_email;     // the carrier's reviewers write to it
};

class twilio_carrier final : public carrier {
 public:
  twilio_carrier(carrier_abilities abilities, carrier_price local, carrier_price toll_free,
                 const carrier_tools& tools, const carrier_limits& limits,
                 api_settings access, twilio_settings settings);

  const carrier_abilities& abilities() const noexcept override { return abilities_; }

  // ---- numbers: numbers.cpp, routing.cpp -------------------------------------------------------
  // One request per area code, in their order, until there are enough.
  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override;
  void buy(number_purchase order, carrier_done<carrier_number> done) override;
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override;
  void set_routing(std::string e164, number_routing routing, carrier_done<void> done) override;
  // An emergency address is taken off first; not_done while the carrier is at it.
  void release(std::string e164, std::string mark, carrier_done<void> done) override;
  void read_routing(std::string e164, carrier_done<routing_snapshot> done) override;
  void restore_routing(std::string e164, routing_snapshot before,
                       carrier_done<void> done) override;
  void check_account(carrier_done<account_report> done) override;
  // `limit` is 1 to 1,000.
  void list_owned(std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) override;

  // ---- registration: brands.cpp, campaigns.cpp, toll_free.cpp ----------------------------------
  // A brand's reference is its sid, or that of its customer profile until there is a brand.
  void file_brand(brand_filing filing, carrier_done<brand_report> done) override;
  void brand_state(std::string reference, carrier_done<brand_report> done) override;
  void resend_brand_code(std::string reference, carrier_done<brand_report> done) override;
  // The owner answers the carrier's text; this only asks how far it is. refused: not confirmed.
  void confirm_brand_code(std::string reference, std::string code,
                          carrier_done<brand_report> done) override;
  // A campaign's reference is the sid of the messaging service made for it, or of the toll-free
  // verification.
  void file_campaign(campaign_filing filing, carrier_done<campaign_report> done) override;
  void campaign_state(std::string reference, carrier_done<campaign_report> done) override;
  void attach_number(std::string campaign_reference, std::string e164,
                     carrier_done<void> done) override;
  void attachment_state(std::string campaign_reference, std::string e164,
                        carrier_done<attachment_report> done) override;
  void end_campaign(std::string reference, carrier_done<void> done) override;

  // ---- texts: texts.cpp ------------------------------------------------------------------------
  void send_text(text_order order, carrier_done<text_receipt> done) override;
  // Of a text this process sent. Of any other: nothing where no text went that way in the last
  // day, else unknown, because the carrier keeps no id of ours.
  void look_up_text(std::string id, std::string from, std::string to,
                    carrier_done<std::optional<text_receipt>> done) override;
  void text_state(std::string carrier_message_id, carrier_done<carrier_news> done) override;
  void received_texts(timestamp since, std::optional<std::string> cursor,
                      carrier_done<received_texts_page> done) override;

  // ---- webhooks in: webhooks.cpp, calls.cpp ----------------------------------------------------
  result<verified_webhook> verify_webhook(const carrier_webhook& received) const override;
  result<std::vector<carrier_news>> read_webhook(std::string_view body) const override;
  webhook_answer acknowledgement() const override;
  result<carrier_call> read_call(std::string_view body) const override;
  webhook_answer call_instructions(const call_plan& plan) const override;

 private:
  const carrier_abilities abilities_;
  const carrier_price local_;
  const carrier_price toll_free_;
  const clock& clock_;
  const twilio_settings settings_;
  // Ends calls that wait when it goes; the api is held by them.
  const std::shared_ptr<carrier_http> http_;
  const std::shared_ptr<api> api_;
  const std::shared_ptr<purchase_holds> holds_;
  const std::shared_ptr<sent_texts> sent_;
};

// refused (carrier_account_invalid) naming the credential that is missing or has another shape.
result<std::unique_ptr<carrier>> make_twilio_carrier(const carrier_description& described,
                                                     const carrier_tools& tools,
                                                     carrier_account_settings account);

}  // namespace dialplane::twilio
