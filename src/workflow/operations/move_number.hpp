// Moving an imported number to another account of the same carrier: its webhooks are set there, and
// what they were there is kept, to be put back when the number is given up.
//
// accepted -> routing_written -> settled, or -> compensated, where everything stays as it was. The
// old routing is stored before ours is set, so a crash in between never forgets it; setting ours
// may be repeated. The number changes its account in the transaction that ends the move. Once the
// routing may be ours there, an answer that did not come is asked for again until it is known.
// While it moves, the number can neither be moved elsewhere nor given up.
#pragma once

#include <memory>
#include <string>

#include "workflow/operation_run.hpp"

namespace dialplane {

// The request text of an import_number operation that is one of these.
inline constexpr std::string_view move_request = "{\"moves\":true}";

class move_number_run final : public operation_run {
 public:
  using operation_run::operation_run;
  void advance() override;

 private:
  void look_up();
  void take_look_up(result<std::optional<carrier_number>> found);
  void read_routing();
  void keep_routing(const routing_snapshot& before);
  void set_routing();
  void settle();
  void give_up(error why);
  // Again after a pause, or the end of it when it was tried often enough.
  void again(const error& why, std::string_view sentence, void (move_number_run::*step)());
  std::shared_ptr<move_number_run> self();

  std::string calls_go_to_;  // at the target, before ours
};

}  // namespace dialplane
