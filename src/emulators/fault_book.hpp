// Faults that were ordered from an emulator, and which request meets one.
//
// A fault names what goes wrong and, if wished, on which call ("buy"); it is used `count` times, or
// without end with a probability. Faults of the way between (any call can meet them):
//
//   lose_request   the connection is cut before anything happens
//   lose_answer    it happens, then the connection is cut
//   late_commit    the connection is cut, and it happens delay_ms after that
//   error_before   answered `status` (default 500); nothing happens
//   error_after    it happens, then `status` is answered
//   rate_limited   429 with the carrier's headers; nothing happens
//   slow           it happens at once, the answer comes delay_ms later (real time)
//   garbage        it happens, the answer is not JSON
//   truncated      it happens, the answer is cut in the middle
//
// Webhooks: webhook_twice, webhook_late (delay_ms), webhook_never, webhook_bad_signature. Others
// are the carrier's own and drawn by its handlers: gone, hidden, filter_ignored, order_pending,
// order_fails, release_404, no_funds, campaign_rejected, attachment_fails, text_fails … Used on one
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"

namespace dialplane::emulators {

struct emulated_fault {
  std::string what;
  std::string on = {};         // name of a call; empty: any
  std::int64_t count = 1;      // 0: without end
  double probability = 1;      // of meeting a request that fits
  std::int64_t delay_ms = 0;
  int status = 500;
  std::string text = {};       // a reason, an error code: the fault's own
};

class fault_book {
 public:
  explicit fault_book(random_source& random) : random_(random) {}

  // invalid_input for a fault without a name, a bad probability, count or delay, or the 257th.
  result<void> order(emulated_fault fault);
  void clear() { waiting_.clear(); }
  const std::vector<emulated_fault>& waiting() const noexcept { return waiting_; }
  // The first such fault that fits this call, used up once; nothing: all goes well.
  std::optional<emulated_fault> draw(std::string_view what, std::string_view on);

 private:
  random_source& random_;
  std::vector<emulated_fault> waiting_;
};

}  // namespace dialplane::emulators
