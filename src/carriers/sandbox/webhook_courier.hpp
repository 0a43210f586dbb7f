// Brings the sandbox's reports to our webhook, signed, until each is accepted: what a carrier's
// delivery service does, in small.
//
// Everything happens on the loop of the sink, once there is one; until then reports wait in the
// file. What was not accepted is brought again with growing pauses, and after a restart. At most
// `under_way_max` are in memory; the rest stays in the file until there is room.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "carriers/sandbox/ledger_thread.hpp"
#include "carriers/sandbox/text_desk.hpp"

namespace dialplane::sandbox {

class webhook_courier {
 public:
  // `ledger` must outlive the courier.
  webhook_courier(ledger_thread& ledger, const clock& time, std::string secret);
  ~webhook_courier();

  // Once, before any report is carried.
  void set_sink(event_loop& on, webhook_sink sink);
  // Reports that are in the file. From any thread.
  void carry(std::vector<report> fresh);

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace dialplane::sandbox
