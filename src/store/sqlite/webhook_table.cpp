#include "store/sqlite/webhook_table.hpp"

#include <algorithm>

#include "store/sqlite/event_rows.hpp"
#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

// Words without spaces, stored as one text.
template <typename List>
struct words_field {
  List& words;
};
template <typename List>
words_field<List> as_words(List& words) {
  return {words};
}
template <typename List>
void put(statement& to, int at, const words_field<List>& value) {
  std::string joined;
  for (const std::string& word : value.words) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  to.bind(at, joined);
}
inline bool get(const statement& from, int at, words_field<std::vector<std::string>> value) {
  std::string_view rest = from.text(at);
  value.words.clear();
  while (!rest.empty()) {
    const std::size_t space = std::min(rest.find(' '), rest.size());
    value.words.emplace_back(rest.substr(0, space));
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return true;
}

template <>
struct row_shape<webhook_endpoint> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.agent, row.style, row.url,
                      as_words(row.event_types), as_blob(row.sealed_secret),
                      as_blob(row.sealed_old_secret), row.old_secret_until, row.secret_hint,
                      row.display_name, row.version, row.active, row.off_reason,
                      row.failing_since, row.since_position, row.created_at, row.updated_at);
  }
};

template <>
struct row_shape<delivery> {
  static auto fields(auto& row) {
    return field_list(row.id, row.organization, row.endpoint, row.event_position, row.event,
                      row.type, row.agent, row.sequence, row.status, row.attempts, row.tries,
                      row.next_at, row.last_status, row.last_error, row.created_at, row.ended_at);
  }
};

template <>
struct row_shape<delivery_attempt> {
  static auto fields(auto& row) {
    return field_list(row.delivery, row.number, row.at, row.took_ms, row.status, row.error,
                      row.answer);
  }
};

template <>
struct row_shape<waiting_endpoint> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.endpoint, row.next_at);
  }
};

#define WEBHOOK_ENDPOINT_COLUMNS                                                              \
  "organization_id, id, user_id, agent_id, style, url, event_types, sealed_secret,"           \
  " sealed_old_secret, old_secret_until, secret_hint, display_name, version, active,"         \
  " off_reason, failing_since, since_position, created_at, updated_at"

#define DELIVERY_COLUMNS                                                                      \
  "d.id, d.organization_id, d.endpoint_id, d.event_position, d.event_id, d.type, d.agent_id," \
  " d.sequence, d.status, d.attempts, d.tries, d.next_at, d.last_status, d.last_error,"       \
  " d.created_at, d.ended_at"
constexpr int delivery_columns = 16;

namespace {

constexpr std::int64_t max_rows = 1000;
constexpr std::int64_t max_waiting = 100'000;

std::int64_t bounded(std::size_t limit) {
  return std::min(static_cast<std::int64_t>(limit), max_rows);
}

}  // namespace

result<void> webhook_table::insert(const webhook_endpoint& row) {
  TRY(execute_with_row(db_,
                       "INSERT INTO webhook_endpoints (" WEBHOOK_ENDPOINT_COLUMNS
                       ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       row));
  return execute(db_, "INSERT INTO webhook_sequences (endpoint_id, next) VALUES (?, 1)", row.id);
}

result<void> webhook_table::update(const webhook_endpoint& row) {
  return update_with_row(db_,
                         "UPDATE webhook_endpoints SET user_id = ?3, agent_id = ?4, style = ?5,"
                         " url = ?6, event_types = ?7, sealed_secret = ?8,"
                         " sealed_old_secret = ?9, old_secret_until = ?10, secret_hint = ?11,"
                         " display_name = ?12, version = ?13, active = ?14, off_reason = ?15,"
                         " failing_since = ?16, since_position = ?17, updated_at = ?19"
                         " WHERE organization_id = ?1 AND id = ?2",
                         row);
}

result<void> webhook_table::remove(organization_id owner, webhook_endpoint_id id) {
  TRY(execute(db_, "DELETE FROM webhook_endpoints WHERE organization_id = ? AND id = ?", owner,
              id));
  TRY(expect_changed(db_));
  return execute(db_, "DELETE FROM webhook_sequences WHERE endpoint_id = ?", id);
}

result<std::optional<webhook_endpoint>> webhook_table::find(organization_id owner,
                                                            webhook_endpoint_id id) {
  return find_row<webhook_endpoint>(
      db_,
      "SELECT " WEBHOOK_ENDPOINT_COLUMNS
      " FROM webhook_endpoints WHERE organization_id = ? AND id = ?",
      owner, id);
}

result<std::optional<webhook_endpoint>> webhook_table::find_of_agent(organization_id owner,
                                                                     agent_id who) {
  return find_row<webhook_endpoint>(
      db_,
      "SELECT " WEBHOOK_ENDPOINT_COLUMNS
      " FROM webhook_endpoints INDEXED BY webhook_endpoints_agent"
      " WHERE organization_id = ? AND agent_id = ?",
      owner, who);
}

result<page<webhook_endpoint>> webhook_table::page_of(organization_id owner,
                                                      std::optional<user_id> of,
                                                      std::optional<webhook_style> style,
                                                      const page_request& cut) {
  // An organization has at most some hundred: reading past the others costs nothing.
  static constexpr paged_sql sql = PAGED_SQL(
      "SELECT " WEBHOOK_ENDPOINT_COLUMNS " FROM webhook_endpoints WHERE organization_id = ?1"
      " AND (?2 IS NULL OR user_id = ?2) AND (?3 IS NULL OR style = ?3)", "id");
  return read_page<webhook_endpoint>(db_, sql, cut, owner, of, style);
}

result<std::vector<webhook_endpoint>> webhook_table::active_of(organization_id owner) {
  return find_rows<webhook_endpoint>(
      db_,
      "SELECT " WEBHOOK_ENDPOINT_COLUMNS
      " FROM webhook_endpoints WHERE organization_id = ? AND active = 1 AND style = 'naive'"
      " AND agent_id IS NULL LIMIT 1000",
      owner);
}

result<bool> webhook_table::any_for_agents(organization_id owner) {
  TRY_ASSIGN(const auto found,
             find_int64(db_,
                        "SELECT EXISTS (SELECT 1 FROM webhook_endpoints WHERE organization_id = ?"
                        " AND active = 1 AND (agent_id IS NOT NULL OR style = 'cartesia'))",
                        owner));
  return found.value_or(0) != 0;
}

result<bool> webhook_table::any() {
  TRY_ASSIGN(const auto found,
             find_int64(db_, "SELECT EXISTS (SELECT 1 FROM webhook_endpoints)"));
  return found.value_or(0) != 0;
}

result<std::int64_t> webhook_table::count_of(organization_id owner) {
  TRY_ASSIGN(const auto count,
             find_int64(db_, "SELECT count(*) FROM webhook_endpoints WHERE organization_id = ?",
                        owner));
  return count.value_or(0);
}

result<std::int64_t> webhook_table::take_sequence(organization_id, webhook_endpoint_id id,
                                                  std::int64_t by) {
  TRY_ASSIGN(const auto next,
             find_int64(db_, "SELECT next FROM webhook_sequences WHERE endpoint_id = ?", id));
  TRY(execute(db_, "UPDATE webhook_sequences SET next = next + ?2 WHERE endpoint_id = ?1", id,
              by));
  TRY(expect_changed(db_));
  return next.value_or(1);
}

result<std::int64_t> webhook_table::fan_out_position() {
  TRY_ASSIGN(const auto position, find_int64(db_, "SELECT position FROM webhook_fan_out"));
  return position.value_or(0);
}

result<void> webhook_table::set_fan_out_position(std::int64_t position) {
  return execute(db_, "UPDATE webhook_fan_out SET position = ?", position);
}

result<void> webhook_table::insert(const delivery& row) {
  return execute_with_row(db_,
                          "INSERT INTO webhook_deliveries (id, organization_id, endpoint_id,"
                          " event_position, event_id, type, agent_id, sequence, status, attempts,"
                          " tries, next_at, last_status, last_error, created_at, ended_at)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

// What it tells of, and to whom, never changes.
result<void> webhook_table::update(const delivery& row) {
  return update_with_row(db_,
                         "UPDATE webhook_deliveries SET status = ?9, attempts = ?10, tries = ?11,"
                         " next_at = ?12, last_status = ?13, last_error = ?14, ended_at = ?16"
                         " WHERE id = ?1",
                         row);
}

result<std::optional<delivery>> webhook_table::find_delivery(organization_id owner,
                                                             delivery_id id) {
  return find_row<delivery>(db_,
                            "SELECT " DELIVERY_COLUMNS
                            " FROM webhook_deliveries d WHERE d.id = ? AND d.organization_id = ?",
                            id, owner);
}

result<page<delivery>> webhook_table::deliveries_of(webhook_endpoint_id of,
                                                    std::optional<delivery_status> only,
                                                    const page_request& cut) {
  static constexpr paged_sql all = PAGED_SQL(
      "SELECT " DELIVERY_COLUMNS
      " FROM webhook_deliveries d INDEXED BY webhook_deliveries_log"
      " WHERE d.endpoint_id = ?1 AND (?2 IS NULL OR d.status = ?2)", "d.id");
  static constexpr paged_sql open = PAGED_SQL(
      "SELECT " DELIVERY_COLUMNS
      " FROM webhook_deliveries d INDEXED BY webhook_deliveries_open"
      " WHERE d.endpoint_id = ?1 AND d.status = ?2 AND d.status <> 'delivered'", "d.id");
  const bool rare = only && *only != delivery_status::delivered;
  return read_page<delivery>(db_, rare ? open : all, cut, of, only);
}

result<std::vector<due_delivery>> webhook_table::due(webhook_endpoint_id of, timestamp now,
                                                     std::size_t limit) {
  TRY_ASSIGN(statement rows,
             select(db_,
                    "SELECT " DELIVERY_COLUMNS
                    ", e.id, e.organization_id, e.user_id, e.type, e.data, e.created_at"
                    " FROM webhook_deliveries d INDEXED BY webhook_deliveries_due"
                    " LEFT JOIN events e ON e.position = d.event_position"
                    " WHERE d.endpoint_id = ? AND d.status = 'pending' AND d.next_at <= ?"
                    " ORDER BY d.next_at, d.id LIMIT ?",
                    of, now, bounded(limit)));
  std::vector<due_delivery> found;
  for (;;) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return found;
    due_delivery one;
    TRY_ASSIGN(one.row, read_row<delivery>(rows));
    if (!rows.is_null(delivery_columns)) {
      TRY_ASSIGN(one.news, read_row<event>(rows, delivery_columns));
    }
    found.push_back(std::move(one));
  }
}

result<std::optional<timestamp>> webhook_table::next_due(webhook_endpoint_id of,
                                                         timestamp after) {
  TRY_ASSIGN(const auto at,
             find_int64(db_,
                        "SELECT min(next_at) FROM webhook_deliveries INDEXED BY"
                        " webhook_deliveries_due WHERE endpoint_id = ? AND status = 'pending'"
                        " AND next_at > ?",
                        of, after));
  if (!at) return std::optional<timestamp>();
  return std::optional<timestamp>(timestamp{*at});
}

// At a start only: reads the index of what waits once.
result<std::vector<waiting_endpoint>> webhook_table::waiting() {
  return find_rows<waiting_endpoint>(
      db_,
      "SELECT organization_id, endpoint_id, min(next_at) FROM webhook_deliveries"
      " INDEXED BY webhook_deliveries_due WHERE status = 'pending'"
      " GROUP BY endpoint_id LIMIT ?",
      max_waiting);
}

result<std::int64_t> webhook_table::count_pending() {
  TRY_ASSIGN(const auto count,
             find_int64(db_,
                        "SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries INDEXED BY"
                        " webhook_deliveries_due WHERE status = 'pending' LIMIT ?)",
                        max_waiting));
  return count.value_or(0);
}

result<std::int64_t> webhook_table::give_up(webhook_endpoint_id of, std::string_view why,
                                            timestamp at, std::size_t limit) {
  TRY(execute(db_,
              "UPDATE webhook_deliveries SET status = 'dead', last_error = ?2, ended_at = ?3"
              " WHERE id IN (SELECT id FROM webhook_deliveries INDEXED BY webhook_deliveries_due"
              " WHERE endpoint_id = ?1 AND status = 'pending' ORDER BY next_at, id LIMIT ?4)",
              of, why, at, bounded(limit)));
  return db_.changes();
}

// Ids rise with time, so the oldest come first.
result<std::int64_t> webhook_table::forget(timestamp before, std::size_t limit) {
  const std::int64_t rows = bounded(limit);
  TRY(execute(db_,
              "DELETE FROM webhook_attempts WHERE delivery_id IN"
              " (SELECT id FROM (SELECT id, status, created_at FROM webhook_deliveries"
              " ORDER BY id LIMIT ?2) WHERE created_at < ?1 AND status <> 'pending')",
              before, rows));
  TRY(execute(db_,
              "DELETE FROM webhook_deliveries WHERE id IN"
              " (SELECT id FROM (SELECT id, status, created_at FROM webhook_deliveries"
              " ORDER BY id LIMIT ?2) WHERE created_at < ?1 AND status <> 'pending')",
              before, rows));
  return db_.changes();
}

result<void> webhook_table::add(const delivery_attempt& row) {
  return execute_with_row(db_,
                          "INSERT INTO webhook_attempts (delivery_id, number, at, took_ms, status,"
                          " error, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
                          row);
}

result<std::vector<delivery_attempt>> webhook_table::attempts_of(delivery_id id) {
  return find_rows<delivery_attempt>(
      db_,
      "SELECT delivery_id, number, at, took_ms, status, error, answer FROM webhook_attempts"
      " WHERE delivery_id = ? ORDER BY number LIMIT 1000",
      id);
}

}  // namespace dialplane::sqlite
