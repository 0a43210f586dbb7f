#include "store/sqlite/inbox_table.hpp"

#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<inbox_entry> {
  static auto fields(auto& row) {
    return field_list(row.id, row.carrier, row.event_key, row.body, row.state, row.attempts,
                      row.last_error, row.received_at, row.next_try_at, row.updated_at);
  }
};

#define INBOX_COLUMNS_AFTER_BODY \
  " state, attempts, last_error, received_at, next_try_at, updated_at"
#define INBOX_COLUMNS "id, carrier, event_key, body," INBOX_COLUMNS_AFTER_BODY

result<bool> inbox_table::insert_if_new(const inbox_entry& row) {
  TRY(execute_with_row(db_,
                       "INSERT INTO inbox (" INBOX_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
                       " ?) ON CONFLICT (carrier, event_key) DO NOTHING",
                       row));
  return db_.changes() > 0;
}

result<std::optional<inbox_entry>> inbox_table::find(inbox_entry_id id) {
  return find_row<inbox_entry>(db_, "SELECT " INBOX_COLUMNS " FROM inbox WHERE id = ?", id);
}

result<std::vector<inbox_entry>> inbox_table::due(timestamp now, std::size_t limit) {
  return find_rows<inbox_entry>(db_,
                                "SELECT " INBOX_COLUMNS
                                " FROM inbox INDEXED BY inbox_waiting"
                                " WHERE state = 'received' AND next_try_at <= ?"
                                " ORDER BY next_try_at LIMIT ?",
                                now, static_cast<std::int64_t>(limit));
}

result<bool> inbox_table::mark_processed(inbox_entry_id id, timestamp at) {
  TRY(execute(db_,
              "UPDATE inbox SET state = 'processed', body = '', last_error = '', updated_at = ?2"
              " WHERE id = ?1 AND state = 'received'",
              id, at));
  return db_.changes() > 0;
}

result<void> inbox_table::note_attempt(const inbox_entry& row) {
  TRY(execute(db_,
              "UPDATE inbox SET state = ?2, attempts = ?3, last_error = ?4, next_try_at = ?5,"
              " updated_at = ?6 WHERE id = ?1",
              row.id, row.state, row.attempts, row.last_error, row.next_try_at, row.updated_at));
  return expect_changed(db_);
}

result<page<inbox_entry>> inbox_table::page_of(inbox_state only, const page_request& cut) {
  static constexpr paged_sql set_aside = PAGED_SQL(
      "SELECT id, carrier, event_key, ''," INBOX_COLUMNS_AFTER_BODY
      " FROM inbox INDEXED BY inbox_set_aside WHERE state = 'set_aside'",
      "id");
  static constexpr paged_sql others = PAGED_SQL(
      "SELECT id, carrier, event_key, ''," INBOX_COLUMNS_AFTER_BODY
      " FROM inbox WHERE state = ?1",
      "id");
  if (only == inbox_state::set_aside) return read_page<inbox_entry>(db_, set_aside, cut);
  return read_page<inbox_entry>(db_, others, cut, only);
}

result<std::int64_t> inbox_table::forget(timestamp before, std::size_t limit) {
  // Ids rise with time, so the walk ends at the first entry that is too young.
  uuid_bytes end{};
  for (int i = 0; i < 6; ++i) {
    end[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(before.unix_ms >> (8 * (5 - i)) & 0xff);
  }
  TRY(execute(db_,
              "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox"
              " WHERE id < ?1 AND state = 'processed' AND received_at < ?2 ORDER BY id LIMIT ?3)",
              end, before, static_cast<std::int64_t>(limit)));
  return db_.changes();
}

}  // namespace dialplane::sqlite
