#include "store/sqlite/approval_table.hpp"

#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<approval> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.action_type, row.title, row.status,
                      as_blob(row.sealed_request), row.shown_request, row.request_hash,
                      row.quoted_price, row.asked_through, row.requested_by_key,
                      row.requested_by_type, row.requested_by_id, row.operation, row.result,
                      row.failure, row.resolved_by_type, row.resolved_by_id, row.reason,
                      row.replayed, row.created_at, row.expires_at, row.resolved_at);
  }
};

#define APPROVAL_COLUMNS                                                                      \
  "organization_id, id, user_id, action_type, title, status, sealed_request, shown_request,"  \
  " request_hash, quoted_price, asked_through, requested_by_key, requested_by_type,"          \
  " requested_by_id, operation_id, result, failure, resolved_by_type, resolved_by_id,"        \
  " reason, replayed, created_at, expires_at, resolved_at"

result<void> approval_table::insert(const approval& row) {
  return execute_with_row(db_,
                          "INSERT INTO approvals (" APPROVAL_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                          " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

// Who asked for what is frozen; the status, the answer and the resolver change.
result<void> approval_table::update(const approval& row) {
  return update_with_row(db_,
                         "UPDATE approvals SET status = ?6, sealed_request = ?7,"
                         " shown_request = ?8, quoted_price = ?10, operation_id = ?15,"
                         " result = ?16, failure = ?17, resolved_by_type = ?18,"
                         " resolved_by_id = ?19, reason = ?20, replayed = ?21, expires_at = ?23,"
                         " resolved_at = ?24 WHERE id = ?2 AND organization_id = ?1",
                         row);
}

result<std::optional<approval>> approval_table::find(organization_id owner, approval_id id) {
  return find_row<approval>(
      db_, "SELECT " APPROVAL_COLUMNS " FROM approvals WHERE id = ? AND organization_id = ?", id,
      owner);
}

namespace {

#define FROM_APPROVALS(way, condition)                                                      \
  "SELECT " APPROVAL_COLUMNS " FROM approvals INDEXED BY " way                              \
  " WHERE organization_id = ?1 " condition                                                  \
  " AND (?2 IS NULL OR user_id = ?2) AND (?3 IS NULL OR status = ?3)"

constexpr paged_sql all_approvals = PAGED_SQL(FROM_APPROVALS("approvals_all", ""), "id");
constexpr paged_sql approvals_of_user =
    PAGED_SQL(FROM_APPROVALS("approvals_user", "AND user_id = ?2"), "id");
constexpr paged_sql pending_approvals =
    PAGED_SQL(FROM_APPROVALS("approvals_pending", "AND status = 'pending'"), "id");

}  // namespace

result<page<approval>> approval_table::page_of(organization_id owner, std::optional<user_id> of,
                                               std::optional<approval_status> only,
                                               const page_request& cut) {
  const paged_sql& sql = of                                  ? approvals_of_user
                         : only == approval_status::pending ? pending_approvals
                                                            : all_approvals;
  return read_page<approval>(db_, sql, cut, owner, of, only);
}

result<std::optional<approval>> approval_table::newest_equal(
    organization_id owner, const std::array<std::uint8_t, 16>& request_hash, timestamp since) {
  return find_row<approval>(db_,
                            "SELECT " APPROVAL_COLUMNS
                            " FROM approvals INDEXED BY approvals_equal"
                            " WHERE organization_id = ? AND request_hash = ? AND created_at >= ?"
                            " ORDER BY id DESC LIMIT 1",
                            owner, request_hash, since);
}

}  // namespace dialplane::sqlite
