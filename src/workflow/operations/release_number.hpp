// Giving one number back to its carrier.
//
// accepted -> release_written -> settled. The slot is free when the carrier has confirmed. A lost
// answer is simply repeated: the release names number and mark, and a number that is not ours any
// more counts as released.
#pragma once

#include "workflow/operation_run.hpp"

namespace dialplane {

class release_number_run final : public operation_run {
 public:
  using operation_run::operation_run;
  void advance() override;

 private:
  void release();
  void take_answer(result<void> released);
  void settle();
  void keep(error why);
  std::shared_ptr<release_number_run> self();
};

}  // namespace dialplane
