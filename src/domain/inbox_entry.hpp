// One thing a carrier told us, as it came in: kept before it is understood.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

// set_aside: tried often enough; an operator looks at it and may order another try.
enum class inbox_state { received, processed, set_aside };
NAMED_ENUM(inbox_state, {inbox_state::received, "received"},
           {inbox_state::processed, "processed"}, {inbox_state::set_aside, "set_aside"});

struct inbox_entry {
  inbox_entry_id id;
  std::string carrier;
  std::string event_key;             // constant over the carrier's repeats of one event
  std::string body;                  // as verified; empty once processed
  inbox_state state = inbox_state::received;
  std::int64_t attempts = 0;         // that failed
  std::string last_error;            // plain words, without what people wrote
  timestamp received_at;
  timestamp next_try_at;             // while received: not taken up by another run before that
  timestamp updated_at;
};

}  // namespace dialplane
