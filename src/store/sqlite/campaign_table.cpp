#include "store/sqlite/campaign_table.hpp"

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<brand> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.entity, row.status, row.created_at,
                      row.updated_at);
  }
};

template <>
struct row_shape<campaign> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.brand, row.number, row.kind,
                      row.status, row.carrier, row.carrier_reference, row.use_case,
                      row.rejection_reason, row.submitted_at, row.approved_at, row.rejected_at,
                      row.created_at, row.updated_at);
  }
};

#define BRAND_COLUMNS "organization_id, id, user_id, entity_id, status, created_at, updated_at"
#define CAMPAIGN_COLUMNS                                                                     \
  "organization_id, id, user_id, brand_id, number_id, kind, status, carrier,"                \
  " carrier_reference, use_case, rejection_reason, submitted_at, approved_at, rejected_at,"  \
  " created_at, updated_at"

result<void> campaign_table::insert_brand(const brand& row) {
  return execute_with_row(
      db_, "INSERT INTO brands (" BRAND_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?)", row);
}

result<void> campaign_table::update_brand(const brand& row) {
  return update_with_row(db_,
                         "UPDATE brands SET user_id = ?3, entity_id = ?4, status = ?5,"
                         " created_at = ?6, updated_at = ?7"
                         " WHERE organization_id = ?1 AND id = ?2",
                         row);
}

result<std::optional<brand>> campaign_table::find_brand_of_user(organization_id owner,
                                                                user_id id) {
  return find_row<brand>(db_,
                         "SELECT " BRAND_COLUMNS
                         " FROM brands INDEXED BY brands_user"
                         " WHERE organization_id = ? AND user_id = ?"
                         " ORDER BY id DESC LIMIT 1",
                         owner, id);
}

result<void> campaign_table::insert(const campaign& row) {
  changes_.mark(row.organization);
  return execute_with_row(db_,
                          "INSERT INTO campaigns (" CAMPAIGN_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

result<void> campaign_table::update(const campaign& row) {
  changes_.mark(row.organization);
  return update_with_row(db_,
                         "UPDATE campaigns SET user_id = ?3, brand_id = ?4, number_id = ?5,"
                         " kind = ?6, status = ?7, carrier = ?8, carrier_reference = ?9,"
                         " use_case = ?10, rejection_reason = ?11, submitted_at = ?12,"
                         " approved_at = ?13, rejected_at = ?14, created_at = ?15,"
                         " updated_at = ?16 WHERE organization_id = ?1 AND id = ?2",
                         row);
}

result<std::optional<campaign>> campaign_table::find(organization_id owner, campaign_id id) {
  return find_row<campaign>(
      db_, "SELECT " CAMPAIGN_COLUMNS " FROM campaigns WHERE organization_id = ? AND id = ?",
      owner, id);
}

result<std::optional<campaign>> campaign_table::find_ten_dlc_of_user(organization_id owner,
                                                                     user_id id) {
  return find_row<campaign>(db_,
                            "SELECT " CAMPAIGN_COLUMNS
                            " FROM campaigns INDEXED BY campaigns_ten_dlc"
                            " WHERE organization_id = ? AND user_id = ? AND kind = '10dlc'"
                            " ORDER BY id DESC LIMIT 1",
                            owner, id);
}

}  // namespace dialplane::sqlite
