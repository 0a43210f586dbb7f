#include "store/sqlite/carrier_account_table.hpp"

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<carrier_account> {
  static auto fields(auto& row) {
    return field_list(row.id, row.name, row.kind, row.organization, row.label,
                      as_blob(row.sealed_credentials), as_blob(row.sealed_webhook_token),
                      row.shown, row.options, row.place, row.preference, row.state,
                      row.state_detail, row.state_since, row.created_at, row.updated_at);
  }
};

template <>
struct row_shape<imported_number> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.number, as_blob(row.sealed_routing), row.taken_at,
                      row.moved_by, as_blob(row.sealed_next));
  }
};

#define ACCOUNT_COLUMNS                                                                        \
  "id, name, kind, organization_id, label, sealed_credentials, sealed_webhook_token, shown,"   \
  " options, place, preference, state, state_detail, state_since, created_at, updated_at"

namespace {

result<void> naming_what_is_taken(result<void> done) {
  if (done || done.error().kind != error_class::conflict) return done;
  error failure = std::move(done).error();
  if (failure.internal.find("carrier_accounts.name") != std::string::npos) {
    failure.message = "Another carrier account has this name.";
    failure.field = "name";
  } else if (failure.internal.find("carrier_accounts_place") != std::string::npos) {
    failure.message = "This account at the carrier is configured already.";
  }
  return failure;
}

}  // namespace

// Lists of numbers show whose account they live at.
void carrier_account_table::mark(const carrier_account& row) {
  if (row.organization) changes_.mark(*row.organization);
}

result<void> carrier_account_table::insert(const carrier_account& row) {
  mark(row);
  return naming_what_is_taken(
      execute_with_row(db_,
                       "INSERT INTO carrier_accounts (" ACCOUNT_COLUMNS
                       ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       row));
}

result<void> carrier_account_table::update(const carrier_account& row) {
  mark(row);
  return naming_what_is_taken(update_with_row(
      db_,
      "UPDATE carrier_accounts SET name = ?2, kind = ?3, organization_id = ?4, label = ?5,"
      " sealed_credentials = ?6, sealed_webhook_token = ?7, shown = ?8, options = ?9,"
      " place = ?10, preference = ?11, state = ?12, state_detail = ?13, state_since = ?14,"
      " created_at = ?15, updated_at = ?16 WHERE id = ?1",
      row));
}

result<void> carrier_account_table::remove(const carrier_account& row) {
  mark(row);
  TRY(execute(db_, "DELETE FROM carrier_accounts WHERE id = ?", row.id));
  return expect_changed(db_);
}

result<std::optional<carrier_account>> carrier_account_table::find_named(std::string_view name) {
  return find_row<carrier_account>(
      db_, "SELECT " ACCOUNT_COLUMNS " FROM carrier_accounts WHERE name = ?", name);
}

result<std::optional<carrier_account>> carrier_account_table::find(organization_id owner,
                                                                   carrier_account_id id) {
  return find_row<carrier_account>(
      db_,
      "SELECT " ACCOUNT_COLUMNS " FROM carrier_accounts WHERE id = ?2 AND organization_id = ?1",
      owner, id);
}

result<std::optional<carrier_account>> carrier_account_table::find_at(organization_id owner,
                                                                      std::string_view kind,
                                                                      std::string_view place) {
  return find_row<carrier_account>(db_,
                                   "SELECT " ACCOUNT_COLUMNS
                                   " FROM carrier_accounts WHERE coalesce(organization_id, x'')"
                                   " = ?1 AND kind = ?2 AND place = ?3 AND place <> ''",
                                   owner, kind, place);
}

result<std::vector<carrier_account>> carrier_account_table::all() {
  return find_rows<carrier_account>(db_,
                                    "SELECT " ACCOUNT_COLUMNS
                                    " FROM carrier_accounts ORDER BY organization_id IS NOT NULL,"
                                    " preference, name LIMIT ?1",
                                    std::int64_t{accounts_max});
}

result<std::vector<carrier_account>> carrier_account_table::brought_by(organization_id owner) {
  return find_rows<carrier_account>(db_,
                                    "SELECT " ACCOUNT_COLUMNS
                                    " FROM carrier_accounts WHERE organization_id = ?1"
                                    " ORDER BY id LIMIT ?2",
                                    owner, std::int64_t{accounts_max});
}

result<std::int64_t> carrier_account_table::count_numbers_at(std::string_view name) {
  TRY_ASSIGN(const auto count,
             find_int64(db_,
                        "SELECT count(*) FROM numbers WHERE carrier = ? AND status <> 'released'",
                        name));
  return count.value_or(0);
}

result<std::int64_t> carrier_account_table::count_operations_at(std::string_view name) {
  TRY_ASSIGN(const auto count,
             find_int64(db_,
                        "SELECT count(*) FROM operations WHERE state = 'open' AND carrier = ?",
                        name));
  return count.value_or(0);
}

result<void> carrier_account_table::put_imported(const imported_number& row) {
  return execute_with_row(db_,
                          "INSERT INTO imported_numbers (organization_id, number_id,"
                          " sealed_routing, taken_at, moved_by, sealed_next)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                          " ON CONFLICT DO UPDATE SET sealed_routing = ?3, taken_at = ?4,"
                          " moved_by = ?5, sealed_next = ?6",
                          row);
}

result<std::optional<imported_number>> carrier_account_table::find_imported(
    organization_id owner, number_id id) {
  return find_row<imported_number>(db_,
                                   "SELECT organization_id, number_id, sealed_routing, taken_at,"
                                   " moved_by, sealed_next FROM imported_numbers"
                                   " WHERE organization_id = ? AND number_id = ?",
                                   owner, id);
}

result<void> carrier_account_table::remove_imported(organization_id owner, number_id id) {
  return execute(db_, "DELETE FROM imported_numbers WHERE organization_id = ? AND number_id = ?",
                 owner, id);
}

}  // namespace dialplane::sqlite
