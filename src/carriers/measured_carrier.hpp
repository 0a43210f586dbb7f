// A carrier that counts: passes every call on to the carrier it owns, and notes how each ended and
// how long it took.
//
// Changes nothing else. Figures: dialplane_carrier_calls_total{carrier,call,outcome} with outcome
// ok, refused, not_done, unknown or conflict, and dialplane_carrier_call_seconds{carrier,call}.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>

#include "base/metrics.hpp"
#include "carriers/carrier.hpp"

namespace dialplane {

class measured_carrier final : public carrier {
 public:
  measured_carrier(std::unique_ptr<carrier> inner, metrics_registry& metrics);

  const carrier_abilities& abilities() const noexcept override { return inner_->abilities(); }
  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override;
  std::optional<number_offer> offer_at_once(const number_search& wanted) override;
  void buy(number_purchase order, carrier_done<carrier_number> done) override;
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override;
  void set_routing(std::string e164, number_routing routing, carrier_done<void> done) override;
  void release(std::string e164, std::string mark, carrier_done<void> done) override;
  void list_owned(std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) override;
  void file_campaign(campaign_filing filing, carrier_done<campaign_report> done) override;
  void campaign_state(std::string reference, carrier_done<campaign_report> done) override;
  void attach_number(std::string campaign_reference, std::string e164,
                     carrier_done<void> done) override;
  void send_text(text_order order, carrier_done<text_receipt> done) override;
  void look_up_text(std::string id, std::string from, std::string to,
                    carrier_done<std::optional<text_receipt>> done) override;
  result<verified_webhook> verify_webhook(const carrier_webhook& received) const override;
  result<std::vector<carrier_news>> read_webhook(std::string_view body) const override;
  void file_brand(brand_filing filing, carrier_done<brand_report> done) override;
  void brand_state(std::string reference, carrier_done<brand_report> done) override;
  void resend_brand_code(std::string reference, carrier_done<brand_report> done) override;
  void confirm_brand_code(std::string reference, std::string code,
                          carrier_done<brand_report> done) override;
  void attachment_state(std::string campaign_reference, std::string e164,
                        carrier_done<attachment_report> done) override;
  void end_campaign(std::string reference, carrier_done<void> done) override;
  void reserve(std::string e164, std::string mark,
               carrier_done<number_reservation> done) override;
  void read_routing(std::string e164, carrier_done<routing_snapshot> done) override;
  void restore_routing(std::string e164, routing_snapshot before,
                       carrier_done<void> done) override;
  void check_account(carrier_done<account_report> done) override;
  void text_state(std::string carrier_message_id, carrier_done<carrier_news> done) override;
  void received_texts(timestamp since, std::optional<std::string> cursor,
                      carrier_done<received_texts_page> done) override;
  webhook_answer acknowledgement() const override;
  result<carrier_call> read_call(std::string_view body) const override;
  webhook_answer call_instructions(const call_plan& plan) const override;

 private:
  using time_point = std::chrono::steady_clock::time_point;

  // One kind of call, its series looked up once.
  struct call_figures {
    call_figures(metrics_registry& metrics, std::string_view carrier, std::string_view call);
    void note(std::optional<error_class> failure, time_point started) noexcept;

    std::array<counter*, 5> by_outcome;  // ok, then by error_class
    histogram* seconds;
  };

  template <typename T>
  static carrier_done<T> counted(call_figures& figures, carrier_done<T> done);

  std::unique_ptr<carrier> inner_;
  call_figures search_;
  call_figures buy_;
  call_figures look_up_;
  call_figures set_routing_;
  call_figures release_;
  call_figures list_owned_;
  call_figures file_campaign_;
  call_figures campaign_state_;
  call_figures attach_number_;
  call_figures send_text_;
  call_figures look_up_text_;
  call_figures file_brand_;
  call_figures brand_state_;
  call_figures resend_brand_code_;
  call_figures confirm_brand_code_;
  call_figures attachment_state_;
  call_figures end_campaign_;
  call_figures reserve_;
  call_figures read_routing_;
  call_figures restore_routing_;
  call_figures check_account_;
  call_figures text_state_;
  call_figures received_texts_;
};

}  // namespace dialplane
