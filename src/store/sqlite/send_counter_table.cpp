#include "store/sqlite/send_counter_table.hpp"

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<send_counter> {
  static auto fields(auto& row) {
    return field_list(row.minute, row.minute_texts, row.hour, row.hour_new_recipients, row.day,
                      row.day_texts, row.day_spent);
  }
};

template <>
struct row_shape<pace_state> {
  static auto fields(auto& row) {
    return field_list(row.full_at_us, row.promised_us, row.day, row.day_parts);
  }
};

result<std::vector<send_counter>> send_counter_table::find(organization_id owner,
                                                           std::span<const counter_key> keys) {
  std::vector<send_counter> found;
  found.reserve(keys.size());
  for (const counter_key& key : keys) {
    const auto subject = as_blob(key.subject);
    TRY_ASSIGN(const auto row,
               find_row<send_counter>(
                   db_,
                   "SELECT minute, minute_texts, hour, hour_new_recipients, day, day_texts,"
                   " day_spent FROM send_counters"
                   " WHERE organization_id = ? AND scope = ? AND subject = ?",
                   owner, key.scope, subject));
    found.push_back(row.value_or(send_counter{}));
  }
  return found;
}

// A later window replaces an earlier one; of the same, or where the clock went back, figures add
// up.
#define SUM_OF(window, figure)                                                       \
  figure " = CASE WHEN excluded." window " > " window " THEN excluded." figure       \
         " ELSE " figure " + excluded." figure " END"
#define LATER_OF(window) window " = max(" window ", excluded." window ")"

result<void> send_counter_table::add(organization_id owner, std::span<const counter_key> keys,
                                     const send_counter& more) {
  for (const counter_key& key : keys) {
    TRY(execute(db_,
                "INSERT INTO send_counters (organization_id, scope, subject, minute,"
                " minute_texts, hour, hour_new_recipients, day, day_texts, day_spent)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (organization_id, scope, subject) DO UPDATE SET "
                SUM_OF("minute", "minute_texts") ", " SUM_OF("hour", "hour_new_recipients") ", "
                SUM_OF("day", "day_texts") ", " SUM_OF("day", "day_spent") ", "
                LATER_OF("minute") ", " LATER_OF("hour") ", "
                LATER_OF("day"),
                owner, key.scope, as_blob(key.subject), more.minute, more.minute_texts, more.hour,
                more.hour_new_recipients, more.day, more.day_texts, more.day_spent));
  }
  return {};
}

result<pace_state> send_counter_table::pace_of(organization_id owner, const uuid_bytes& subject) {
  TRY_ASSIGN(const auto row,
             find_row<pace_state>(db_,
                                  "SELECT full_at_us, promised_us, day, day_parts FROM send_paces"
                                  " WHERE organization_id = ? AND subject = ?",
                                  owner, subject));
  return row.value_or(pace_state{});
}

result<void> send_counter_table::put_pace(organization_id owner, const uuid_bytes& subject,
                                          const pace_state& state) {
  return execute(db_,
                 "INSERT OR REPLACE INTO send_paces (organization_id, subject, full_at_us,"
                 " promised_us, day, day_parts) VALUES (?, ?, ?, ?, ?, ?)",
                 owner, subject, state.full_at_us, state.promised_us, state.day, state.day_parts);
}

result<std::int64_t> send_counter_table::forget(std::int64_t before_day, std::size_t limit) {
  TRY(execute(db_,
              "DELETE FROM send_counters WHERE (organization_id, scope, subject) IN"
              " (SELECT organization_id, scope, subject FROM send_counters"
              " WHERE day < ? LIMIT ?)",
              before_day, static_cast<std::int64_t>(limit)));
  return db_.changes();
}

}  // namespace dialplane::sqlite
