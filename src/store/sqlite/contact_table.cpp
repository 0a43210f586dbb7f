#include "store/sqlite/contact_table.hpp"

#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<contact> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.user, row.e164, row.id, row.opted_out_at,
                      row.opted_in_at, row.review_due_at, row.review_phrase, row.last_inbound_at,
                      row.first_sent_at, row.help_answered_at, row.created_at, row.updated_at);
  }
};

template <>
struct row_shape<opt_out> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.user, row.e164, row.number, row.campaign, row.source,
                      row.word, row.message, row.rules_version, row.at);
  }
};

template <>
struct row_shape<consent> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.user, row.e164, row.id, row.method, row.wording,
                      row.identifier, row.campaign, row.number, row.recorded_by, row.at,
                      row.recorded_at);
  }
};

#define CONTACT_COLUMNS                                                                   \
  "organization_id, user_id, e164, id, opted_out_at, opted_in_at, review_due_at,"         \
  " review_phrase, last_inbound_at, first_sent_at, help_answered_at, created_at, updated_at"
#define OPT_OUT_COLUMNS                                                                   \
  "organization_id, user_id, e164, number_id, campaign_id, source, word, message_id,"     \
  " rules_version, at"
#define CONSENT_COLUMNS                                                                   \
  "organization_id, user_id, e164, id, method, wording, identifier, campaign_id,"         \
  " number_id, recorded_by, at, recorded_at"

result<std::optional<contact>> contact_table::find(organization_id owner, user_id of,
                                                   std::string_view e164) {
  return find_row<contact>(db_,
                           "SELECT " CONTACT_COLUMNS " FROM contacts"
                           " WHERE organization_id = ? AND user_id = ? AND e164 = ?",
                           owner, of, e164);
}

result<void> contact_table::put(const contact& row) {
  return execute_with_row(
      db_,
      "INSERT INTO contacts (" CONTACT_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (organization_id, user_id, e164) DO UPDATE SET"
      " opted_out_at = excluded.opted_out_at, opted_in_at = excluded.opted_in_at,"
      " review_due_at = excluded.review_due_at, review_phrase = excluded.review_phrase,"
      " last_inbound_at = excluded.last_inbound_at, first_sent_at = excluded.first_sent_at,"
      " help_answered_at = excluded.help_answered_at, updated_at = excluded.updated_at",
      row);
}

result<page<contact>> contact_table::page_of(organization_id owner, user_id of,
                                             std::optional<bool> opted_out,
                                             const page_request& cut) {
  static constexpr paged_sql all =
      PAGED_SQL("SELECT " CONTACT_COLUMNS
                " FROM contacts WHERE organization_id = ?1 AND user_id = ?2",
                "id");
  static constexpr paged_sql out =
      PAGED_SQL("SELECT " CONTACT_COLUMNS
                " FROM contacts WHERE organization_id = ?1 AND user_id = ?2"
                " AND opted_out_at IS NOT NULL",
                "id");
  static constexpr paged_sql in =
      PAGED_SQL("SELECT " CONTACT_COLUMNS
                " FROM contacts WHERE organization_id = ?1 AND user_id = ?2"
                " AND opted_out_at IS NULL",
                "id");
  return read_page<contact>(db_, !opted_out ? all : *opted_out ? out : in, cut, owner, of);
}

result<std::vector<opt_out>> contact_table::opt_outs_of(organization_id owner, user_id of,
                                                        std::string_view e164) {
  return find_rows<opt_out>(db_,
                            "SELECT " OPT_OUT_COLUMNS " FROM opt_outs"
                            " WHERE organization_id = ? AND user_id = ? AND e164 = ?"
                            " ORDER BY at DESC, number_id DESC LIMIT 200",
                            owner, of, e164);
}

result<void> contact_table::put_opt_out(const opt_out& row) {
  return execute_with_row(db_,
                          "INSERT OR REPLACE INTO opt_outs (" OPT_OUT_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

result<void> contact_table::remove_opt_out(organization_id owner, user_id of,
                                           std::string_view e164, number_id told) {
  return execute(db_,
                 "DELETE FROM opt_outs WHERE organization_id = ? AND user_id = ? AND e164 = ?"
                 " AND number_id = ?",
                 owner, of, e164, told);
}

result<void> contact_table::add_consent(const consent& row) {
  return execute_with_row(db_,
                          "INSERT INTO consents (" CONSENT_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

result<std::vector<consent>> contact_table::consents_of(organization_id owner, user_id of,
                                                        std::string_view e164,
                                                        std::size_t limit) {
  return find_rows<consent>(db_,
                            "SELECT " CONSENT_COLUMNS " FROM consents"
                            " WHERE organization_id = ? AND user_id = ? AND e164 = ?"
                            " ORDER BY id DESC LIMIT ?",
                            owner, of, e164, static_cast<std::int64_t>(limit));
}

}  // namespace dialplane::sqlite
