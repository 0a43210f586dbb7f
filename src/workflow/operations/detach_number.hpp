// Giving an imported number up: what it did before us is put back at its carrier, and nothing more.
// The number stays in its owner's account; nothing is released.
//
// accepted -> settled, or -> compensated: where the old routing cannot be put back, the number
// stays ours, because its webhooks still point at us, and whoever asked may try again. A lost
// answer is simply repeated. A number that has left the account meanwhile is given up as it is.
#pragma once

#include "workflow/operation_run.hpp"

namespace dialplane {

// The request text of a release_number operation that is one of these.
inline constexpr std::string_view detach_request = "{\"detach\":true}";

class detach_number_run final : public operation_run {
 public:
  using operation_run::operation_run;
  void advance() override;

 private:
  void restore(routing_snapshot before);
  void take_answer(routing_snapshot before, result<void> restored);
  void look_whether_gone(error why);
  void settle();
  void keep(error why);
  std::shared_ptr<detach_number_run> self();
};

}  // namespace dialplane
