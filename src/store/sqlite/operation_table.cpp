#include "store/sqlite/operation_table.hpp"

#include "store/sqlite/event_rows.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<operation> {
  static auto fields(auto& row) {
    return field_list(row.id, row.organization, row.user, row.key, row.request_id, row.kind,
                      row.state, row.step, row.asked_through, row.number, row.campaign,
                      row.approval, row.request, row.carrier, row.e164, row.mark, row.attempts,
                      row.numbers_tried, row.held, row.slot_held, row.intent_at, row.outcome,
                      row.created_at, row.updated_at);
  }
};

template <>
struct row_shape<operation_step_row> {
  static auto fields(auto& row) {
    return field_list(row.operation, row.sequence, row.step, row.detail, row.at);
  }
};

namespace {

// The parts of an operation's history that its own row holds.
struct own_history {
  std::string first_step;  // empty: from before such rows held it
  std::string first_detail;
  timestamp created_at;
  operation_state state = operation_state::open;
  operation_step step = operation_step::accepted;
  timestamp updated_at;
};

}  // namespace

template <>
struct row_shape<own_history> {
  static auto fields(auto& row) {
    return field_list(empty_as_null(row.first_step), empty_as_null(row.first_detail),
                      row.created_at, row.state, row.step, row.updated_at);
  }
};

#define OPERATION_COLUMNS                                                                      \
  "id, organization_id, user_id, key_id, request_id, kind, state, step, asked_through,"        \
  " number_id, campaign_id, approval_id, request, carrier, e164, mark, attempts,"              \
  " numbers_tried, held, slot_held, intent_at, outcome, created_at, updated_at"

result<void> operation_table::insert(const operation& row) {
  return execute_with_row(db_,
                          "INSERT INTO operations (" OPERATION_COLUMNS
                          ", first_step, first_detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?8, ?, ?, ?,"
                          " ?, ?, ?, ?15, ?, ?, ?, ?, ?, ?, ?, ?, ?24, ?8, ?15)",
                          row);
}

// Who asked for what never changes; setting no more than the rest leaves the index of ids alone.
#define SET_PROGRESS                                                                       \
  "UPDATE operations SET step = ?8, number_id = ?10, campaign_id = ?11, approval_id = ?12," \
  " request = ?13, carrier = ?14, e164 = ?15, mark = ?16, attempts = ?17,"                 \
  " numbers_tried = ?18, held = ?19, slot_held = ?20, intent_at = ?21, outcome = ?22,"     \
  " updated_at = ?24"

// While it stays open, its entry in the index of open operations stays as it is.
result<void> operation_table::update(const operation& row) {
  const std::string_view sql = row.state == operation_state::open
                                   ? SET_PROGRESS " WHERE id = ?1 AND state = 'open'"
                                   : SET_PROGRESS ", state = ?7 WHERE id = ?1 AND state = 'open'";
  return update_with_row(db_, sql, row);
}

result<std::optional<operation>> operation_table::find(organization_id owner, operation_id id) {
  return find_row<operation>(
      db_, "SELECT " OPERATION_COLUMNS " FROM operations WHERE id = ? AND organization_id = ?", id,
      owner);
}

result<std::optional<operation>> operation_table::find_any(operation_id id) {
  return find_row<operation>(db_, "SELECT " OPERATION_COLUMNS " FROM operations WHERE id = ?", id);
}

result<std::int64_t> operation_table::count_open() {
  TRY_ASSIGN(const auto count, find_int64(db_,
                                          "SELECT count(*) FROM operations"
                                          " INDEXED BY operations_open WHERE state = 'open'"));
  return count.value_or(0);
}

result<std::vector<operation>> operation_table::open_ones(std::size_t limit) {
  return find_rows<operation>(db_,
                              "SELECT " OPERATION_COLUMNS
                              " FROM operations INDEXED BY operations_open WHERE state = 'open'"
                              " ORDER BY id LIMIT ?",
                              static_cast<std::int64_t>(limit));
}

result<void> operation_table::add_step(operation_id id, std::string_view step,
                                       std::string_view detail, timestamp at) {
  return execute(db_,
                 "INSERT INTO operation_steps (operation_id, sequence, step, detail, at)"
                 " VALUES (?1, (SELECT coalesce(max(sequence), 0) + 1 FROM operation_steps"
                 " WHERE operation_id = ?1), ?2, ?3, ?4)",
                 id, step, detail, at);
}

// What an operation began with and ended with is in its own row, everything between in rows of its
// history.
result<std::vector<operation_step_row>> operation_table::steps_of(operation_id id) {
  TRY_ASSIGN(const auto own,
             find_row<own_history>(db_,
                                   "SELECT first_step, first_detail, created_at, state, step,"
                                   " updated_at FROM operations WHERE id = ?",
                                   id));
  TRY_ASSIGN(std::vector<operation_step_row> steps,
             find_rows<operation_step_row>(
                 db_,
                 "SELECT operation_id, sequence, step, detail, at FROM operation_steps"
                 " WHERE operation_id = ? ORDER BY sequence LIMIT 10000",
                 id));
  if (!own) return steps;
  if (!own->first_step.empty()) {
    steps.insert(steps.begin(),
                 {id, 0, own->first_step, own->first_detail, own->created_at});
  }
  const bool has_ended = own->state != operation_state::open;
  const std::string_view last = name_of_value(own->step);
  if (has_ended && (steps.empty() || steps.back().step != last)) {
    steps.push_back({id, 0, std::string(last), "", own->updated_at});
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i].sequence = static_cast<std::int64_t>(i) + 1;
  }
  return steps;
}

result<void> operation_table::append_event(const event& row) {
  event_mark_ = true;
  return execute_with_row(db_,
                          "INSERT INTO events (id, organization_id, user_id, type, data,"
                          " created_at) VALUES (?, ?, ?, ?, ?, ?)",
                          row);
}

}  // namespace dialplane::sqlite
