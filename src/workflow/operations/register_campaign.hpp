// Registering one campaign, or one toll-free verification, with a carrier.
//
// accepted -> filing_written -> in_review -> settled | compensated. Nothing is filed that our own
// check finds wrong. The filing carries the campaign's mark and the number of its submission, so
// it can be repeated. Approved: each of the campaign's numbers gets an operation that attaches it
// (attach_number). Rejected: the operation ends as failed, the numbers stay, reason and fields are
// shown, and a resubmission is an operation of its own.
#pragma once

#include "domain/campaign.hpp"
#include "domain/user.hpp"
#include "workflow/operations/registration_run.hpp"

namespace dialplane {

class register_campaign_run final : public registration_run {
 public:
  using registration_run::registration_run;
  void advance() override;

 private:
  struct present {
    std::optional<campaign> filed;
    std::optional<brand> company;
    std::optional<legal_entity> entity;
    std::string e164;          // toll-free: the number it is for
    bool is_needed = false;    // a number uses it
  };

  void go_on(const present& now);
  void check_and_write(const present& now);
  void write_filing();
  void hand_in(const present& now);
  void ask_for_state(const campaign& filed);
  void take_report(result<campaign_report> report);
  void note_progress(campaign_report report);
  void settle(campaign_report report);
  void wait_for_company();
  void end_unneeded();
  void end_superseded();
  void read_present(unique_function<void(present)> then);
  static result<present> read_rows(session& work, const operation& of);
  std::shared_ptr<register_campaign_run> self();

  std::string reference_;
  campaign_status known_status_ = campaign_status::created;
};

}  // namespace dialplane
