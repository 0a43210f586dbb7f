// Sends accepted texts, each once: the fresh ones at once on the loop that accepted them, the rest
// from the job queue (paced, backed off, or left behind by a process that died).
//
// A text's row says where it is (send_step). Before a call leaves, the intent is durable; after a
// call whose end is unknown, only a look-up leads on, and a text is sent again only when the
// carrier surely does not have it. Nothing lives here that is not in the row: what is lost with
// the process is taken up again from there.
#pragma once

#include <memory>
#include <optional>

#include "base/event_loop.hpp"
#include "workflow/environment.hpp"
#include "workflow/runner.hpp"
#include "workflow/texts/accept_text.hpp"

namespace dialplane {

class send_queue_core;

class send_queue {
 public:
  // Takes the jobs of kind send_text from `jobs`, which must outlive it. Before jobs.start().
  send_queue(workflow_environment& env, runner& jobs);
  ~send_queue();
  send_queue(const send_queue&) = delete;
  send_queue& operator=(const send_queue&) = delete;

  // The lease for accept_text where the text may go at once; nothing while too many are under way.
  std::optional<timestamp> lease() const;
  // After the commit of accept_text, on the loop that goes on with it.
  void start(accepted_text fresh);
  // Texts without a lease were committed: look for them.
  void kick();
  // No further step is begun. What is under way is taken up at the next start.
  void stop() noexcept;

 private:
  std::shared_ptr<send_queue_core> core_;
};

}  // namespace dialplane
