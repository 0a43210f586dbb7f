#include "store/sqlite/call_table.hpp"

#include <algorithm>

#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<call> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.number, row.agent, row.carrier,
                      row.carrier_call_id, row.direction, row.state, row.lead, row.from, row.to,
                      row.account_type, row.parameters, row.end_reason, row.error_message,
                      row.sequence, row.duration_s, row.started_at, row.answered_at, row.ended_at,
                      row.updated_at);
  }
};

template <>
struct row_shape<voice_endpoint> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.agent, row.kind, row.target, row.username,
                      as_blob(row.sealed_password), row.created_at, row.updated_at);
  }
};

namespace {

// The lowest id of a millisecond.
uuid_bytes first_id_at(std::int64_t unix_ms) {
  uuid_bytes id{};
  const auto ms = static_cast<std::uint64_t>(std::clamp<std::int64_t>(unix_ms, 0, (1LL << 48) - 1));
  for (std::size_t i = 0; i < 6; ++i) id[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  return id;
}

// The ids a page may hold, both ends included: what the filter leaves, cut at the cursor.
struct id_range {
  uuid_bytes lowest{};
  uuid_bytes highest{};
};

id_range range_of(const call_filter& only, const page_request& cut) {
  id_range range;
  range.highest.fill(0xff);
  if (only.started_from) range.lowest = first_id_at(only.started_from->unix_ms);
  if (only.started_until) {
    range.highest = first_id_at(only.started_until->unix_ms);
    std::fill(range.highest.begin() + 6, range.highest.end(), std::uint8_t{0xff});
  }
  if (cut.after) range.highest = std::min(range.highest, *cut.after);
  if (cut.before) range.lowest = std::max(range.lowest, *cut.before);
  return range;
}

result<void> naming_call_conflict(result<void> done) {
  if (done || done.error().kind != error_class::conflict) return done;
  error failure = std::move(done).error();
  failure.message = "Another call has this id at the carrier.";
  return failure;
}

}  // namespace

#define CALL_COLUMNS                                                                       \
  "organization_id, id, user_id, number_id, agent_id, carrier, carrier_call_id, direction," \
  " state, lead, caller, callee, account_type, parameters, end_reason, error_message,"     \
  " sequence, duration_s, started_at, answered_at, ended_at, updated_at"

result<void> call_table::insert(const call& row) {
  return naming_call_conflict(execute_with_row(
      db_,
      "INSERT INTO calls (" CALL_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row));
}

result<void> call_table::update(const call& row) {
  return update_with_row(db_,
                         "UPDATE calls SET state = ?9, lead = ?10, parameters = ?14,"
                         " end_reason = ?15, error_message = ?16, sequence = ?17,"
                         " duration_s = ?18, answered_at = ?20, ended_at = ?21, updated_at = ?22"
                         " WHERE id = ?2 AND organization_id = ?1",
                         row);
}

result<std::optional<call>> call_table::find(organization_id owner, call_id id) {
  return find_row<call>(
      db_, "SELECT " CALL_COLUMNS " FROM calls WHERE id = ? AND organization_id = ?", id, owner);
}

result<std::optional<call>> call_table::find_by_carrier_id(std::string_view carrier,
                                                           std::string_view carrier_call_id) {
  return find_row<call>(db_,
                        "SELECT " CALL_COLUMNS
                        " FROM calls WHERE carrier = ? AND carrier_call_id = ?",
                        carrier, carrier_call_id);
}

result<page<call>> call_table::page_of(organization_id owner, const call_filter& only,
                                       const page_request& cut) {
  static constexpr paged_sql sql =
      PAGED_SQL("SELECT " CALL_COLUMNS
                " FROM calls INDEXED BY calls_agent"
                " WHERE agent_id = ?1 AND organization_id = ?2"
                " AND (?3 IS NULL OR user_id = ?3) AND id >= ?4 AND id <= ?5",
                "id");
  const id_range range = range_of(only, cut);
  return read_page<call>(db_, sql, cut, only.agent, owner, only.user, range.lowest, range.highest);
}

result<std::vector<call>> call_table::silent_since(timestamp before, std::size_t limit) {
  return find_rows<call>(db_,
                         "SELECT " CALL_COLUMNS
                         " FROM calls INDEXED BY calls_open"
                         " WHERE ended_at IS NULL AND updated_at < ? ORDER BY updated_at LIMIT ?",
                         before, static_cast<std::int64_t>(limit));
}

#define VOICE_ENDPOINT_COLUMNS \
  "organization_id, agent_id, kind, target, username, sealed_password, created_at, updated_at"

result<void> call_table::put_endpoint(const voice_endpoint& row) {
  return execute_with_row(
      db_,
      "INSERT OR REPLACE INTO voice_endpoints (" VOICE_ENDPOINT_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      row);
}

result<std::optional<voice_endpoint>> call_table::find_endpoint(organization_id owner,
                                                                agent_id who) {
  return find_row<voice_endpoint>(db_,
                                  "SELECT " VOICE_ENDPOINT_COLUMNS
                                  " FROM voice_endpoints"
                                  " WHERE organization_id = ? AND agent_id = ?",
                                  owner, who);
}

result<bool> call_table::remove_endpoint(organization_id owner, agent_id who) {
  TRY(execute(db_, "DELETE FROM voice_endpoints WHERE organization_id = ? AND agent_id = ?",
              owner, who));
  return db_.changes() > 0;
}

}  // namespace dialplane::sqlite
