#include "store/sqlite/audit_table.hpp"

#include <limits>
#include <map>

#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

namespace {

struct unsealed_entry {
  std::int64_t position = 0;
  audit_entry entry;
};

// What was written with the entry itself.
auto entry_fields(auto& row) {
  return field_list(row.id, row.organization, row.actor_type, row.key, row.action, row.object,
                    row.price, row.detail, row.request_id, row.at);
}

}  // namespace

template <>
struct row_shape<unsealed_entry> {
  static auto fields(auto& row) {
    return std::tuple_cat(field_list(row.position), entry_fields(row.entry));
  }
};

template <>
struct row_shape<audit_entry> {
  static auto fields(auto& row) {
    return std::tuple_cat(entry_fields(row), field_list(row.sequence, row.hash));
  }
};

template <>
struct row_shape<audit_head> {
  static auto fields(auto& row) { return field_list(row.sequence, row.hash); }
};

#define AUDIT_ENTRY_COLUMNS                                                                \
  "e.id, e.organization_id, e.actor_type, e.key_id, e.action, e.object, e.price, e.detail," \
  " e.request_id, e.at"

result<void> audit_table::append(const audit_entry& entry) {
  return execute(db_,
                 "INSERT INTO audit_entries (id, organization_id, actor_type, key_id, action,"
                 " object, price, detail, request_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 entry.id, entry.organization, entry.actor_type, entry.key, entry.action,
                 entry.object, entry.price, entry.detail, entry.request_id, entry.at);
}

result<std::size_t> audit_table::seal_some(std::size_t limit) {
  TRY_ASSIGN(const std::vector<unsealed_entry> waiting,
             find_rows<unsealed_entry>(
                 db_,
                 "SELECT e.position, " AUDIT_ENTRY_COLUMNS
                 " FROM audit_entries e WHERE e.position >"
                 " (SELECT position FROM audit_sealed_up_to WHERE only = 1)"
                 " ORDER BY e.position LIMIT ?",
                 static_cast<std::int64_t>(limit)));
  if (waiting.empty()) return std::size_t{0};
  std::map<organization_id, audit_head> heads;
  for (const auto& [position, entry] : waiting) {
    auto at = heads.find(entry.organization);
    if (at == heads.end()) {
      TRY_ASSIGN(const audit_head before, head(entry.organization));
      at = heads.emplace(entry.organization, before).first;
    }
    audit_entry sealed = entry;
    sealed.sequence = ++at->second.sequence;
    at->second.hash = chain(at->second.hash, sealed);
    TRY(execute(db_,
                "INSERT INTO audit_seals (organization_id, sequence, entry, hash)"
                " VALUES (?, ?, ?, ?)",
                sealed.organization, sealed.sequence, position, at->second.hash));
  }
  for (const auto& [owner, now] : heads) {
    TRY(execute(db_,
                "INSERT INTO audit_heads (organization_id, sequence, hash) VALUES (?1, ?2, ?3)"
                " ON CONFLICT DO UPDATE SET sequence = ?2, hash = ?3",
                owner, now.sequence, now.hash));
  }
  TRY(execute(db_, "UPDATE audit_sealed_up_to SET position = ?1 WHERE only = 1",
              waiting.back().position));
  return waiting.size();
}

result<audit_head> audit_table::head(organization_id owner) {
  TRY_ASSIGN(const auto found,
             find_row<audit_head>(
                 db_, "SELECT sequence, hash FROM audit_heads WHERE organization_id = ?", owner));
  return found.value_or(audit_head{});
}

// LEFT JOIN: where somebody took an entry away, the seal shows as an unreadable row, not as less.
#define SEALED_ENTRIES                                              \
  "SELECT " AUDIT_ENTRY_COLUMNS ", s.sequence, s.hash FROM audit_seals s" \
  " LEFT JOIN audit_entries e ON e.position = s.entry"              \
  " WHERE s.organization_id = ?1"

result<std::vector<audit_entry>> audit_table::sealed_entries(organization_id owner,
                                                             std::int64_t from_sequence,
                                                             std::size_t limit) {
  return find_rows<audit_entry>(db_,
                                SEALED_ENTRIES " AND s.sequence >= ?2 ORDER BY s.sequence LIMIT ?3",
                                owner, from_sequence, static_cast<std::int64_t>(limit));
}

result<std::vector<audit_entry>> audit_table::newest(organization_id owner,
                                                     std::int64_t before_sequence,
                                                     std::size_t limit) {
  const std::int64_t before =
      before_sequence > 0 ? before_sequence : std::numeric_limits<std::int64_t>::max();
  return find_rows<audit_entry>(
      db_, SEALED_ENTRIES " AND s.sequence < ?2 ORDER BY s.sequence DESC LIMIT ?3", owner, before,
      static_cast<std::int64_t>(limit));
}

}  // namespace dialplane::sqlite
