// Getting one number the right to send: its campaign filed (once, by whichever number comes
// first), reviewed, and the number attached to it.
//
// accepted -> filing_written -> in_review -> settled. A rejected campaign ends the operation as
// failed; the number stays and the reason is shown. Filing and attaching can be repeated safely:
// the carrier knows them by our mark.
#pragma once

#include "workflow/operation_run.hpp"

namespace dialplane {

class register_campaign_run final : public operation_run {
 public:
  using operation_run::operation_run;
  void advance() override;

 private:
  void write_filing();
  void file();
  void ask_for_state();
  void take_report(result<campaign_report> report);
  void note_progress(campaign_report report);
  void attach(campaign_report report);
  void settle(campaign_report report);
  void reject(campaign_report report);
  void end_without_number();
  std::shared_ptr<register_campaign_run> self();

  std::string reference_;
  std::string use_case_;
  campaign_kind kind_ = campaign_kind::ten_dlc;
  campaign_status known_status_ = campaign_status::created;
};

}  // namespace dialplane
