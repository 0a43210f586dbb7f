#include "store/sqlite/agent_table.hpp"

#include "store/sqlite/like_pattern.hpp"
#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<agent> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.name, row.description, row.tts_voice,
                      row.tts_language, row.webhook, row.config, row.version, row.created_at,
                      row.updated_at);
  }
};

#define AGENT_COLUMNS                                                                          \
  "organization_id, id, name, description, tts_voice, tts_language, webhook, config, version," \
  " created_at, updated_at"

result<void> agent_table::insert(const agent& row) {
  changes_.mark(row.organization);
  forget_kept();
  return execute_with_row(
      db_, "INSERT INTO agents (" AGENT_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row);
}

result<void> agent_table::update(const agent& row) {
  changes_.mark(row.organization);
  forget_kept();
  return update_with_row(db_,
                         "UPDATE agents SET name = ?3, description = ?4, tts_voice = ?5,"
                         " tts_language = ?6, webhook = ?7, config = ?8, version = ?9,"
                         " created_at = ?10, updated_at = ?11"
                         " WHERE organization_id = ?1 AND id = ?2",
                         row);
}

result<void> agent_table::remove(organization_id owner, agent_id id) {
  changes_.mark(owner);
  forget_kept();
  return execute(db_, "DELETE FROM agents WHERE organization_id = ? AND id = ?", owner, id);
}

result<std::optional<agent>> agent_table::find(organization_id owner, agent_id id) {
  return agents_.find({owner, id}, [&] {
    return find_row<agent>(
        db_, "SELECT " AGENT_COLUMNS " FROM agents WHERE organization_id = ? AND id = ?", owner,
        id);
  });
}

result<page<agent>> agent_table::page_of(organization_id owner, const std::string& search,
                                         const page_request& cut) {
  static constexpr paged_sql sql =
      PAGED_SQL("SELECT " AGENT_COLUMNS
                " FROM agents WHERE organization_id = ?1"
                " AND (?2 IS NULL OR name LIKE ?2 ESCAPE '\\')",
                "id");
  const std::optional<std::string> pattern = pattern_containing(search);
  return read_page<agent>(db_, sql, cut, owner, pattern);
}

}  // namespace dialplane::sqlite
