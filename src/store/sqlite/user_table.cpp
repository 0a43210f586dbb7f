#include "store/sqlite/user_table.hpp"

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<user> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.external_id, row.email, row.label, row.kit,
                      row.metadata, row.status, row.is_default, row.created_at,
                      row.last_active_at);
  }
};

template <>
struct row_shape<account_kit> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.name, row.description, row.is_default,
                      row.primitives, row.connections, row.created_at, row.updated_at);
  }
};

template <>
struct row_shape<legal_entity> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.status, row.record,
                      as_blob(row.sealed_ein), row.ein_last_four, row.created_at, row.updated_at);
  }
};

#define USER_COLUMNS                                                                        \
  "organization_id, id, external_id, email, label, kit_id, metadata, status, is_default,"   \
  " created_at, last_active_at"
#define KIT_COLUMNS                                                                         \
  "organization_id, id, name, description, is_default, primitives, connections, created_at," \
  " updated_at"
#define ENTITY_COLUMNS                                                                      \
  "organization_id, id, user_id, status, record, sealed_ein, ein_last_four, created_at,"    \
  " updated_at"

namespace {

// Says which value is taken; every other conflict (a second default user) stays as it is.
result<void> naming_external_id(result<void> done, const user& row) {
  if (done || done.error().kind != error_class::conflict || !row.external_id ||
      done.error().internal.find("users.external_id") == std::string::npos) {
    return done;
  }
  error failure = std::move(done).error();
  failure.message = "Another user has this external_id.";
  failure.field = "external_id";
  return failure;
}

}  // namespace

result<void> user_table::insert(const user& row) {
  forget_kept();
  changes_.mark(row.organization);
  return naming_external_id(
      execute_with_row(
          db_, "INSERT INTO users (" USER_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          row),
      row);
}

result<void> user_table::update(const user& row) {
  forget_kept();
  changes_.mark(row.organization);
  return naming_external_id(
      update_with_row(db_,
                      "UPDATE users SET external_id = ?3, email = ?4, label = ?5, kit_id = ?6,"
                      " metadata = ?7, status = ?8, is_default = ?9, created_at = ?10,"
                      " last_active_at = ?11 WHERE organization_id = ?1 AND id = ?2",
                      row),
      row);
}

result<std::optional<user>> user_table::find(organization_id owner, user_id id) {
  return users_.find({owner, id}, [&] {
    return find_row<user>(
        db_, "SELECT " USER_COLUMNS " FROM users WHERE organization_id = ? AND id = ?", owner, id);
  });
}

result<std::optional<user>> user_table::find_default(organization_id owner) {
  return defaults_.find(owner, [&] {
    return find_row<user>(
        db_, "SELECT " USER_COLUMNS " FROM users WHERE organization_id = ? AND is_default = 1",
        owner);
  });
}

result<std::vector<user>> user_table::list(organization_id owner, std::size_t limit,
                                           std::size_t offset) {
  return find_rows<user>(db_,
                         "SELECT " USER_COLUMNS
                         " FROM users WHERE organization_id = ? AND status <> 'deleted'"
                         " ORDER BY id DESC LIMIT ? OFFSET ?",
                         owner, static_cast<std::int64_t>(limit),
                         static_cast<std::int64_t>(offset));
}

result<void> user_table::insert_kit(const account_kit& row) {
  forget_kept();
  return execute_with_row(
      db_, "INSERT INTO account_kits (" KIT_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row);
}

result<void> user_table::update_kit(const account_kit& row) {
  forget_kept();
  return update_with_row(db_,
                         "UPDATE account_kits SET name = ?3, description = ?4, is_default = ?5,"
                         " primitives = ?6, connections = ?7, created_at = ?8, updated_at = ?9"
                         " WHERE organization_id = ?1 AND id = ?2",
                         row);
}

result<void> user_table::remove_kit(organization_id owner, account_kit_id id) {
  forget_kept();
  return execute(db_, "DELETE FROM account_kits WHERE organization_id = ? AND id = ?", owner, id);
}

result<std::optional<account_kit>> user_table::find_kit(organization_id owner,
                                                        account_kit_id id) {
  return kits_.find({owner, id}, [&] {
    return find_row<account_kit>(
        db_, "SELECT " KIT_COLUMNS " FROM account_kits WHERE organization_id = ? AND id = ?",
        owner, id);
  });
}

result<std::optional<account_kit>> user_table::find_default_kit(organization_id owner) {
  return find_row<account_kit>(db_,
                               "SELECT " KIT_COLUMNS
                               " FROM account_kits WHERE organization_id = ? AND is_default = 1"
                               " ORDER BY id DESC LIMIT 1",
                               owner);
}

result<std::vector<account_kit>> user_table::list_kits(organization_id owner, std::size_t limit,
                                                       std::size_t offset) {
  return find_rows<account_kit>(db_,
                                "SELECT " KIT_COLUMNS
                                " FROM account_kits WHERE organization_id = ?"
                                " ORDER BY id DESC LIMIT ? OFFSET ?",
                                owner, static_cast<std::int64_t>(limit),
                                static_cast<std::int64_t>(offset));
}

result<std::int64_t> user_table::count_users_of_kit(organization_id owner, account_kit_id id) {
  TRY_ASSIGN(const auto count,
             find_int64(db_,
                        "SELECT count(*) FROM users WHERE organization_id = ? AND kit_id = ?"
                        " AND status <> 'deleted'",
                        owner, id));
  return count.value_or(0);
}

result<void> user_table::insert_entity(const legal_entity& row) {
  return execute_with_row(
      db_, "INSERT INTO legal_entities (" ENTITY_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row);
}

result<void> user_table::update_entity(const legal_entity& row) {
  return update_with_row(db_,
                         "UPDATE legal_entities SET user_id = ?3, status = ?4, record = ?5,"
                         " sealed_ein = ?6, ein_last_four = ?7, created_at = ?8, updated_at = ?9"
                         " WHERE organization_id = ?1 AND id = ?2",
                         row);
}

result<std::optional<legal_entity>> user_table::find_entity(organization_id owner,
                                                            legal_entity_id id) {
  return find_row<legal_entity>(
      db_, "SELECT " ENTITY_COLUMNS " FROM legal_entities WHERE organization_id = ? AND id = ?",
      owner, id);
}

result<std::optional<legal_entity>> user_table::find_entity_of_user(organization_id owner,
                                                                    user_id id) {
  return find_row<legal_entity>(db_,
                                "SELECT " ENTITY_COLUMNS
                                " FROM legal_entities INDEXED BY legal_entities_user"
                                " WHERE organization_id = ? AND user_id = ?"
                                " ORDER BY id DESC LIMIT 1",
                                owner, id);
}

result<std::vector<legal_entity>> user_table::list_entities(organization_id owner,
                                                            std::optional<user_id> of,
                                                            std::size_t limit,
                                                            std::size_t offset) {
  const auto rows = static_cast<std::int64_t>(limit);
  const auto skipped = static_cast<std::int64_t>(offset);
  if (of) {
    return find_rows<legal_entity>(db_,
                                   "SELECT " ENTITY_COLUMNS
                                   " FROM legal_entities INDEXED BY legal_entities_user"
                                   " WHERE organization_id = ? AND user_id = ?"
                                   " ORDER BY id DESC LIMIT ? OFFSET ?",
                                   owner, *of, rows, skipped);
  }
  return find_rows<legal_entity>(db_,
                                 "SELECT " ENTITY_COLUMNS
                                 " FROM legal_entities WHERE organization_id = ?"
                                 " ORDER BY id DESC LIMIT ? OFFSET ?",
                                 owner, rows, skipped);
}

}  // namespace dialplane::sqlite
