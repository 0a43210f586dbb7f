// What carriers told us, as received: stored first, understood afterwards.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/inbox_entry.hpp"
#include "store/paging.hpp"

namespace dialplane {

class inbox_queries {
 public:
  virtual ~inbox_queries() = default;
  // False: that carrier's event is here already, and nothing was written.
  virtual result<bool> insert_if_new(const inbox_entry& row) = 0;
  virtual result<std::optional<inbox_entry>> find(inbox_entry_id id) = 0;
  // Received ones whose next try is due, soonest first.
  virtual result<std::vector<inbox_entry>> due(timestamp now, std::size_t limit) = 0;
  // The body goes; the event key stays, so that a late repeat is recognised. False: it was not
  // `received` any more, and nothing was written.
  virtual result<bool> mark_processed(inbox_entry_id id, timestamp at) = 0;
  // state, attempts, last_error, next_try_at, updated_at. conflict: it is gone.
  virtual result<void> note_attempt(const inbox_entry& row) = 0;
  // Newest first, bodies left out.
  virtual result<page<inbox_entry>> page_of(inbox_state only, const page_request& cut) = 0;
  // Removes processed entries received before that time, oldest first; how many were removed.
  virtual result<std::int64_t> forget(timestamp before, std::size_t limit) = 0;
};

}  // namespace dialplane
