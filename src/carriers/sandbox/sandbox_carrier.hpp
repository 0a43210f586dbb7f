// The built-in carrier that needs no account: a real carrier in small, with its own books, its own
// idea of time, and faults that an operator can order.
//
// Searches answer at once, from memory, on the calling loop. Everything else goes to the ledger's
// thread and is answered on the calling loop after its commit. A lost answer is reported as unknown
// after `answer_timeout`, not after the long time-out of a real carrier. Owns its file; knows
// nothing of our store, so the two can disagree, as with any carrier. Its numbers have the
// exchange 555 and mean nothing to any other carrier (domain/sandbox_numbers.hpp).
//
// Calls must come from an event loop's thread; loops must live until the carrier is destroyed.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/random.hpp"
#include "carriers/carrier.hpp"
#include "carriers/sandbox/brand_desk.hpp"
#include "carriers/sandbox/call_desk.hpp"
#include "carriers/sandbox/campaign_desk.hpp"
#include "carriers/sandbox/fault_list.hpp"
#include "carriers/sandbox/inventory.hpp"
#include "carriers/sandbox/ledger_thread.hpp"
#include "carriers/sandbox/order_desk.hpp"
#include "carriers/sandbox/review_orders.hpp"
#include "carriers/sandbox/settling.hpp"
#include "carriers/sandbox/text_desk.hpp"
#include "carriers/sandbox/webhook_courier.hpp"
#include "carriers/sandbox_control.hpp"

namespace dialplane::sandbox {

struct sandbox_options {
  std::string file_path;                // made if it is not there
  milliseconds review{3'000};           // of campaigns, until an operator sets another
  // How long companies are checked; nothing: a tenth of the review, at most a second.
  std::optional<milliseconds> brand_check = std::nullopt;
  milliseconds code_lifetime{600'000};  // of codes texted to sole proprietors
  milliseconds release_grace{0};        // for which a release can be taken back
  milliseconds rest{3'600'000};         // of released numbers
  milliseconds answer_timeout{300};
  milliseconds settling_time{2'000};    // while no fault stretches it
  // False: like carriers that take a number's routing in a call of its own.
  bool routing_at_purchase = true;
  std::size_t queue_limit = 65'536;
};

class sandbox_carrier final : public carrier, public sandbox_control {
 public:
  // `time` and `random` must outlive the carrier.
  static result<std::unique_ptr<sandbox_carrier>> open(sandbox_options options, const clock& time,
                                                       random_source& random);

  // The settling time in it changes with the faults (settling.hpp): read it when it counts.
  const carrier_abilities& abilities() const noexcept override;

  // Calls `done` before it returns, unless a fault delays the answer. Area codes that the sandbox
  // does not have are passed over. At most 1,000 offers.
  void search(number_search wanted, carrier_done<std::vector<number_offer>> done) override;
  // Nothing while a fault waits for a search: search() is to meet it.
  std::optional<number_offer> offer_at_once(const number_search& wanted) override;
  void buy(number_purchase order, carrier_done<carrier_number> done) override;
  // With both, what has the mark comes first; then the number under whatever mark it has.
  void look_up(std::string e164, std::string mark,
               carrier_done<std::optional<carrier_number>> done) override;
  void set_routing(std::string e164, number_routing routing, carrier_done<void> done) override;
  // A number sold anew under another mark is not ours any more.
  void release(std::string e164, std::string mark, carrier_done<void> done) override;
  // `limit` is 1 to 1,000.
  void list_owned(std::optional<std::string> cursor, std::size_t limit,
                  carrier_done<carrier_number_page> done) override;
  void file_campaign(campaign_filing filing, carrier_done<campaign_report> done) override;
  void campaign_state(std::string reference, carrier_done<campaign_report> done) override;
  void attach_number(std::string campaign_reference, std::string e164,
                     carrier_done<void> done) override;

  void send_text(text_order order, carrier_done<text_receipt> done) override;
  void look_up_text(std::string id, std::string from, std::string to,
                    carrier_done<std::optional<text_receipt>> done) override;
  // Standard Webhooks, with the secret in its file.
  result<verified_webhook> verify_webhook(const carrier_webhook& received) const override;
  result<std::vector<carrier_news>> read_webhook(std::string_view body) const override;
  // In sandbox_calls.cpp.
  result<carrier_call> read_call(std::string_view body) const override;
  webhook_answer call_instructions(const call_plan& plan) const override;
  void call_from_outside(sandbox_call_order order, carrier_done<sandbox_call> done) override;
  void set_call_sink(event_loop& on, call_sink sink) override;
  // In sandbox_registration.cpp.
  void file_brand(brand_filing filing, carrier_done<brand_report> done) override;
  void brand_state(std::string reference, carrier_done<brand_report> done) override;
  void resend_brand_code(std::string reference, carrier_done<brand_report> done) override;
  void confirm_brand_code(std::string reference, std::string code,
                          carrier_done<brand_report> done) override;
  void attachment_state(std::string campaign_reference, std::string e164,
                        carrier_done<attachment_report> done) override;
  void end_campaign(std::string reference, carrier_done<void> done) override;

  result<void> order_review(review_order wanted) override;
  std::vector<review_order> reviews() const override;
  void clear_reviews() override;
  void brand_codes(carrier_done<std::vector<sandbox_code>> done) override;
  milliseconds code_lifetime() const override;
  void set_code_lifetime(milliseconds lifetime) override;

  result<void> order_fault(sandbox_fault fault) override;
  std::vector<sandbox_fault> faults() const override;
  void clear_faults() override;
  milliseconds review() const override;
  void set_review(milliseconds review, carrier_done<void> done) override;
  void sold_page(std::optional<std::string> cursor, std::size_t limit,
                 carrier_done<sandbox_sold_page> done) override;
  sandbox_counts counts() const override;
  bool accepts_inbound(std::string_view e164) override;
  void texts_received_by(std::string handset, std::size_t limit,
                         carrier_done<std::vector<sandbox_text>> done) override;
  void text_from_outside(sandbox_text text, carrier_done<std::string> done) override;
  void taken_texts(std::int64_t after, std::size_t limit,
                   carrier_done<sandbox_text_ids> done) override;
  const std::string& webhook_secret() const noexcept override { return webhook_secret_; }
  void set_webhook_sink(event_loop& on, webhook_sink sink) override;

 private:
  sandbox_carrier(sandbox_options options, const clock& time, random_source& random);

  result<void> open_file();
  // When the caller stops waiting for an answer that will not come.
  milliseconds gives_up_after(const fault_plan& plan) const;
  // Gives `outcome` on the calling loop, after the plan's delay.
  template <typename T>
  void answer(const fault_plan& plan, result<T> outcome, carrier_done<T> done) const;
  template <typename T>
  void lose_answer(const fault_plan& plan, carrier_done<T> done) const;
  template <typename T>
  carrier_done<T> delayed(const fault_plan& plan, carrier_done<T> done) const;
  // True: the call has ended and nothing happens at the carrier. Otherwise `done` is what the
  // ledger is to call, empty where the answer gets lost.
  template <typename T>
  bool ends_early(const fault_plan& plan, carrier_done<T>& done) const;
  void buy_late(const fault_plan& plan, sale_order order);
  void take_order(const fault_plan& plan, sale_order order, carrier_done<carrier_number> done);
  text_plan plan_text(const fault_plan& plan);
  milliseconds brand_check() const;
  campaign_desk campaigns(ledger_file& file) { return {file, random_, orders_}; }
  brand_desk brands(ledger_file& file) {
    return {file, random_, orders_, code_lifetime()};
  }

  const sandbox_options options_;
  const clock& clock_;
  random_source& random_;
  inventory stock_;
  fault_list faults_;
  order_desk open_orders_;
  review_orders orders_;
  settling settling_;
  std::atomic<std::int64_t> review_ms_;
  std::atomic<std::int64_t> code_lifetime_ms_;
  std::atomic<std::int64_t> inbound_dropped_{0};
  std::string webhook_secret_;
  std::unique_ptr<ledger_thread> ledger_;  // its thread uses the others
  std::unique_ptr<webhook_courier> courier_;
  std::unique_ptr<call_desk> calls_;
};

}  // namespace dialplane::sandbox
