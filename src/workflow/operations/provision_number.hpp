// Buying one number, step by step; docs/operations.md draws it.
//
// accepted -> intent_written -> (number_bought) -> settled, or -> compensated. The purchase names
// one exact number and carries our mark. After an answer that did not come, outcome_unknown: the
// carrier is asked until the number is found (adopted) or surely absent (settling time over); only
// then does anything else happen. Money and slot are settled in the transaction that ends it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "domain/area_code_policy.hpp"
#include "domain/provision_plan.hpp"
#include "workflow/operation_run.hpp"

namespace dialplane {

class provision_number_run final : public operation_run {
 public:
  using operation_run::operation_run;
  void advance() override;

 private:
  void choose_number();
  void search_stage(std::size_t stage);
  void take_offers(std::size_t stage, result<std::vector<number_offer>> offers);
  void write_intent(std::string e164);
  void buy();
  void take_purchase(result<carrier_number> bought);
  void retry_purchase(error why);
  void outcome_became_unknown();
  void look_up();
  void take_look_up(result<std::optional<carrier_number>> seen);
  void surely_absent(bool sold_to_someone_else);
  void choose_another();
  void take_bought(const carrier_number& bought);
  void set_routing();
  void settle();
  void compensate(error why);
  void after_look_up_delay();

  bool may_retry() const;
  number_routing routing() const;
  std::vector<std::vector<std::string>> stages() const;
  std::shared_ptr<provision_number_run> self();

  provision_plan plan_;
  timestamp begun_;  // when this run began to try
};

}  // namespace dialplane
