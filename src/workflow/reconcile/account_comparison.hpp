// One comparison of one carrier account with our books, from its row to its end.
//
// First the carrier's list is read page by page and put in order in the store; then both sides are
// merged window by window, and each suspicion is looked at again at the carrier before it becomes a
// finding. Every page and window is one commit with the place it reached, so that a killed process
// goes on from there. Lives on one loop; belongs to its pending callbacks. Never touches a number
// that is not marked as ours.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "base/event_loop.hpp"
#include "carriers/carrier.hpp"
#include "domain/reconcile_report.hpp"
#include "workflow/environment.hpp"
#include "workflow/reconcile/findings.hpp"

namespace dialplane {

class account_comparison : public std::enable_shared_from_this<account_comparison> {
 public:
  struct pace {
    std::size_t page = 250;              // numbers asked of the carrier at once; all allow it
    std::size_t window = 2'000;          // of each side, merged at once
    std::size_t looks_at_once = 8;
    std::chrono::milliseconds retry{2'000};  // of a page that was not given, growing
    std::int64_t tries = 6;
  };
  using ended = std::function<void(const reconcile_run&)>;

  // `done` runs once on the loop: ended, failed, or as it is after stop().
  account_comparison(workflow_environment& env, event_loop& loop, carrier& account,
                     reconcile_run row, reconcile_policies policies, pace chosen, ended done);

  void start();
  void stop() noexcept { stopped_ = true; }

 private:
  void list_page();
  void take_page(result<carrier_number_page> page);
  void retry_listing(const error& why);
  void compare();
  void look_again(std::vector<suspicion> some);
  void look_at_next();
  void take_look(const std::string& e164, result<std::optional<carrier_number>> seen);
  void note_unanswered(const std::string& e164);
  void take_judged(result<judged_number> judged);
  void give_order(const carrier_order& order);
  void order_done(const carrier_order& order, result<void> done);
  void one_looked_at();
  void end_window();
  void finish();
  void drop_listed();
  void fail(std::string sentence);
  // Makes the row durable, then goes on.
  void save(event_loop::task then);

  number_there known_of(const carrier_number& one) const;

  workflow_environment& env_;
  event_loop& loop_;
  carrier& account_;
  reconcile_run row_;
  const reconcile_policies policies_;
  const pace pace_;
  comparison_rules rules_;
  ended done_;
  std::atomic<bool> stopped_{false};
  bool resumed_ = false;             // the cursor is from an earlier process
  std::int64_t failures_ = 0;        // of the present page
  compared_window window_;
  std::vector<std::string> to_look_at_;
  std::size_t looked_at_ = 0;        // of those, begun
  std::size_t looking_ = 0;          // answers still to come
};

}  // namespace dialplane
