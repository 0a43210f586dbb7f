// The outbox: events in the order of commit. Appended through operation_queries.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "domain/event.hpp"

namespace dialplane {

class event_queries {
 public:
  virtual ~event_queries() = default;
  // Where the newest event is; 0 before the first. In a unit that has just appended one: its place.
  virtual result<std::int64_t> last_position() = 0;
  // The next events after that place, every organization's, in order. At most 1,000.
  virtual result<std::vector<placed_event>> after(std::int64_t position, std::size_t limit) = 0;
  // Nothing where the event is forgotten or another organization's.
  virtual result<std::optional<std::int64_t>> position_of(organization_id owner, event_id id) = 0;
  // Removes events made before that time, oldest first, as long as their place is at most `up_to`;
  // the newest event always stays, so that no place is given twice. Says how many went.
  virtual result<std::int64_t> forget(timestamp before, std::int64_t up_to,
                                      std::size_t limit) = 0;
};

}  // namespace dialplane
