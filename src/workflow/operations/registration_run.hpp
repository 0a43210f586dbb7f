// What the two registrations, of a company and of a campaign, have in common: how they ask again,
// when a carrier's refusal is final, and how they end.
//
// Each of them says itself what it files and what an answer means (register_brand,
// register_campaign).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "workflow/operation_run.hpp"

namespace dialplane {

class registration_run : public operation_run {
 public:
  using operation_run::operation_run;

 protected:
  // The same step once more, later each time.
  void try_again();
  // Asks once more when the carrier said so, within our own limits.
  void ask_later(std::chrono::milliseconds carrier_said);
  // What a call that failed means: tried again, or false where it was refused for good.
  // `what`: of which call, for the log.
  bool is_tried_again(std::string_view what, const error& failure);

  // The ends of the row in `ending`; `why` is shown to whoever reads the operation.
  static void end_approved(operation& ending);
  static void end_failed(operation& ending, error_code code, std::string why);
};

}  // namespace dialplane
