#include "store/sqlite/rental_table.hpp"

#include "store/sqlite/number_rows.hpp"

namespace dialplane::sqlite {

namespace {

// A number on the walk, and whether it has a rental.
struct walked_number {
  rental_walk place;
  bool has_rental = false;
};

}  // namespace

template <>
struct row_shape<rental> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.number, row.state, row.months_settled, row.since,
                      row.next_at, row.unpaid_since);
  }
};

template <>
struct row_shape<walked_number> {
  static auto fields(auto& walked) {
    return field_list(walked.place.organization, walked.place.number, walked.has_rental);
  }
};

#define RENTAL_COLUMNS \
  "organization_id, number_id, state, months_settled, since, next_at, unpaid_since"

result<void> rental_table::put(const rental& row) {
  return execute_with_row(
      db_, "INSERT OR REPLACE INTO rentals (" RENTAL_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?)",
      row);
}

result<std::optional<rental>> rental_table::find(organization_id owner, number_id of) {
  return find_row<rental>(
      db_, "SELECT " RENTAL_COLUMNS " FROM rentals WHERE organization_id = ? AND number_id = ?",
      owner, of);
}

result<std::vector<rental>> rental_table::due(timestamp now, std::size_t limit) {
  return find_rows<rental>(db_,
                           "SELECT " RENTAL_COLUMNS
                           " FROM rentals INDEXED BY rentals_next"
                           " WHERE state <> 'exempt' AND next_at <= ? ORDER BY next_at LIMIT ?",
                           now, static_cast<std::int64_t>(limit));
}

result<std::int64_t> rental_table::retry_unpaid(organization_id owner, timestamp now) {
  TRY(execute(db_,
              "UPDATE rentals INDEXED BY rentals_unpaid SET next_at = ?2"
              " WHERE organization_id = ?1 AND unpaid_since IS NOT NULL AND next_at > ?2",
              owner, now));
  return db_.changes();
}

result<void> rental_table::remove(organization_id owner, number_id of) {
  return execute(db_, "DELETE FROM rentals WHERE organization_id = ? AND number_id = ?", owner,
                 of);
}

// Nearly all have one, so the walk goes along two indexes and reads the few rows it is about.
result<numbers_without_rental> rental_table::without_rental(const rental_walk& after,
                                                            std::size_t limit) {
  TRY_ASSIGN(const auto walked,
             find_rows<walked_number>(
                 db_,
                 "SELECT n.organization_id, n.id, r.number_id IS NOT NULL FROM numbers n"
                 " INDEXED BY numbers_id"
                 " LEFT JOIN rentals r ON r.organization_id = n.organization_id"
                 " AND r.number_id = n.id"
                 " WHERE (n.organization_id, n.id) > (?, ?)"
                 " ORDER BY n.organization_id, n.id LIMIT ?",
                 after.organization, after.number, static_cast<std::int64_t>(limit)));
  numbers_without_rental found;
  if (walked.size() == limit) found.next = walked.back().place;
  for (const auto& [place, has_rental] : walked) {
    if (has_rental) continue;
    TRY_ASSIGN(auto row,
               find_row<number>(db_,
                                "SELECT " NUMBER_COLUMNS " FROM numbers n"
                                " WHERE n.organization_id = ? AND n.id = ?"
                                " AND n.status IN ('active', 'suspended')",
                                place.organization, place.number));
    if (row) found.numbers.push_back(*std::move(row));
  }
  return found;
}

}  // namespace dialplane::sqlite
