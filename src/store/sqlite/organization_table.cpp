#include "store/sqlite/organization_table.hpp"

#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<organization> {
  static auto fields(auto& row) {
    return field_list(row.id, row.name, row.plan, row.slots_override, row.created_at);
  }
};

template <>
struct row_shape<api_key> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.role, row.hash, row.hint, row.user, row.agent,
                      row.spend_cap_per_day, row.expires_at, row.revoked_at, row.created_at);
  }
};

template <>
struct row_shape<key_day_usage> {
  static auto fields(auto& row) { return field_list(row.purchases, row.spent); }
};

#define ORGANIZATION_COLUMNS "id, name, plan, slots_override, created_at"
#define KEY_COLUMNS                                                              \
  "organization_id, id, role, hash, hint, user_id, agent_id, spend_cap_per_day," \
  " expires_at, revoked_at, created_at"

result<void> organization_table::insert(const organization& row) {
  organizations_.forget();
  return execute_with_row(
      db_, "INSERT INTO organizations (" ORGANIZATION_COLUMNS ") VALUES (?, ?, ?, ?, ?)", row);
}

result<std::optional<organization>> organization_table::find(organization_id id) {
  return organizations_.find(id, [&] {
    return find_row<organization>(
        db_, "SELECT " ORGANIZATION_COLUMNS " FROM organizations WHERE id = ?", id);
  });
}

result<std::optional<organization>> organization_table::first() {
  return find_row<organization>(
      db_, "SELECT " ORGANIZATION_COLUMNS " FROM organizations ORDER BY id LIMIT 1");
}

result<std::vector<organization>> organization_table::all(std::size_t limit) {
  return find_rows<organization>(
      db_, "SELECT " ORGANIZATION_COLUMNS " FROM organizations ORDER BY id LIMIT ?",
      static_cast<std::int64_t>(limit));
}

result<std::int64_t> organization_table::slots_used(organization_id id) {
  TRY_ASSIGN(const auto used,
             find_int64(db_, "SELECT slots_used FROM slot_counters WHERE organization_id = ?", id));
  return used.value_or(0) + slots_.of(id);
}

result<void> organization_table::add_slots_used(organization_id id, std::int64_t delta) {
  // Not one upsert: SQLite judges the CHECK on the row it would insert, and -1 never passes.
  if (delta < 0) {
    if (const std::int64_t before = slots_.take(id); before > 0) TRY(store_slots(id, before));
    TRY(execute(db_,
                "UPDATE slot_counters SET slots_used = slots_used + ?2"
                " WHERE organization_id = ?1",
                id, delta));
    return expect_changed(db_);
  }
  if (slots_.add(id, delta)) return {};
  return store_slots(id, delta);
}

result<void> organization_table::store_slots(organization_id id, std::int64_t more) {
  return execute(db_,
                 "INSERT INTO slot_counters (organization_id, slots_used) VALUES (?1, ?2)"
                 " ON CONFLICT DO UPDATE SET slots_used = slots_used + ?2",
                 id, more);
}

result<void> organization_table::insert_key(const api_key& row) {
  keys_.forget();
  return execute_with_row(
      db_,
      "INSERT INTO api_keys (" KEY_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row);
}

result<std::optional<api_key>> organization_table::find_key_by_hash(
    const std::array<std::uint8_t, 32>& hash) {
  return find_row<api_key>(db_, "SELECT " KEY_COLUMNS " FROM api_keys WHERE hash = ?", hash);
}

result<std::optional<api_key>> organization_table::find_key(organization_id owner,
                                                            api_key_id id) {
  return keys_.find({owner, id}, [&] {
    return find_row<api_key>(db_,
                             "SELECT " KEY_COLUMNS
                             " FROM api_keys WHERE organization_id = ? AND id = ?",
                             owner, id);
  });
}

result<page<api_key>> organization_table::page_of_keys(organization_id owner,
                                                       const page_request& cut) {
  static constexpr paged_sql sql =
      PAGED_SQL("SELECT " KEY_COLUMNS " FROM api_keys WHERE organization_id = ?1", "id");
  return read_page<api_key>(db_, sql, cut, owner);
}

// Revoked once: a second time changes nothing, so that the first moment stays on record.
result<void> organization_table::revoke_key(organization_id owner, api_key_id id, timestamp at) {
  keys_.forget();
  return execute(db_,
                 "UPDATE api_keys SET revoked_at = ?3"
                 " WHERE organization_id = ?1 AND id = ?2 AND revoked_at IS NULL",
                 owner, id, at);
}

result<key_day_usage> organization_table::usage_of_key(api_key_id id, std::int64_t day) {
  TRY_ASSIGN(const auto usage,
             find_row<key_day_usage>(
                 db_, "SELECT purchases, spent FROM key_usage WHERE key_id = ? AND day = ?", id,
                 day));
  key_day_usage sum = usage.value_or(key_day_usage{});
  sum += usage_.of({id, day});
  return sum;
}

result<void> organization_table::add_usage_of_key(api_key_id id, std::int64_t day,
                                                  const key_day_usage& more) {
  if (usage_.add({id, day}, more)) return {};
  return store_usage(id, day, more);
}

result<void> organization_table::store_usage(api_key_id id, std::int64_t day,
                                             const key_day_usage& more) {
  return execute(db_,
                 "INSERT INTO key_usage (key_id, day, purchases, spent) VALUES (?1, ?2, ?3, ?4)"
                 " ON CONFLICT DO UPDATE SET purchases = purchases + ?3, spent = spent + ?4",
                 id, day, more.purchases, more.spent);
}

void organization_table::defer_counts() noexcept {
  slots_.turn_on();
  usage_.turn_on();
}

void organization_table::drop_counts() noexcept {
  slots_.turn_off();
  usage_.turn_off();
}

result<void> organization_table::write_counts() {
  TRY(slots_.write([this](organization_id id, std::int64_t more) {
    return store_slots(id, more);
  }));
  return usage_.write([this](const std::pair<api_key_id, std::int64_t>& of,
                             const key_day_usage& more) {
    return store_usage(of.first, of.second, more);
  });
}

result<std::optional<std::string>> organization_table::setting(std::string_view name) {
  return settings_.find(std::string(name), [&]() -> result<std::optional<std::string>> {
    TRY_ASSIGN(statement rows, select(db_, "SELECT value FROM settings WHERE name = ?", name));
    TRY_ASSIGN(const bool found, rows.step());
    if (!found) return std::optional<std::string>();
    return std::optional<std::string>(rows.text(0));
  });
}

result<void> organization_table::put_setting(std::string_view name, std::string_view value) {
  settings_.forget();
  return execute(db_,
                 "INSERT INTO settings (name, value) VALUES (?1, ?2)"
                 " ON CONFLICT DO UPDATE SET value = ?2",
                 name, value);
}

}  // namespace dialplane::sqlite
