#include "store/sqlite/number_table.hpp"

#include "store/sqlite/number_rows.hpp"

namespace dialplane::sqlite {

namespace {

indexed_values indexed_values_of(const number& row) {
  return {row.user, row.status, row.e164, row.inbound_agent, row.campaign};
}

struct placed_number {
  const number& row;
  std::optional<std::int64_t> position;  // none: any that is free
};

// A row to write, and what it is to replace.
struct changed_number {
  const number& row;
  const indexed_values& old;
  std::int64_t position;
};

// What a purchase makes of a number that was pending, nothing else.
struct settled_number {
  const number& row;
  number_status before;
  std::int64_t position;
};

struct found_values {
  indexed_values old;
  std::int64_t position = 0;
};

// Where the row of that id lies, unless another lay there before it: the time and the count within
// a millisecond that our ids begin with. So no index is needed to find it. Rows of older versions
// were placed by the same rule (0015_numbers_by_rowid.sql).
std::int64_t position_of(number_id id) noexcept {
  std::int64_t position = 0;
  for (std::size_t i = 0; i < 6; ++i) position = position << 8 | id.bytes[i];
  return position << 12 | (id.bytes[6] & 0xf) << 8 | id.bytes[7];
}

// Whether a pending number became the other by nothing but what settled_number writes.
bool is_settled_from(number pending, const number& now) {
  if (pending.status != number_status::pending || !pending.e164.empty()) return false;
  pending.status = now.status;
  pending.e164 = now.e164;
  pending.routing_set = now.routing_set;
  pending.updated_at = now.updated_at;
  pending.carrier_reference = now.carrier_reference;
  return pending == now;
}

bool names_column(const error& failure, std::string_view column) {
  return failure.kind == error_class::conflict &&
         failure.internal.find(column) != std::string::npos;
}

result<void> naming_e164(result<void> done) {
  if (done || !names_column(done.error(), "numbers.e164")) return done;
  error failure = std::move(done).error();
  failure.message = "Another live number has this e164.";
  return failure;
}

}  // namespace

template <>
struct row_shape<indexed_values> {
  static auto fields(auto& row) {
    return field_list(row.user, row.status, empty_as_null(row.e164), row.inbound_agent,
                      row.campaign);
  }
};

template <>
struct row_shape<placed_number> {
  static auto fields(auto& placed) {
    return std::tuple_cat(row_shape<const number>::fields(placed.row),
                          field_list(placed.position));
  }
};

template <>
struct row_shape<changed_number> {
  static auto fields(auto& change) {
    return std::tuple_cat(row_shape<const number>::fields(change.row),
                          row_shape<const indexed_values>::fields(change.old),
                          field_list(change.position));
  }
};

template <>
struct row_shape<settled_number> {
  static auto fields(auto& settled) {
    const number& row = settled.row;
    return field_list(row.status, empty_as_null(row.e164), row.routing_set, row.updated_at,
                      row.carrier_reference, settled.position, row.organization, row.id,
                      settled.before);
  }
};

template <>
struct row_shape<found_values> {
  static auto fields(auto& found) {
    return std::tuple_cat(row_shape<indexed_values>::fields(found.old),
                          field_list(found.position));
  }
};

template <>
struct row_shape<assignment> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.number, row.agent, row.send_sms, row.receive_sms,
                      row.created_at);
  }
};

result<void> number_table::count_live(organization_id owner, user_id id, std::int64_t delta) {
  // Not one upsert: SQLite judges the CHECK on the row it would insert, and -1 never passes.
  if (delta < 0) {
    const std::int64_t before = live_.take({owner, id});
    if (before > 0) TRY(store_live(owner, id, before));
    return execute(db_,
                   "UPDATE number_counters SET live = live + ?3"
                   " WHERE organization_id = ?1 AND user_id = ?2",
                   owner, id, delta);
  }
  if (live_.add({owner, id}, delta)) return {};
  return store_live(owner, id, delta);
}

result<void> number_table::store_live(organization_id owner, user_id id, std::int64_t more) {
  return execute(db_,
                 "INSERT INTO number_counters (organization_id, user_id, live)"
                 " VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET live = live + ?3",
                 owner, id, more);
}

result<void> number_table::write_counts() {
  return live_.write([this](const std::pair<organization_id, user_id>& of, std::int64_t more) {
    return store_live(of.first, of.second, more);
  });
}

result<void> number_table::insert(const number& row) {
  static constexpr std::string_view sql =
      "INSERT INTO numbers (organization_id, id, user_id, status, type, bought_through, e164,"
      " label, area_code_asked, inbound_agent_id, campaign_id, campaign_attached, carrier, mark,"
      " routing_set, locked, release_operation_id, created_at, updated_at, released_at,"
      " attachment_failure, attachment_since, imported, carrier_reference, position)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  changes_.mark(row.organization);
  placed_number placed{row, position_of(row.id)};
  result<void> done = execute_with_row(db_, sql, placed);
  if (!done && names_column(done.error(), "numbers.position")) {
    placed.position.reset();
    done = execute_with_row(db_, sql, placed);
  }
  TRY(naming_e164(std::move(done)));
  fresh_.keep(row);
  if (row.status == number_status::released) return {};
  return count_live(row.organization, row.user, 1);
}

void number_table::forget_kept() noexcept {
  fresh_.forget();
  seen_.reset();
}

#define SET_PLAIN_VALUES                                                                     \
  "UPDATE numbers NOT INDEXED SET type = ?5, bought_through = ?6, label = ?8,"               \
  " area_code_asked = ?9, campaign_attached = ?12, carrier = ?13, mark = ?14,"               \
  " routing_set = ?15, locked = ?16, release_operation_id = ?17, created_at = ?18,"          \
  " updated_at = ?19, released_at = ?20, attachment_failure = ?21, attachment_since = ?22,"  \
  " imported = ?23, carrier_reference = ?24"
#define IF_IT_IS_AS_SEEN                                                                     \
  " WHERE position = ?30 AND organization_id = ?1 AND id = ?2 AND user_id = ?25"             \
  " AND status = ?26 AND e164 IS ?27 AND inbound_agent_id IS ?28 AND campaign_id IS ?29"

// False: no such row with the old values lies there. SQLite rewrites the entry of every index that
// has a column that is set, changed or not; most updates change no indexed value, none changes all.
result<bool> number_table::change(const number& row, const indexed_values& old,
                                  std::int64_t position) {
  const indexed_values now = indexed_values_of(row);
  const bool same_lists = old.user == now.user && old.inbound_agent == now.inbound_agent &&
                          old.campaign == now.campaign;
  const std::string_view sql =
      old == now   ? SET_PLAIN_VALUES IF_IT_IS_AS_SEEN
      : same_lists ? SET_PLAIN_VALUES ", status = ?4, e164 = ?7" IF_IT_IS_AS_SEEN
                   : SET_PLAIN_VALUES ", status = ?4, e164 = ?7, user_id = ?3,"
                                      " inbound_agent_id = ?10, campaign_id = ?11"
                                      IF_IT_IS_AS_SEEN;
  const changed_number both{row, old, position};
  TRY(naming_e164(execute_with_row(db_, sql, both)));
  if (db_.changes() == 0) return false;
  TRY(count_change(row, old));
  return true;
}

result<void> number_table::count_change(const number& row, const indexed_values& old) {
  const bool is_live = row.status != number_status::released;
  if (old.live() == is_live && old.user == row.user) return {};
  if (old.live()) TRY(count_live(row.organization, old.user, -1));
  if (is_live) TRY(count_live(row.organization, row.user, 1));
  return {};
}

// The shorter statement for what happens to every number that is bought.
result<bool> number_table::change_seen(const number& row, number seen) {
  const indexed_values old = indexed_values_of(seen);
  if (!is_settled_from(std::move(seen), row)) return change(row, old, position_of(row.id));
  const settled_number settled{row, old.status, position_of(row.id)};
  TRY(naming_e164(execute_with_row(
      db_,
      "UPDATE numbers NOT INDEXED SET status = ?1, e164 = ?2, routing_set = ?3, updated_at = ?4,"
      " carrier_reference = ?5 WHERE position = ?6 AND organization_id = ?7 AND id = ?8"
      " AND status = ?9 AND e164 IS NULL",
      settled)));
  if (db_.changes() == 0) return false;
  TRY(count_change(row, old));
  return true;
}

// Most rows were read just before, in the same unit. Where not, or where what was read is not what
// is there (another unit changed it, or one was undone), it is looked up.
result<void> number_table::update(const number& row) {
  changes_.mark(row.organization);
  fresh_.drop(row.id);
  if (seen_ && seen_->id == row.id && seen_->organization == row.organization) {
    number seen = *std::exchange(seen_, std::nullopt);
    TRY_ASSIGN(const bool changed, change_seen(row, std::move(seen)));
    if (changed) return {};
  }
  TRY_ASSIGN(const auto found,
             find_row<found_values>(
                 db_,
                 "SELECT user_id, status, e164, inbound_agent_id, campaign_id, position"
                 " FROM numbers INDEXED BY numbers_id WHERE organization_id = ? AND id = ?",
                 row.organization, row.id));
  if (!found) return conflicting(error_code::conflict, "The number is gone.");
  TRY_ASSIGN(const bool changed, change(row, found->old, found->position));
  if (!changed) return internal_fault("a number changed between two statements");
  return {};
}

result<void> number_table::remove(organization_id owner, number_id id) {
  changes_.mark(owner);
  fresh_.drop(id);
  TRY_ASSIGN(const auto old, find_row<indexed_values>(
                                 db_,
                                 "DELETE FROM numbers WHERE organization_id = ? AND id = ?"
                                 " RETURNING user_id, status, e164, inbound_agent_id, campaign_id",
                                 owner, id));
  if (!old || !old->live()) return {};
  return count_live(owner, old->user, -1);
}

namespace {

// `at_position` and `by_index` select the same by ?1 organization and ?2 id, the former of the row
// at ?3.
template <typename Record>
result<std::optional<Record>> find_by_id(database& db, std::string_view at_position,
                                         std::string_view by_index, const organization_id& owner,
                                         const number_id& id) {
  auto found = find_row<Record>(db, at_position, owner, id, position_of(id));
  if (!found || *found) return found;
  return find_row<Record>(db, by_index, owner, id);
}

}  // namespace

#define AT_POSITION " WHERE n.position = ?3 AND n.organization_id = ?1 AND n.id = ?2"
#define BY_INDEX " WHERE n.organization_id = ?1 AND n.id = ?2"

result<std::optional<number>> number_table::find(organization_id owner, number_id id) {
  if (auto fresh = fresh_.take(owner, id)) {
    seen_ = *fresh;
    return fresh;
  }
  auto found = find_by_id<number>(
      db_, "SELECT " NUMBER_COLUMNS " FROM numbers n NOT INDEXED" AT_POSITION,
      "SELECT " NUMBER_COLUMNS " FROM numbers n INDEXED BY numbers_id" BY_INDEX, owner, id);
  if (keeps_seen_ && found && *found) seen_ = **found;
  return found;
}

result<std::optional<number_view>> number_table::find_view(organization_id owner, number_id id) {
  return find_by_id<number_view>(
      db_,
      "SELECT " NUMBER_VIEW_COLUMNS " FROM numbers n NOT INDEXED" WITH_AGENT_NAME AT_POSITION,
      "SELECT " NUMBER_VIEW_COLUMNS " FROM numbers n INDEXED BY numbers_id" WITH_AGENT_NAME
      BY_INDEX,
      owner, id);
}

result<std::optional<number>> number_table::find_live_by_e164(std::string_view e164) {
  return find_row<number>(db_,
                          "SELECT " NUMBER_COLUMNS
                          " FROM numbers n INDEXED BY numbers_live_e164 WHERE n.e164 = ?"
                          " AND n.e164 IS NOT NULL AND n.status <> 'released'",
                          e164);
}

result<std::int64_t> number_table::count_of_user(organization_id owner, user_id id) {
  TRY_ASSIGN(
      const auto live,
      find_int64(db_, "SELECT live FROM number_counters WHERE organization_id = ? AND user_id = ?",
                 owner, id));
  return live.value_or(0) + live_.of({owner, id});
}

result<std::int64_t> number_table::count_imported_of_user(organization_id owner, user_id id,
                                                          std::int64_t up_to) {
  TRY_ASSIGN(const auto imported,
             find_int64(db_,
                        "SELECT count(*) FROM (SELECT 1 FROM numbers INDEXED BY numbers_imported"
                        " WHERE organization_id = ? AND user_id = ? AND imported = 1"
                        " AND status <> 'released' LIMIT ?)",
                        owner, id, up_to));
  return imported.value_or(0);
}

result<std::int64_t> number_table::count_of_campaign(organization_id owner, campaign_id id,
                                                     std::int64_t up_to) {
  TRY_ASSIGN(const auto live,
             find_int64(db_,
                        "SELECT count(*) FROM (SELECT 1 FROM numbers INDEXED BY numbers_campaign"
                        " WHERE organization_id = ?1 AND campaign_id = ?2"
                        " AND status <> 'released' LIMIT ?3)",
                        owner, id, up_to));
  return live.value_or(0);
}

result<void> number_table::clear_inbound_agent(organization_id owner, agent_id id, timestamp at) {
  changes_.mark(owner);
  forget_kept();  // any of them may be that agent's
  return execute(db_,
                 "UPDATE numbers SET inbound_agent_id = NULL, updated_at = ?3"
                 " WHERE organization_id = ?1 AND inbound_agent_id = ?2",
                 owner, id, at);
}

result<void> number_table::put_assignment(const assignment& row) {
  changes_.mark(row.organization);
  return execute_with_row(db_,
                          "INSERT INTO assignments (organization_id, number_id, agent_id,"
                          " send_sms, receive_sms, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                          " ON CONFLICT DO UPDATE SET send_sms = ?4, receive_sms = ?5,"
                          " created_at = ?6",
                          row);
}

result<bool> number_table::remove_assignment(organization_id owner, number_id id, agent_id who) {
  changes_.mark(owner);
  TRY(execute(db_,
              "DELETE FROM assignments"
              " WHERE organization_id = ? AND number_id = ? AND agent_id = ?",
              owner, id, who));
  return db_.changes() > 0;
}

result<std::int64_t> number_table::remove_assignments_of_number(organization_id owner,
                                                                number_id id) {
  changes_.mark(owner);
  TRY(execute(db_, "DELETE FROM assignments WHERE organization_id = ? AND number_id = ?", owner,
              id));
  return db_.changes();
}

result<void> number_table::remove_assignments_of_agent(organization_id owner, agent_id id) {
  changes_.mark(owner);
  return execute(db_, "DELETE FROM assignments WHERE organization_id = ? AND agent_id = ?", owner,
                 id);
}

result<std::vector<assignment>> number_table::assignments_of(organization_id owner,
                                                             number_id id) {
  return find_rows<assignment>(db_,
                               "SELECT organization_id, number_id, agent_id, send_sms,"
                               " receive_sms, created_at FROM assignments"
                               " WHERE organization_id = ? AND number_id = ?"
                               " ORDER BY created_at, agent_id LIMIT 1000",
                               owner, id);
}

}  // namespace dialplane::sqlite
