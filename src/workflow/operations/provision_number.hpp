// Buying one number, step by step; docs/operations.md draws it.
//
// accepted -> intent_written -> (order_pending) -> (number_bought) -> settled, or -> compensated.
// The purchase names one exact number at one account and carries our mark. After an answer that did
// not come, outcome_unknown: the carrier is asked until the number is found (adopted) or surely
// absent (settling time over); only then does anything else happen, at this account or another.
// A purchase that a restore from backup brought back asks every account for its mark first.
// Money and slot are settled in the transaction that ends it.
#pragma once

#include <string>
#include <vector>

#include "domain/provision_plan.hpp"
#include "workflow/operation_run.hpp"
#include "workflow/purchasing/number_choice.hpp"
#include "workflow/purchasing/purchase_queue.hpp"

namespace dialplane {

class provision_number_run final : public operation_run {
 public:
  using operation_run::operation_run;
  void advance() override;

 private:
  void go_on();
  void choose_number();
  void search_at(std::vector<carrier*> accounts);
  void take_choice(number_choice choice);
  void nothing_found(number_choice choice);
  void write_intent(carrier& at, number_offer offer);
  void choose_another();
  void fail_over(error why);

  void buy();
  void take_purchase(result<carrier_number> bought);
  void retry_purchase(error why);
  void act_on(error why);

  void outcome_became_unknown();
  void order_became_pending();
  void look_up();
  void take_look_up(result<std::optional<carrier_number>> seen, timestamp asked_at);
  void take_seen(carrier_number seen);
  void after_look_up_delay();
  void surely_absent(bool sold_to_someone_else);

  void ask_after_restore();
  void ask_accounts(timestamp restored, std::vector<carrier*> left);
  void take_over(carrier& at, carrier_number seen);

  void take_bought(carrier_number bought);
  void set_routing();
  void settle();
  void compensate(error why);

  bool may_retry() const;
  bool has_other_account() const;
  std::vector<carrier*> open_accounts() const;
  carrier* account();
  void with_turn(carrier& at, event_loop::task go);
  number_routing routing() const;
  std::shared_ptr<provision_number_run> self();

  provision_plan plan_;
  timestamp begun_;                         // when this run began to try
  bool had_turn_ = false;
  carrier* account_ = nullptr;              // the row's; stays valid when it is removed
  std::vector<account_failure> failures_;   // accounts not to be asked again in this round
  std::optional<carrier_number> bought_;    // not noted yet
  purchase_queue::turn turn_;               // ends with the purchase, or with this run
};

}  // namespace dialplane
