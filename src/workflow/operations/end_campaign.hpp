// Ending a campaign that no number uses any more, at the carrier and for good.
//
// accepted -> end_written -> settled. A lost answer is simply repeated: a campaign that is not
// there any more counts as ended. One that was never filed ends without asking anybody, and its
// fee is returned.
#pragma once

#include "domain/campaign.hpp"
#include "workflow/operation_run.hpp"

namespace dialplane {

class end_campaign_run final : public operation_run {
 public:
  using operation_run::operation_run;
  void advance() override;

 private:
  void go_on(const std::optional<campaign>& ending);
  void tell_carrier();
  void settle();
  void give_way();
  void try_again();
  std::shared_ptr<end_campaign_run> self();

  std::string reference_;
};

}  // namespace dialplane
