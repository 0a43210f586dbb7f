#include "store/sqlite/reconcile_table.hpp"

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<reconcile_run> {
  static auto fields(auto& row) {
    return field_list(row.id, row.carrier, row.state, row.may_act, row.adopts, row.cursor,
                      row.has_cursor, row.listed, row.compared, row.foreign, row.checked_again,
                      row.unanswered, row.found, row.acted, row.failure, row.started_at,
                      row.updated_at, row.ended_at);
  }
};

template <>
struct row_shape<number_there> {
  static auto fields(auto& row) {
    return field_list(row.e164, row.mark, row.bought_at, row.is_owned, row.standing,
                      row.routing_set, row.text_url, row.voice_url, row.campaign_reference,
                      row.monthly_micro_usd);
  }
};

template <>
struct row_shape<number_here> {
  static auto fields(auto& row) {
    return field_list(row.e164, row.organization, row.id, row.status, row.mark, row.imported,
                      row.routing_set, row.campaign_reference, row.monthly_micro_usd,
                      row.updated_at);
  }
};

template <>
struct row_shape<reconcile_finding> {
  static auto fields(auto& row) {
    return field_list(row.carrier, row.kind, row.e164, row.state, row.organization, row.number,
                      row.mark, row.detail, row.resolution, row.first_seen_at, row.last_seen_at,
                      row.resolved_at, row.last_run);
  }
};

template <>
struct row_shape<finding_count> {
  static auto fields(auto& row) { return field_list(row.carrier, row.kind, row.open); }
};

template <>
struct row_shape<carried_count> {
  static auto fields(auto& row) { return field_list(row.carrier, row.numbers); }
};

#define RUN_COLUMNS                                                                             \
  "id, carrier, state, may_act, adopts, cursor, has_cursor, listed, compared, foreign_numbers," \
  " checked_again, unanswered, found, acted, failure, started_at, updated_at, ended_at"
#define LISTED_COLUMNS                                                             \
  "e164, mark, bought_at, is_owned, standing, routing_set, text_url, voice_url,"   \
  " campaign_reference, monthly_micro_usd"
#define FINDING_COLUMNS                                                                  \
  "carrier, kind, e164, state, organization_id, number_id, mark, detail, resolution,"    \
  " first_seen_at, last_seen_at, resolved_at, last_run"
#define HERE_COLUMNS                                                                     \
  "n.e164, n.organization_id, n.id, n.status, n.mark, n.imported, n.routing_set,"        \
  " CASE WHEN n.campaign_attached THEN coalesce(c.carrier_reference, '') ELSE '' END,"   \
  " CASE WHEN p.is_estimate = 0 THEN p.monthly_micro_usd END, n.updated_at"
#define HERE_TABLES                                                             \
  " FROM numbers n INDEXED BY numbers_live_e164 LEFT JOIN campaigns c"          \
  " ON c.organization_id = n.organization_id AND c.id = n.campaign_id"          \
  " LEFT JOIN number_purchases p ON p.number_id = n.id"                         \
  " WHERE n.e164 IS NOT NULL AND n.status <> 'released' AND n.status <> 'pending'"

result<void> reconcile_table::insert(const reconcile_run& row) {
  return execute_with_row(db_,
                          "INSERT INTO reconciles (" RUN_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

result<void> reconcile_table::update(const reconcile_run& row) {
  return update_with_row(db_,
                         "UPDATE reconciles SET carrier = ?2, state = ?3, may_act = ?4,"
                         " adopts = ?5, cursor = ?6, has_cursor = ?7, listed = ?8, compared = ?9,"
                         " foreign_numbers = ?10, checked_again = ?11, unanswered = ?12,"
                         " found = ?13, acted = ?14, failure = ?15, started_at = ?16,"
                         " updated_at = ?17, ended_at = ?18 WHERE id = ?1",
                         row);
}

result<std::optional<reconcile_run>> reconcile_table::find(reconcile_id id) {
  return find_row<reconcile_run>(db_, "SELECT " RUN_COLUMNS " FROM reconciles WHERE id = ?", id);
}

result<std::vector<reconcile_run>> reconcile_table::open_runs() {
  return find_rows<reconcile_run>(db_,
                                  "SELECT " RUN_COLUMNS
                                  " FROM reconciles WHERE state IN ('listing', 'comparing')"
                                  " ORDER BY id LIMIT 1000");
}

result<std::vector<reconcile_run>> reconcile_table::last_runs() {
  return find_rows<reconcile_run>(db_,
                                  "SELECT " RUN_COLUMNS
                                  " FROM reconciles WHERE id IN"
                                  " (SELECT max(id) FROM reconciles GROUP BY carrier)"
                                  " ORDER BY carrier LIMIT 1000");
}

result<std::int64_t> reconcile_table::forget_runs(std::string_view carrier, reconcile_id before,
                                                  std::size_t limit) {
  TRY(execute(db_,
              "DELETE FROM reconciles WHERE id IN (SELECT id FROM reconciles"
              " WHERE carrier = ?1 AND id < ?2 AND ended_at IS NOT NULL ORDER BY id LIMIT ?3)",
              carrier, before, static_cast<std::int64_t>(limit)));
  return db_.changes();
}

result<void> reconcile_table::put_listed(reconcile_id run,
                                         const std::vector<number_there>& some) {
  TRY_ASSIGN(statement insert,
             db_.prepare("INSERT OR REPLACE INTO reconcile_listed (" LISTED_COLUMNS
                         ", reconcile_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const number_there& one : some) {
    insert.reset();
    std::apply([&](const auto&... fields) { put_all(insert, fields..., run); },
               row_shape<const number_there>::fields(one));
    TRY(insert.run());
  }
  return {};
}

result<std::vector<number_there>> reconcile_table::listed_after(reconcile_id run,
                                                                std::string_view after,
                                                                std::size_t limit) {
  return find_rows<number_there>(db_,
                                 "SELECT " LISTED_COLUMNS
                                 " FROM reconcile_listed WHERE reconcile_id = ? AND e164 > ?"
                                 " ORDER BY e164 LIMIT ?",
                                 run, after, static_cast<std::int64_t>(limit));
}

result<bool> reconcile_table::drop_listed(reconcile_id run, std::size_t limit) {
  TRY(execute(db_,
              "DELETE FROM reconcile_listed WHERE reconcile_id = ?1 AND e164 IN"
              " (SELECT e164 FROM reconcile_listed WHERE reconcile_id = ?1 LIMIT ?2)",
              run, static_cast<std::int64_t>(limit)));
  return db_.changes() < static_cast<std::int64_t>(limit);
}

result<std::vector<number_here>> reconcile_table::numbers_after(std::string_view carrier,
                                                                std::string_view after,
                                                                std::size_t limit) {
  return find_rows<number_here>(db_,
                                "SELECT " HERE_COLUMNS HERE_TABLES
                                " AND n.e164 > ?1 AND n.carrier = ?2 ORDER BY n.e164 LIMIT ?3",
                                after, carrier, static_cast<std::int64_t>(limit));
}

result<std::optional<number_here>> reconcile_table::number_at(std::string_view carrier,
                                                              std::string_view e164) {
  return find_row<number_here>(
      db_, "SELECT " HERE_COLUMNS HERE_TABLES " AND n.e164 = ?1 AND n.carrier = ?2", e164,
      carrier);
}

result<std::vector<carried_count>> reconcile_table::carriers_of_numbers() {
  return find_rows<carried_count>(db_,
                                  "SELECT carrier, count(*) FROM numbers"
                                  " WHERE status NOT IN ('pending', 'released')"
                                  " GROUP BY carrier ORDER BY carrier LIMIT 1000");
}

result<std::optional<reconcile_finding>> reconcile_table::find_finding(std::string_view carrier,
                                                                       finding_kind kind,
                                                                       std::string_view e164) {
  return find_row<reconcile_finding>(db_,
                                     "SELECT " FINDING_COLUMNS
                                     " FROM reconcile_findings"
                                     " WHERE carrier = ? AND kind = ? AND e164 = ?",
                                     carrier, kind, e164);
}

result<void> reconcile_table::put_finding(const reconcile_finding& row) {
  return execute_with_row(db_,
                          "INSERT OR REPLACE INTO reconcile_findings (" FINDING_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

result<bool> reconcile_table::is_adopted(std::string_view mark) {
  TRY_ASSIGN(const auto found,
             find_int64(db_,
                        "SELECT 1 FROM reconcile_findings INDEXED BY reconcile_findings_mark"
                        " WHERE mark = ? AND mark <> '' AND resolution = 'adopted'",
                        mark));
  return found.has_value();
}

result<std::vector<reconcile_finding>> reconcile_table::open_findings(
    std::optional<organization_id> owner, std::size_t limit) {
  if (!owner) {
    return find_rows<reconcile_finding>(db_,
                                        "SELECT " FINDING_COLUMNS
                                        " FROM reconcile_findings"
                                        " INDEXED BY reconcile_findings_open"
                                        " WHERE state = 'open' ORDER BY carrier, kind, e164"
                                        " LIMIT ?",
                                        static_cast<std::int64_t>(limit));
  }
  const organization_id id = *owner;
  return find_rows<reconcile_finding>(db_,
                                      "SELECT " FINDING_COLUMNS
                                      " FROM reconcile_findings"
                                      " INDEXED BY reconcile_findings_open"
                                      " WHERE state = 'open' AND organization_id = ?"
                                      " ORDER BY carrier, kind, e164 LIMIT ?",
                                      id, static_cast<std::int64_t>(limit));
}

result<std::vector<reconcile_finding>> reconcile_table::unseen_findings(std::string_view carrier,
                                                                        reconcile_id run,
                                                                        std::size_t limit) {
  return find_rows<reconcile_finding>(db_,
                                      "SELECT " FINDING_COLUMNS
                                      " FROM reconcile_findings"
                                      " INDEXED BY reconcile_findings_open"
                                      " WHERE state = 'open' AND carrier = ? AND last_run <> ?"
                                      " ORDER BY carrier, kind, e164 LIMIT ?",
                                      carrier, run, static_cast<std::int64_t>(limit));
}

result<std::vector<finding_count>> reconcile_table::finding_counts() {
  return find_rows<finding_count>(db_,
                                  "SELECT carrier, kind, count(*) FROM reconcile_findings"
                                  " INDEXED BY reconcile_findings_open WHERE state = 'open'"
                                  " GROUP BY carrier, kind ORDER BY carrier, kind LIMIT 1000");
}

}  // namespace dialplane::sqlite
