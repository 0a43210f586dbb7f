// Registering one company with the carriers' registry, before any of its campaigns.
//
// accepted -> filing_written -> in_review -> settled | compensated. Nothing is filed that our own
// check finds wrong. The filing carries the brand's mark and the number of its submission, so it
// can be repeated. A sole proprietor's waits in review for the owner's code, which
// app/brand_verification confirms. A company that is not verified ends the operation as failed:
// its numbers stay, the reason is shown, and a resubmission is an operation of its own.
#pragma once

#include "domain/campaign.hpp"
#include "domain/user.hpp"
#include "workflow/operations/registration_run.hpp"

namespace dialplane {

class register_brand_run final : public registration_run {
 public:
  using registration_run::registration_run;
  void advance() override;

 private:
  struct present {
    std::optional<brand> company;
    std::optional<legal_entity> entity;
  };

  void go_on(const present& now);
  void check_and_write(const present& now);
  void write_filing();
  void file();
  void hand_in(const present& now);
  void ask_for_state();
  void take_report(result<brand_report> report);
  void note_progress(brand_report report);
  void settle(brand_report report);
  void refuse(const error& why);
  void end_idle();
  void read_present(unique_function<void(present)> then);
  std::shared_ptr<register_brand_run> self();

  std::string reference_;
  brand_stage known_stage_ = brand_stage::draft;
  std::optional<timestamp> known_code_expiry_;
};

}  // namespace dialplane
