#include "store/sqlite/campaign_table.hpp"

#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<brand> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.entity, row.stage, row.created_at,
                      row.updated_at, row.tier, row.carrier, row.carrier_reference,
                      row.submissions, row.failure_reason, row.findings, row.mobile_number,
                      row.code_expires_at, row.operation, row.fee.amount, row.fee.state,
                      row.stage_since);
  }
};

template <>
struct row_shape<campaign> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.brand, row.number, row.kind,
                      row.status, row.carrier, row.carrier_reference, row.use_case,
                      row.rejection_reason, row.submitted_at, row.approved_at, row.rejected_at,
                      row.created_at, row.updated_at, row.status_detail, row.findings,
                      row.submissions, row.operation, row.fee.amount, row.fee.state,
                      row.status_since);
  }
};

#define BRAND_COLUMNS                                                                        \
  "organization_id, id, user_id, entity_id, status, created_at, updated_at, tier, carrier,"  \
  " carrier_reference, submissions, failure_reason, findings, mobile_number,"                \
  " code_expires_at, operation_id, fee, fee_state, stage_since"
#define CAMPAIGN_COLUMNS                                                                     \
  "organization_id, id, user_id, brand_id, number_id, kind, status, carrier,"                \
  " carrier_reference, use_case, rejection_reason, submitted_at, approved_at, rejected_at,"  \
  " created_at, updated_at, status_detail, findings, submissions, operation_id, fee,"        \
  " fee_state, status_since"

result<void> campaign_table::insert_brand(const brand& row) {
  return execute_with_row(db_,
                          "INSERT INTO brands (" BRAND_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

result<void> campaign_table::update_brand(const brand& row) {
  return update_with_row(db_,
                         "UPDATE brands SET user_id = ?3, entity_id = ?4, status = ?5,"
                         " created_at = ?6, updated_at = ?7, tier = ?8, carrier = ?9,"
                         " carrier_reference = ?10, submissions = ?11, failure_reason = ?12,"
                         " findings = ?13, mobile_number = ?14, code_expires_at = ?15,"
                         " operation_id = ?16, fee = ?17, fee_state = ?18, stage_since = ?19"
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

result<std::int64_t> campaign_table::count_brands_of_mobile(std::string_view mobile_number) {
  TRY_ASSIGN(const auto found,
             find_int64(db_,
                        "SELECT count(*) FROM brands INDEXED BY brands_mobile"
                        " WHERE mobile_number = ?",
                        mobile_number));
  return found.value_or(0);
}

result<void> campaign_table::insert(const campaign& row) {
  changes_.mark(row.organization);
  return execute_with_row(
      db_,
      "INSERT INTO campaigns (" CAMPAIGN_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row);
}

result<void> campaign_table::update(const campaign& row) {
  changes_.mark(row.organization);
  return update_with_row(db_,
                         "UPDATE campaigns SET user_id = ?3, brand_id = ?4, number_id = ?5,"
                         " kind = ?6, status = ?7, carrier = ?8, carrier_reference = ?9,"
                         " use_case = ?10, rejection_reason = ?11, submitted_at = ?12,"
                         " approved_at = ?13, rejected_at = ?14, created_at = ?15,"
                         " updated_at = ?16, status_detail = ?17, findings = ?18,"
                         " submissions = ?19, operation_id = ?20, fee = ?21, fee_state = ?22,"
                         " status_since = ?23 WHERE organization_id = ?1 AND id = ?2",
                         row);
}

result<void> campaign_table::remove(organization_id owner, campaign_id id) {
  changes_.mark(owner);
  return execute(db_, "DELETE FROM campaigns WHERE organization_id = ? AND id = ?", owner, id);
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
                            " ORDER BY status = 'expired', id DESC LIMIT 1",
                            owner, id);
}

result<std::vector<campaign>> campaign_table::live_ten_dlc_of_user(organization_id owner,
                                                                   user_id id) {
  return find_rows<campaign>(db_,
                             "SELECT " CAMPAIGN_COLUMNS
                             " FROM campaigns INDEXED BY campaigns_ten_dlc"
                             " WHERE organization_id = ? AND user_id = ? AND kind = '10dlc'"
                             " AND status <> 'expired' ORDER BY id DESC LIMIT 50",
                             owner, id);
}

#define FROM_CAMPAIGNS(way, condition)                     \
  "SELECT " CAMPAIGN_COLUMNS " FROM campaigns " way        \
  " WHERE organization_id = ?1 AND (?2 IS NULL OR user_id = ?2)" condition

constexpr paged_sql of_organization = PAGED_SQL(FROM_CAMPAIGNS("NOT INDEXED", ""), "id");
constexpr paged_sql of_user =
    PAGED_SQL(FROM_CAMPAIGNS("INDEXED BY campaigns_user", " AND user_id = ?2"), "id");

result<page<campaign>> campaign_table::page_of(organization_id owner, std::optional<user_id> only,
                                               const page_request& cut) {
  return read_page<campaign>(db_, only ? of_user : of_organization, cut, owner, only);
}

result<std::vector<campaign>> campaign_table::watched(const std::optional<campaign>& after,
                                                      std::size_t limit) {
  const organization_id owner = after ? after->organization : organization_id{};
  const campaign_id id = after ? after->id : campaign_id{};
  const auto rows = static_cast<std::int64_t>(limit);
  return find_rows<campaign>(db_,
                             "SELECT " CAMPAIGN_COLUMNS
                             " FROM campaigns INDEXED BY campaigns_watched"
                             " WHERE status IN ('active', 'suspended')"
                             " AND (organization_id, id) > (?1, ?2)"
                             " ORDER BY organization_id, id LIMIT ?3",
                             owner, id, rows);
}

}  // namespace dialplane::sqlite
