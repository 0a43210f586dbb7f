// A carrier that passes every call on to the one it owns: the one place that repeats the port's
// list of methods, and the base of every carrier that stands in front of another.
//
// Derived ones count, watch or stop calls in `on_call`, which sees each that is asked of the
// carrier, or override the few methods whose words they change. What is answered at once from
// memory (offers, webhooks) passes by `on_call`. Lives as long as the calls it passed on.
#pragma once

#include <memory>
#include <utility>

#include "carriers/carrier.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

// What can be asked of a carrier, by the names that figures have.
enum class carrier_method {
  search,
  buy,
  look_up,
  set_routing,
  release,
  reserve,
  read_routing,
  restore_routing,
  check_account,
  list_owned,
  file_campaign,
  campaign_state,
  attach_number,
  file_brand,
  brand_state,
  resend_brand_code,
  confirm_brand_code,
  attachment_state,
  end_campaign,
  send_text,
  look_up_text,
  text_state,
  received_texts,
};
NAMED_ENUM(carrier_method, {carrier_method::search, "search"},
           {carrier_method::buy, "buy"},
           {carrier_method::look_up, "look_up"},
           {carrier_method::set_routing, "set_routing"},
           {carrier_method::release, "release"},
           {carrier_method::reserve, "reserve"},
           {carrier_method::read_routing, "read_routing"},
           {carrier_method::restore_routing, "restore_routing"},
           {carrier_method::check_account, "check_account"},
           {carrier_method::list_owned, "list_owned"},
           {carrier_method::file_campaign, "file_campaign"},
           {carrier_method::campaign_state, "campaign_state"},
           {carrier_method::attach_number, "attach_number"},
           {carrier_method::file_brand, "file_brand"},
           {carrier_method::brand_state, "brand_state"},
           {carrier_method::resend_brand_code, "resend_brand_code"},
           {carrier_method::confirm_brand_code, "confirm_brand_code"},
           {carrier_method::attachment_state, "attachment_state"},
           {carrier_method::end_campaign, "end_campaign"},
           {carrier_method::send_text, "send_text"},
           {carrier_method::look_up_text, "look_up_text"},
           {carrier_method::text_state, "text_state"},
           {carrier_method::received_texts, "received_texts"});

class passing_carrier : public carrier {
 public:
  // Without `inner` nothing can be passed on: on_call must end every call.
  explicit passing_carrier(std::unique_ptr<carrier> inner) : inner_(std::move(inner)) {}

  const carrier_abilities& abilities() const noexcept override;
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
  // Told how a call ended, before the caller is: null for well.
  using call_end = unique_function<void(const error* failure)>;

  // As a call begins. An error ends it, later, on the loop that made it, and nothing is passed on;
  // nothing is told of a call that wants no end.
  virtual result<call_end> on_call(carrier_method /*which*/) { return call_end(); }
  carrier& inner() const noexcept;

 private:
  template <typename T, typename... Takes, typename... Given>
  void pass(carrier_method which, void (carrier::*call)(Takes...), carrier_done<T> done,
            Given... given);

  std::unique_ptr<carrier> inner_;
};

}  // namespace dialplane
