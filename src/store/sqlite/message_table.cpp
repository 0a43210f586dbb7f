#include "store/sqlite/message_table.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

namespace {

// A list of texts, stored as a JSON array.
template <typename List>
struct list_field {
  List& items;
};
template <typename List>
list_field<List> as_list(List& items) {
  return {items};
}

template <typename List>
void put(statement& to, int at, const list_field<List>& value) {
  if (value.items.empty()) {
    to.bind_borrowed(at, std::string_view("[]"));
    return;
  }
  boost::json::array array;
  for (const std::string& item : value.items) array.push_back(boost::json::value(item));
  to.bind(at, boost::json::serialize(array));
}

bool get(const statement& from, int at, list_field<std::vector<std::string>> value) {
  value.items.clear();
  const std::string_view text = from.text(at);
  if (text == "[]") return true;
  boost::system::error_code failed;
  const boost::json::value parsed = boost::json::parse(text, failed);
  if (failed || !parsed.is_array()) return false;
  for (const boost::json::value& item : parsed.get_array()) {
    if (!item.is_string()) return false;
    value.items.emplace_back(item.get_string());
  }
  return true;
}

// What update() looks at before it writes.
struct carrier_key {
  std::string carrier_message_id;
};

result<void> naming_text_conflict(result<void> done) {
  if (done || done.error().kind != error_class::conflict) return done;
  error failure = std::move(done).error();
  failure.message = "Another text has this id at the carrier.";
  return failure;
}

}  // namespace

template <>
struct row_shape<carrier_key> {
  static auto fields(auto& row) { return field_list(empty_as_null(row.carrier_message_id)); }
};

template <>
struct row_shape<message> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.number, row.agent, row.key,
                      row.direction, row.status, row.step, row.purpose, row.from, row.to, row.body,
                      as_list(row.media_urls), row.segments, row.price, row.carrier,
                      empty_as_null(row.carrier_message_id), row.failure_code, row.failure_reason,
                      row.metadata, row.in_reply_to, row.request_id, row.attempts,
                      row.queued_until, row.intent_at, row.sent_at, row.delivered_at,
                      row.failed_at, row.created_at, row.updated_at);
  }
};

#define MESSAGE_COLUMNS                                                                       \
  "organization_id, id, user_id, number_id, agent_id, key_id, direction, status, step,"       \
  " purpose, sender, recipient, body, media_urls, segments, price, carrier,"                  \
  " carrier_message_id, failure_code, failure_reason, metadata, in_reply_to, request_id,"     \
  " attempts, queued_until, intent_at, sent_at, delivered_at, failed_at, created_at, updated_at"

result<void> message_table::insert(const message& row) {
  return naming_text_conflict(
      execute_with_row(db_,
                       "INSERT INTO messages (" MESSAGE_COLUMNS
                       ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                       " ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       row));
}

#define SET_CHANGING_VALUES                                                                  \
  "UPDATE messages SET status = ?8, step = ?9, price = ?16, failure_code = ?19,"             \
  " failure_reason = ?20, metadata = ?21, attempts = ?24, queued_until = ?25,"               \
  " intent_at = ?26, sent_at = ?27, delivered_at = ?28, failed_at = ?29, updated_at = ?31"
#define OF_THAT_TEXT " WHERE id = ?2 AND organization_id = ?1"

// The index on the carrier's id is written only when that id changes, which it does once.
result<void> message_table::update(const message& row) {
  TRY_ASSIGN(const auto old,
             find_row<carrier_key>(db_, "SELECT carrier_message_id FROM messages WHERE id = ?",
                                   row.id));
  if (!old) return conflicting(error_code::conflict, "The text is gone.");
  if (old->carrier_message_id == row.carrier_message_id) {
    return update_with_row(db_, SET_CHANGING_VALUES OF_THAT_TEXT, row);
  }
  return naming_text_conflict(update_with_row(
      db_, SET_CHANGING_VALUES ", carrier_message_id = ?18" OF_THAT_TEXT, row));
}

result<std::optional<message>> message_table::find(organization_id owner, message_id id) {
  return find_row<message>(db_,
                           "SELECT " MESSAGE_COLUMNS
                           " FROM messages WHERE id = ? AND organization_id = ?",
                           id, owner);
}

result<std::optional<message>> message_table::find_any(message_id id) {
  return find_row<message>(db_, "SELECT " MESSAGE_COLUMNS " FROM messages WHERE id = ?", id);
}

result<std::optional<message>> message_table::find_by_carrier_id(
    std::string_view carrier, message_direction direction, std::string_view carrier_message_id) {
  return find_row<message>(db_,
                           "SELECT " MESSAGE_COLUMNS
                           " FROM messages INDEXED BY messages_carrier"
                           " WHERE carrier = ? AND direction = ? AND carrier_message_id = ?"
                           " AND carrier_message_id IS NOT NULL",
                           carrier, direction, carrier_message_id);
}

result<page<message>> message_table::page_one_way(organization_id owner, number_id number,
                                                  message_direction direction,
                                                  const page_request& cut) {
  static constexpr paged_sql sql = PAGED_SQL(
      "SELECT " MESSAGE_COLUMNS
      " FROM messages INDEXED BY messages_number"
      " WHERE number_id = ?1 AND direction = ?2 AND organization_id = ?3",
      "id");
  return read_page<message>(db_, sql, cut, number, direction, owner);
}

result<page<message>> message_table::page_of(organization_id owner, number_id number,
                                             std::optional<message_direction> only,
                                             const page_request& cut) {
  if (only) return page_one_way(owner, number, *only, cut);
  TRY_ASSIGN(page<message> both,
             page_one_way(owner, number, message_direction::inbound, cut));
  TRY_ASSIGN(page<message> sent, page_one_way(owner, number, message_direction::outbound, cut));
  both.has_more = both.has_more || sent.has_more;
  std::move(sent.rows.begin(), sent.rows.end(), std::back_inserter(both.rows));
  std::sort(both.rows.begin(), both.rows.end(),
            [](const message& a, const message& b) { return a.id > b.id; });
  const std::size_t limit = std::clamp<std::size_t>(cut.limit, 1, max_page_rows);
  if (both.rows.size() <= limit) return both;
  both.has_more = true;
  // Reading towards newer rows, those next to the cursor are the last ones.
  if (cut.before) both.rows.erase(both.rows.begin(), both.rows.end() - static_cast<long>(limit));
  both.rows.resize(limit);
  return both;
}

result<std::vector<message>> message_table::received_after(organization_id owner,
                                                           number_id number,
                                                           const uuid_bytes& after,
                                                           std::size_t limit) {
  return find_rows<message>(db_,
                            "SELECT " MESSAGE_COLUMNS
                            " FROM messages INDEXED BY messages_number"
                            " WHERE number_id = ?1 AND direction = 'inbound' AND id > ?2"
                            " AND organization_id = ?3 ORDER BY id LIMIT ?4",
                            number, after, owner, static_cast<std::int64_t>(limit));
}

}  // namespace dialplane::sqlite
