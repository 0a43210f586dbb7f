#include "store/sqlite/audit_table.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "base/crypto.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

namespace {

// 28 hashes are what fits into a row of audit_seals without a page of its own.
constexpr std::int64_t longest_run = 28;
// Entries of others between two of a run: what reading it has to pass over.
constexpr std::int64_t widest_gap = 32;

struct unsealed_entry {
  std::int64_t position = 0;
  audit_entry entry;
};

// A row of audit_seals. Its entries are the organization's from the first to the last position.
struct seal {
  std::int64_t first_sequence = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::string hashes;  // of each entry in turn
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
  static auto fields(auto& row) { return entry_fields(row); }
};

template <>
struct row_shape<seal> {
  static auto fields(auto& row) {
    return field_list(row.first_sequence, row.first, row.last, as_blob(row.hashes));
  }
};

template <>
struct row_shape<audit_head> {
  static auto fields(auto& row) { return field_list(row.sequence, row.hash); }
};

#define AUDIT_ENTRY_COLUMNS                                                                    \
  "id, organization_id, actor_type, key_id, action, object, price, detail, request_id, at"
#define SEALS_OF \
  "SELECT sequence, entry, coalesce(last_entry, entry), hashes FROM audit_seals" \
  " WHERE organization_id = ? AND sequence "

result<void> audit_table::append(const audit_entry& entry) {
  return execute(db_,
                 "INSERT INTO audit_entries (id, organization_id, actor_type, key_id, action,"
                 " object, price, detail, request_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 entry.id, entry.organization, entry.actor_type, entry.key, entry.action,
                 entry.object, entry.price, entry.detail, entry.request_id, entry.at);
}

namespace {

// Gives entries, in the order of commit, their place in their organization's chain.
class sealing {
 public:
  explicit sealing(audit_table& audit, database& db) : audit_(audit), db_(db) {}

  result<void> add(unsealed_entry&& next) {
    TRY_ASSIGN(chain_end* const of, end_of(next.entry.organization));
    seal& run = of->open;
    const bool joins = !run.hashes.empty() && next.position - run.last <= widest_gap &&
                       of->head.sequence - run.first_sequence + 1 < longest_run;
    if (!joins) {
      TRY(write(next.entry.organization, run));
      run = {of->head.sequence + 1, next.position, next.position, {}};
    }
    run.last = next.position;
    next.entry.sequence = ++of->head.sequence;
    of->head.hash = chain(of->head.hash, next.entry);
    run.hashes.append(text_of(of->head.hash));
    return {};
  }

  result<void> end() {
    for (const auto& [owner, of] : ends_) {
      TRY(write(owner, of.open));
      TRY(execute(db_,
                  "INSERT INTO audit_heads (organization_id, sequence, hash) VALUES (?1, ?2, ?3)"
                  " ON CONFLICT DO UPDATE SET sequence = ?2, hash = ?3",
                  owner, of.head.sequence, of.head.hash));
    }
    return {};
  }

 private:
  struct chain_end {
    audit_head head;
    seal open;  // not written yet
  };

  result<chain_end*> end_of(organization_id owner) {
    const auto [at, fresh] = ends_.try_emplace(owner);
    if (fresh) {
      TRY_ASSIGN(at->second.head, audit_.head(owner));
    }
    return &at->second;
  }

  result<void> write(organization_id owner, const seal& run) {
    if (run.hashes.empty()) return {};
    return execute(db_,
                   "INSERT INTO audit_seals (organization_id, sequence, entry, last_entry, hashes)"
                   " VALUES (?, ?, ?, ?, ?)",
                   owner, run.first_sequence, run.first, run.last, as_blob(run.hashes));
  }

  audit_table& audit_;
  database& db_;
  std::map<organization_id, chain_end> ends_;
};

result<std::vector<audit_hash>> hashes_of(const seal& row) {
  std::vector<audit_hash> hashes(row.hashes.size() / sizeof(audit_hash));
  if (hashes.size() * sizeof(audit_hash) != row.hashes.size()) {
    return internal_fault("the hashes of the audit run from " +
                          std::to_string(row.first_sequence) + " are cut");
  }
  std::size_t at = 0;
  for (audit_hash& each : hashes) {
    std::copy_n(row.hashes.begin() + static_cast<std::ptrdiff_t>(at), each.size(), each.begin());
    at += each.size();
  }
  return hashes;
}

// With what is there of its entries. Ends after one too many: a doctored seal reads no more.
result<sealed_run> read_run(database& db, organization_id owner, const seal& row) {
  sealed_run run;
  run.first_sequence = row.first_sequence;
  TRY_ASSIGN(run.hashes, hashes_of(row));
  TRY_ASSIGN(run.entries,
             find_rows<audit_entry>(db,
                                    "SELECT " AUDIT_ENTRY_COLUMNS
                                    " FROM audit_entries WHERE position BETWEEN ? AND ?"
                                    " AND organization_id = ? ORDER BY position LIMIT ?",
                                    row.first, row.last, owner, run.hashes.size() + 1));
  for (std::size_t i = 0; i < std::min(run.entries.size(), run.hashes.size()); ++i) {
    run.entries[i].sequence = run.first_sequence + static_cast<std::int64_t>(i);
    run.entries[i].hash = run.hashes[i];
  }
  return run;
}

}  // namespace

result<std::size_t> audit_table::seal_some(std::size_t limit) {
  TRY_ASSIGN(statement waiting,
             select(db_,
                    "SELECT position, " AUDIT_ENTRY_COLUMNS
                    " FROM audit_entries WHERE position >"
                    " (SELECT position FROM audit_sealed_up_to WHERE only = 1)"
                    " ORDER BY position LIMIT ?",
                    static_cast<std::int64_t>(limit)));
  sealing work(*this, db_);
  std::size_t sealed = 0;
  std::int64_t up_to = 0;
  for (;;) {
    TRY_ASSIGN(const bool more, waiting.step());
    if (!more) break;
    TRY_ASSIGN(unsealed_entry next, read_row<unsealed_entry>(waiting));
    up_to = next.position;
    TRY(work.add(std::move(next)));
    ++sealed;
  }
  if (sealed == 0) return sealed;
  TRY(work.end());
  TRY(execute(db_, "UPDATE audit_sealed_up_to SET position = ?1 WHERE only = 1", up_to));
  return sealed;
}

result<audit_head> audit_table::head(organization_id owner) {
  TRY_ASSIGN(const auto found,
             find_row<audit_head>(
                 db_, "SELECT sequence, hash FROM audit_heads WHERE organization_id = ?", owner));
  return found.value_or(audit_head{});
}

result<std::vector<sealed_run>> audit_table::sealed_runs(organization_id owner,
                                                         std::int64_t from_sequence,
                                                         std::size_t limit) {
  TRY_ASSIGN(const std::vector<seal> seals,
             find_rows<seal>(db_, SEALS_OF ">= ? ORDER BY sequence LIMIT ?", owner, from_sequence,
                             static_cast<std::int64_t>(limit)));
  std::vector<sealed_run> runs;
  for (const seal& each : seals) {
    TRY_ASSIGN(sealed_run run, read_run(db_, owner, each));
    runs.push_back(std::move(run));
  }
  return runs;
}

result<std::vector<audit_entry>> audit_table::newest(organization_id owner,
                                                     std::int64_t before_sequence,
                                                     std::size_t limit) {
  const std::int64_t before =
      before_sequence > 0 ? before_sequence : std::numeric_limits<std::int64_t>::max();
  TRY_ASSIGN(statement seals,
             select(db_, SEALS_OF "< ? ORDER BY sequence DESC", owner, before));
  std::vector<audit_entry> found;
  while (found.size() < limit) {
    TRY_ASSIGN(const bool more, seals.step());
    if (!more) break;
    TRY_ASSIGN(const seal row, read_row<seal>(seals));
    TRY_ASSIGN(sealed_run run, read_run(db_, owner, row));
    if (run.entries.size() != run.hashes.size()) {
      return internal_fault("the audit run from " + std::to_string(run.first_sequence) +
                            " does not hold the entries that were sealed");
    }
    for (auto each = run.entries.rbegin(); each != run.entries.rend(); ++each) {
      if (each->sequence < before && found.size() < limit) found.push_back(std::move(*each));
    }
  }
  return found;
}

}  // namespace dialplane::sqlite
