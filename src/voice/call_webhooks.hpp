// The voice webhooks of carriers: a call that asks where to go is recorded and led to its agent in
// one short transaction; reports bring its row up to date.
//
// The caller waits meanwhile, so nothing here waits for anything but the store, and where even
// that fails the caller hears a sentence instead of silence. Safe from any loop.
#pragma once

#include <string_view>

#include "carriers/carrier.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

class call_webhooks {
 public:
  // `env` must outlive it and whatever is under way.
  explicit call_webhooks(workflow_environment& env);

  // `received.url` is our public address as the carrier was given it; its path says what the
  // webhook is for: …/calls, …/calls/next (the stream or leg ended), …/calls/status. `done` once,
  // on the calling loop: the answer in the carrier's language, or not_found (no such account),
  // unauthorized (not the carrier's signature), invalid_input (not understood), or a failure of
  // the store, after which the carrier should repeat its report.
  void receive(std::string_view account, carrier_webhook received,
               carrier_done<webhook_answer> done);

 private:
  void answer_question(carrier& teller, std::string account, carrier_call told,
                       carrier_done<webhook_answer> done);
  void take_report(carrier& teller, std::string account, carrier_call told,
                   carrier_done<webhook_answer> done);

  workflow_environment& env_;
  metric_family<counter>& events_;
};

}  // namespace dialplane
