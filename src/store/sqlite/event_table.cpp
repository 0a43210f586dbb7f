#include "store/sqlite/event_table.hpp"

#include <algorithm>

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<placed_event> {
  static auto fields(auto& row) {
    return field_list(row.position, row.what.id, row.what.organization, row.what.user,
                      row.what.type, row.what.data, row.what.created_at);
  }
};

namespace {

constexpr std::size_t max_events_at_once = 1000;

}  // namespace

result<std::int64_t> event_table::last_position() {
  TRY_ASSIGN(const auto newest, find_int64(db_, "SELECT max(position) FROM events"));
  return newest.value_or(0);
}

result<std::vector<placed_event>> event_table::after(std::int64_t position, std::size_t limit) {
  return find_rows<placed_event>(
      db_,
      "SELECT position, id, organization_id, user_id, type, data, created_at FROM events"
      " WHERE position > ? ORDER BY position LIMIT ?",
      position, static_cast<std::int64_t>(std::min(limit, max_events_at_once)));
}

result<std::optional<std::int64_t>> event_table::position_of(organization_id owner, event_id id) {
  return find_int64(
      db_,
      "SELECT position FROM events INDEXED BY events_id WHERE id = ? AND organization_id = ?", id,
      owner);
}

// Walks from the oldest and stops at the first that stays: where a clock went back, some events
// are kept a little longer.
result<std::int64_t> event_table::forget(timestamp before, std::int64_t up_to,
                                         std::size_t limit) {
  TRY_ASSIGN(
      const auto first_kept,
      find_int64(db_,
                 "SELECT coalesce(min(CASE WHEN created_at >= ?1 THEN position END),"
                 " max(position) + 1)"
                 " FROM (SELECT position, created_at FROM events ORDER BY position LIMIT ?2)",
                 before, static_cast<std::int64_t>(std::min(limit, max_events_at_once))));
  if (!first_kept) return 0;
  TRY(execute(db_,
              "DELETE FROM events WHERE position < ?1 AND position <= ?2"
              " AND position < (SELECT max(position) FROM events)",
              *first_kept, up_to));
  return db_.changes();
}

}  // namespace dialplane::sqlite
