// The sandbox's switchboard: calls from its handsets to our numbers. It asks our voice webhook what
// to do, signed as its other webhooks are, does it on paper, and reports how the call goes.
//
// Nothing is kept: a call lives from its ring to its last report, which is a moment. At most
// `under_way_max` at a time.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/random.hpp"
#include "carriers/sandbox_control.hpp"

namespace dialplane::sandbox {

class call_desk {
 public:
  static constexpr std::size_t under_way_max = 1'000;

  // `time` and `random` must outlive the desk.
  call_desk(const clock& time, random_source& random, std::string secret);
  ~call_desk();

  void set_sink(event_loop& on, call_sink sink);
  // From a loop; `done` there. `reports`: false keeps every report back (an ordered fault).
  void place(sandbox_call_order order, bool reports, carrier_done<sandbox_call> done);

 private:
  struct core;
  class placed_call;
  std::shared_ptr<core> core_;
};

// What a body that the desk has posted says (carrier::read_call).
result<carrier_call> read_call_body(std::string_view body);
// The plan in the sandbox's language: {"connect_stream": …}, {"dial_sip": …}, {"say": …} or
// {"hang_up": true}.
boost::json::object written_plan(const call_plan& plan);

}  // namespace dialplane::sandbox
