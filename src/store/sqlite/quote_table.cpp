#include "store/sqlite/quote_table.hpp"

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<quote> {
  static auto fields(auto& row) {
    return field_list(row.id, row.organization, row.user, row.key, row.e164, row.type, row.carrier,
                      row.locality, row.region, row.texts, row.media, row.calls, row.price,
                      row.monthly, row.cost.monthly_micro_usd, row.cost.upfront_micro_usd,
                      row.cost.is_estimate, row.reservation, row.used_by, row.created_at,
                      row.expires_at);
  }
};

template <>
struct row_shape<number_purchase_record> {
  static auto fields(auto& row) {
    return field_list(row.number, row.organization, row.carrier, row.reference,
                      row.cost.monthly_micro_usd, row.cost.upfront_micro_usd,
                      row.cost.is_estimate, row.bought_at);
  }
};

#define QUOTE_COLUMNS                                                                      \
  "id, organization_id, user_id, key_id, e164, type, carrier, locality, region, texts,"    \
  " media, calls, price, monthly, carrier_monthly_micro_usd, carrier_upfront_micro_usd,"   \
  " carrier_is_estimate, reservation, used_by, created_at, expires_at"
#define PURCHASE_COLUMNS                                                                   \
  "number_id, organization_id, carrier, reference, monthly_micro_usd, upfront_micro_usd,"  \
  " is_estimate, bought_at"

result<void> quote_table::insert(const quote& row) {
  return execute_with_row(db_,
                          "INSERT INTO quotes (" QUOTE_COLUMNS ") VALUES"
                          " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

result<std::optional<quote>> quote_table::find(organization_id owner, quote_id id) {
  return find_row<quote>(
      db_, "SELECT " QUOTE_COLUMNS " FROM quotes WHERE organization_id = ? AND id = ?", owner, id);
}

result<bool> quote_table::use(organization_id owner, quote_id id, operation_id by) {
  TRY(execute(db_,
              "UPDATE quotes SET used_by = ?3 WHERE organization_id = ?1 AND id = ?2"
              " AND used_by IS NULL",
              owner, id, by));
  return db_.changes() > 0;
}

result<bool> quote_table::is_promised(std::string_view e164, timestamp now,
                                      std::optional<user_id> but_to) {
  TRY_ASSIGN(const auto found,
             find_int64(db_,
                        "SELECT 1 FROM quotes INDEXED BY quotes_number WHERE e164 = ?1"
                        " AND used_by IS NULL AND expires_at > ?2 AND user_id IS NOT ?3 LIMIT 1",
                        e164, now, but_to));
  return found.has_value();
}

result<std::int64_t> quote_table::count_open(organization_id owner, timestamp now,
                                             std::int64_t up_to) {
  TRY_ASSIGN(const auto found,
             find_int64(db_,
                        "SELECT count(*) FROM (SELECT 1 FROM quotes INDEXED BY quotes_open"
                        " WHERE organization_id = ?1 AND used_by IS NULL AND expires_at > ?2"
                        " LIMIT ?3)",
                        owner, now, up_to));
  return found.value_or(0);
}

result<std::int64_t> quote_table::forget_older(timestamp than, std::size_t limit) {
  TRY(execute(db_,
              "DELETE FROM quotes WHERE id IN (SELECT id FROM quotes WHERE expires_at < ?1"
              " ORDER BY expires_at LIMIT ?2)",
              than, static_cast<std::int64_t>(limit)));
  return db_.changes();
}

result<void> quote_table::put_purchase(const number_purchase_record& row) {
  return execute_with_row(db_,
                          "INSERT OR REPLACE INTO number_purchases (" PURCHASE_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                          row);
}

result<std::optional<number_purchase_record>> quote_table::find_purchase(organization_id owner,
                                                                         number_id id) {
  return find_row<number_purchase_record>(db_,
                                          "SELECT " PURCHASE_COLUMNS
                                          " FROM number_purchases WHERE number_id = ?2"
                                          " AND organization_id = ?1",
                                          owner, id);
}

}  // namespace dialplane::sqlite
