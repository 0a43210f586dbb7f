// Letting one number send under its approved campaign.
//
// accepted -> attach_written -> settled | compensated. Attaching is asked for, then its state is
// asked until it is decided. A failure is shown with the number (attachment_status) and tried
// again, for as long as number and campaign live. Repeatable, so a lost answer is simply asked for
// again.
#pragma once

#include "domain/campaign.hpp"
#include "domain/number.hpp"
#include "workflow/operation_run.hpp"

namespace dialplane {

class attach_number_run final : public operation_run {
 public:
  using operation_run::operation_run;
  void advance() override;

 private:
  struct present {
    std::optional<campaign> filed;
    std::optional<number> member;
  };

  static result<present> read_rows(session& work, const operation& of);
  static bool is_over(const present& now);
  void go_on(const present& now);
  void attach();
  void ask_for_state();
  void take_state(result<attachment_report> report);
  void note_failure(std::string reason);
  void settle();
  void end_without();
  void try_again();
  std::shared_ptr<attach_number_run> self();

  std::string reference_;
};

}  // namespace dialplane
