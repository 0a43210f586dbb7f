// Taking over a number that was at its carrier before us.
//
// accepted -> routing_written -> settled, or -> compensated. The carrier is asked whether the
// account has the number, and how it routes it; that is stored before anything is changed, so that
// it can be put back (workflow/operations/detach_number). Only then is our routing set, which may
// be repeated. Where the carrier will not set it, the number is imported all the same, without its
// agent, and the operation ends as failed: whoever asked tries again by assigning the agent.
// Nothing is bought and no slot is used.
#pragma once

#include <optional>
#include <string>

#include "workflow/operation_run.hpp"

namespace dialplane {

// What the request said, kept in the operation.
struct import_plan {
  std::optional<agent_id> agent;
};
std::string to_json(const import_plan& plan);
import_plan parse_import_plan(const std::string& json);

class import_number_run final : public operation_run {
 public:
  using operation_run::operation_run;
  void advance() override;

 private:
  void look_up();
  void take_look_up(result<std::optional<carrier_number>> found);
  void read_routing();
  void keep_routing(routing_snapshot before);
  void set_routing();
  void settle(std::optional<error> routing_failure);
  void compensate(error why);
  // Again after a pause, or `instead` when it was tried often enough.
  void again(const error& why, void (import_number_run::*step)(), event_loop::task instead);
  std::shared_ptr<import_number_run> self();

  std::string reference_;  // the carrier's id of the number
};

}  // namespace dialplane
