#include "carriers/sandbox/ledger_file.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/check.hpp"
#include "base/sqlite_log_writes.hpp"

namespace dialplane::sandbox {

namespace {

constexpr std::int64_t file_version = 1;
constexpr std::size_t max_page = 1'000;
constexpr int late_orders_at_once = 256;
constexpr int rests_at_once = 1'000;

// Sales are written in order of time, and marks come nearly so: both grow at their ends, and a
// purchase costs the same with a million numbers sold as with none. That the number itself is sold
// only once is the inventory's to know, which also knows the row of each (inventory.hpp).
constexpr std::string_view ledger_tables = R"sql(
CREATE TABLE numbers (
  id INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  mark TEXT NOT NULL,
  sold_ms INTEGER NOT NULL,
  hidden_until_ms INTEGER NOT NULL,
  routing INTEGER,
  campaign INTEGER
) STRICT;
CREATE INDEX numbers_by_mark ON numbers (mark);
CREATE TABLE routings (
  id INTEGER PRIMARY KEY,
  text_url TEXT NOT NULL,
  voice_url TEXT NOT NULL,
  UNIQUE (text_url, voice_url)
) STRICT;
CREATE TABLE taken_elsewhere (
  number INTEGER PRIMARY KEY,
  since_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE resting (
  until_ms INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (until_ms, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE late_orders (
  due_ms INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('buy', 'release')),
  mark TEXT NOT NULL,
  text_url TEXT NOT NULL,
  voice_url TEXT NOT NULL,
  hidden_for_ms INTEGER NOT NULL,
  ordered_ms INTEGER NOT NULL,
  PRIMARY KEY (due_ms, number, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE campaigns (
  id INTEGER PRIMARY KEY,
  mark TEXT NOT NULL UNIQUE,
  reference TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  use_case TEXT NOT NULL,
  filed_ms INTEGER NOT NULL,
  review_from_ms INTEGER NOT NULL,
  decided_from_ms INTEGER NOT NULL,
  rejection_reason TEXT
) STRICT;
CREATE INDEX campaigns_by_decision ON campaigns (decided_from_ms);
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// A cursor is the id of the last row shown.
result<std::int64_t> parse_cursor(const std::optional<std::string>& cursor) {
  if (!cursor) return 0;
  std::uint32_t row = 0;
  const char* end = cursor->data() + cursor->size();
  const auto [stop, code] = std::from_chars(cursor->data(), end, row);
  if (code != std::errc{} || stop != end) {
    return bad_field("cursor", "The cursor is not one that a page gave.");
  }
  return row;
}

// Fills a page from rows whose first column is their id; one more row than `limit` was asked for.
template <typename Page, typename Read>
result<void> fill_page(sqlite::statement& rows, std::size_t limit, Page& page, Read read) {
  std::int64_t last = 0;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return {};
    if (page.numbers.size() == limit) {
      page.next_cursor = std::to_string(last);
      return {};
    }
    last = rows.int64(0);
    page.numbers.push_back(read(rows));
  }
}

bool sets_routing(const number_routing& routing) {
  return !routing.text_url.empty() || !routing.voice_url.empty();
}

// Columns: id, number, mark, sold_ms, routing.
carrier_number read_number(const sqlite::statement& row) {
  return {.e164 = e164_of(stock_key{row.int64(1)}),
          .mark = std::string(row.text(2)),
          .bought_at = {row.int64(3)},
          .routing_set = !row.is_null(4)};
}

}  // namespace

error number_is_gone() {
  return conflicting(error_code::number_unavailable, "This number is not for sale any more.");
}

error not_our_number() {
  return conflicting(error_code::number_unavailable,
                     "This number does not belong to the account.");
}

bool is_business(const error& failure) noexcept {
  return failure.kind == error_class::conflict || failure.code == error_code::carrier_refused ||
         failure.code == error_code::code_wrong || failure.code == error_code::code_expired ||
         failure.code == error_code::invalid_input;
}

ledger_file::ledger_file(sqlite::database opened, milliseconds rest, inventory& stock)
    : database_(std::move(opened)), rest_(rest), stock_(stock) {}

result<std::unique_ptr<ledger_file>> ledger_file::open(const std::string& path, milliseconds rest,
                                                       inventory& stock, timestamp now,
                                                       leftovers& found) {
  TRY_ASSIGN(auto opened, sqlite::database::open(path, sqlite::open_mode::read_write_create, 0,
                                                 sqlite::gathered_log_writes));
  std::unique_ptr<ledger_file> file(new ledger_file(std::move(opened), rest, stock));
  // A small cache: both trees grow at their ends, older pages are hardly ever looked at again.
  TRY(file->database_.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
                           "PRAGMA cache_size = -2000; PRAGMA wal_autocheckpoint = 4000;"
                           "PRAGMA journal_size_limit = 67108864"));
  TRY(file->make_tables());
  TRY_ASSIGN(found, file->load(now));
  return file;
}

result<void> ledger_file::make_tables() {
  TRY_ASSIGN(const std::int64_t version, database_.query_int64("PRAGMA user_version"));
  if (version == file_version) return {};
  if (version > file_version) {
    return refused(error_code::store_failed,
                   "The sandbox carrier's file was written by a newer version of Dialplane.");
  }
  TRY_ASSIGN(auto making, sqlite::transaction::begin_immediate(database_));
  TRY(database_.exec(ledger_tables));
  TRY(database_.exec("PRAGMA user_version = 1"));
  return making.commit();
}

result<leftovers> ledger_file::load(timestamp now) {
  leftovers found;
  TRY(load_numbers(now, found));
  TRY(load_off_shelf());
  TRY(load_late_orders(found));
  TRY(find_next_due());
  committed_counts_ = counts_;
  return found;
}

result<void> ledger_file::load_numbers(timestamp now, leftovers& found) {
  TRY_ASSIGN(auto rows,
             database_.prepare("SELECT id, number, hidden_until_ms, routing FROM numbers"));
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return {};
    ++counts_.sold;
    const auto row = static_cast<std::uint32_t>(rows.int64(0));
    last_row_ = std::max(last_row_, row);
    const timestamp hidden_until{rows.int64(2)};
    if (hidden_until > now) found.shows_at = std::max(found.shows_at, hidden_until);
    // A number whose area code is not in the table any more stays in the books only.
    const auto key = stock_.find(rows.int64(1));
    if (!key) continue;
    stock_.take(*key);
    stock_.set_row(*key, row);
    if (!rows.is_null(3)) stock_.set_routed(*key, true);
  }
}

result<void> ledger_file::load_off_shelf() {
  TRY_ASSIGN(auto rows, database_.prepare("SELECT number, 1 FROM taken_elsewhere UNION ALL"
                                          " SELECT number, 0 FROM resting"));
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return {};
    ++(rows.int64(1) != 0 ? counts_.taken_elsewhere : counts_.resting);
    const auto key = stock_.find(rows.int64(0));
    if (key) stock_.take(*key);
  }
}

result<void> ledger_file::load_late_orders(leftovers& found) {
  TRY_ASSIGN(auto rows, database_.prepare("SELECT number, due_ms + hidden_for_ms"
                                          " FROM late_orders WHERE kind = 'buy'"));
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return {};
    found.shows_at = std::max(found.shows_at, timestamp{rows.int64(1)});
    const auto key = stock_.find(rows.int64(0));
    if (key) stock_.take(*key);
  }
}

result<void> ledger_file::begin(timestamp now) {
  now_ = now;
  return database_.begin_immediate();
}

result<void> ledger_file::commit() {
  TRY(database_.commit());
  for (const routing_change& change : routed_in_batch_) {
    stock_.set_routed(change.key, change.routed);
  }
  for (stock_key key : returned_in_batch_) stock_.put_back(key);
  committed_counts_ = counts_;
  taken_in_batch_.clear();
  returned_in_batch_.clear();
  routed_in_batch_.clear();
  return {};
}

void ledger_file::roll_back() {
  // Where even this fails, the connection's next begin fails too and says so.
  (void)database_.rollback();
  for (stock_key key : taken_in_batch_) stock_.put_back(key);
  counts_ = committed_counts_;
  next_due_ = now_;  // looked up again with the next apply_due
  last_routing_id_ = 0;
  taken_in_batch_.clear();
  returned_in_batch_.clear();
  routed_in_batch_.clear();
}

void ledger_file::take_in_batch(stock_key key) {
  stock_.take(key);
  taken_in_batch_.push_back(key);
}

result<carrier_number> ledger_file::buy(const sale_order& order) {
  if (stock_.is_taken(order.key)) return number_is_gone();
  TRY_ASSIGN(auto sold, sell(order));
  take_in_batch(order.key);
  return sold;
}

result<std::optional<std::int64_t>> ledger_file::routing_id(const number_routing& routing) {
  std::optional<std::int64_t> id;
  if (!sets_routing(routing)) return id;
  const bool is_last = last_routing_id_ != 0 && routing.text_url == last_routing_.text_url &&
                       routing.voice_url == last_routing_.voice_url;
  if (!is_last) {
    TRY_ASSIGN(auto insert, database_.prepare("INSERT OR IGNORE INTO routings"
                                              " (text_url, voice_url) VALUES (?, ?)"));
    TRY(insert.bind_all(routing.text_url, routing.voice_url).run());
    TRY_ASSIGN(auto rows, database_.prepare("SELECT id FROM routings"
                                            " WHERE text_url = ? AND voice_url = ?"));
    rows.bind_all(routing.text_url, routing.voice_url);
    TRY_ASSIGN(const bool found, rows.step());
    CHECK(found);  // just written, if it was not there
    last_routing_ = routing;
    last_routing_id_ = rows.int64(0);
  }
  id = last_routing_id_;
  return id;
}

result<carrier_number> ledger_file::sell(const sale_order& order) {
  TRY_ASSIGN(const auto routing, routing_id(order.routing));
  TRY_ASSIGN(auto insert,
             database_.prepare("INSERT INTO numbers (id, number, mark, sold_ms, hidden_until_ms,"
                               " routing) VALUES (?, ?, ?, ?, ?, ?)"));
  const timestamp shows_at = order.hidden_for.count() > 0 ? now_ + order.hidden_for : timestamp{};
  const std::uint32_t row = ++last_row_;
  TRY(insert
          .bind_all(row, to_int(order.key), order.mark, now_.unix_ms, shows_at.unix_ms, routing)
          .run());
  stock_.set_row(order.key, row);
  ++counts_.sold;
  if (routing) routed_in_batch_.push_back({order.key, true});
  return carrier_number{.e164 = e164_of(order.key),
                        .mark = order.mark,
                        .bought_at = now_,
                        .routing_set = routing.has_value()};
}

result<void> ledger_file::take_elsewhere(stock_key key) {
  if (stock_.is_taken(key)) return {};
  TRY_ASSIGN(auto insert, database_.prepare("INSERT INTO taken_elsewhere VALUES (?, ?)"));
  TRY(insert.bind_all(to_int(key), now_.unix_ms).run());
  ++counts_.taken_elsewhere;
  take_in_batch(key);
  return {};
}

result<void> ledger_file::note_late(std::string_view kind, const sale_order& order,
                                    timestamp due) {
  TRY_ASSIGN(auto insert, database_.prepare("INSERT OR IGNORE INTO late_orders"
                                            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  TRY(insert
          .bind_all(due.unix_ms, to_int(order.key), kind, order.mark, order.routing.text_url,
                    order.routing.voice_url, order.hidden_for.count(), now_.unix_ms)
          .run());
  wake_at(due);
  return {};
}

result<void> ledger_file::buy_later(const sale_order& order, timestamp due) {
  if (stock_.is_taken(order.key)) return number_is_gone();
  TRY(note_late("buy", order, due));
  take_in_batch(order.key);
  return {};
}

result<std::optional<carrier_number>> ledger_file::look_up(const look_up_query& query) {
  std::optional<carrier_number> by_number;
  if (query.key) {
    TRY_ASSIGN(by_number, find_number(*query.key, query));
    const bool fits = by_number && (query.mark.empty() || by_number->mark == query.mark);
    if (fits || query.mark.empty()) return by_number;
  }
  TRY_ASSIGN(auto by_mark, find_mark(query));
  return by_mark ? std::move(by_mark) : std::move(by_number);
}

result<std::optional<carrier_number>> ledger_file::find_number(stock_key key,
                                                               const look_up_query& query) {
  TRY_ASSIGN(auto rows,
             database_.prepare("SELECT id, number, mark, sold_ms, routing FROM numbers"
                               " WHERE id = ? AND number = ? AND hidden_until_ms <= ?"
                               " AND sold_ms <= ?"));
  rows.bind_all(row_of(key), to_int(key), now_.unix_ms, (now_ + -query.blind_for).unix_ms);
  TRY_ASSIGN(const bool found, rows.step());
  std::optional<carrier_number> number;
  if (found) number = read_number(rows);
  return number;
}

result<std::optional<carrier_number>> ledger_file::find_mark(const look_up_query& query) {
  TRY_ASSIGN(auto rows,
             database_.prepare("SELECT id, number, mark, sold_ms, routing FROM numbers"
                               " WHERE mark = ? AND hidden_until_ms <= ? AND sold_ms <= ?"
                               " ORDER BY id LIMIT 1"));
  rows.bind_all(query.mark, now_.unix_ms, (now_ + -query.blind_for).unix_ms);
  TRY_ASSIGN(const bool found, rows.step());
  std::optional<carrier_number> number;
  if (found) number = read_number(rows);
  return number;
}

result<carrier_number_page> ledger_file::list_owned(std::optional<std::string> cursor,
                                                    std::size_t limit) {
  if (limit < 1 || limit > max_page) return bad_field("limit", "limit must be from 1 to 1000.");
  TRY_ASSIGN(const std::int64_t after, parse_cursor(cursor));
  TRY_ASSIGN(auto rows,
             database_.prepare("SELECT id, number, mark, sold_ms, routing FROM numbers"
                               " WHERE id > ? AND hidden_until_ms <= ? ORDER BY id LIMIT ?"));
  rows.bind_all(after, now_.unix_ms, limit + 1);
  carrier_number_page page;
  TRY(fill_page(rows, limit, page, read_number));
  return page;
}

result<sandbox_sold_page> ledger_file::list_sold(std::optional<std::string> cursor,
                                                 std::size_t limit) {
  if (limit < 1 || limit > max_page) return bad_field("limit", "limit must be from 1 to 1000.");
  TRY_ASSIGN(const std::int64_t after, parse_cursor(cursor));
  TRY_ASSIGN(auto rows, database_.prepare("SELECT id, number, mark, sold_ms FROM numbers"
                                          " WHERE id > ? ORDER BY id LIMIT ?"));
  rows.bind_all(after, limit + 1);
  sandbox_sold_page page;
  TRY(fill_page(rows, limit, page, [](const sqlite::statement& row) {
    return sandbox_sale{e164_of(stock_key{row.int64(1)}), std::string(row.text(2)),
                        {row.int64(3)}};
  }));
  return page;
}

result<void> ledger_file::set_routing(stock_key key, const number_routing& routing) {
  TRY_ASSIGN(const auto id, routing_id(routing));
  TRY_ASSIGN(auto update,
             database_.prepare("UPDATE numbers SET routing = ? WHERE id = ? AND number = ?"));
  TRY(update.bind_all(id, row_of(key), to_int(key)).run());
  if (database_.changes() == 0) return not_our_number();
  routed_in_batch_.push_back({key, id.has_value()});
  return {};
}

result<bool> ledger_file::is_sold(std::optional<stock_key> key) {
  if (!key) return false;
  TRY_ASSIGN(auto rows, database_.prepare("SELECT 1 FROM numbers WHERE id = ? AND number = ?"));
  rows.bind_all(row_of(*key), to_int(*key));
  return rows.step();
}

result<void> ledger_file::release(stock_key key, std::string_view mark) {
  TRY_ASSIGN(auto remove, database_.prepare("DELETE FROM numbers WHERE id = ?1 AND number = ?2"
                                            " AND (?3 = '' OR mark = ?3)"));
  TRY(remove.bind_all(row_of(key), to_int(key), mark).run());
  if (database_.changes() == 0) return {};
  const timestamp until = now_ + rest_;
  TRY_ASSIGN(auto insert, database_.prepare("INSERT OR IGNORE INTO resting VALUES (?, ?)"));
  TRY(insert.bind_all(until.unix_ms, to_int(key)).run());
  routed_in_batch_.push_back({key, false});
  --counts_.sold;
  ++counts_.resting;
  wake_at(until);
  return {};
}

result<void> ledger_file::release_later(stock_key key, std::string_view mark, timestamp due) {
  return note_late("release", {.key = key, .mark = std::string(mark), .routing = {}}, due);
}

void ledger_file::wake_at(timestamp due) noexcept {
  if (!next_due_ || due < *next_due_) next_due_ = due;
}

result<void> ledger_file::find_next_due() {
  TRY_ASSIGN(auto rows, database_.prepare("SELECT min(due) FROM ("
                                          "SELECT min(due_ms) AS due FROM late_orders UNION ALL "
                                          "SELECT min(until_ms) FROM resting)"));
  TRY_ASSIGN(const bool found, rows.step());
  CHECK(found);  // an aggregate always has its row
  next_due_.reset();
  if (const auto due = rows.optional_int64(0)) next_due_ = timestamp{*due};
  return {};
}

result<void> ledger_file::apply_due() {
  if (!next_due_ || *next_due_ > now_) return {};
  for (int done = 0; done < late_orders_at_once; ++done) {
    TRY_ASSIGN(const bool more, apply_one_late_order());
    if (!more) break;
  }
  TRY(end_rests());
  return find_next_due();
}

result<bool> ledger_file::apply_one_late_order() {
  sale_order order{};
  bool is_release = false;
  timestamp due;
  timestamp ordered;
  {
    TRY_ASSIGN(auto rows,
               database_.prepare("SELECT due_ms, number, kind, mark, text_url, voice_url,"
                                 " hidden_for_ms, ordered_ms FROM late_orders"
                                 " WHERE due_ms <= ? ORDER BY due_ms, number, kind LIMIT 1"));
    rows.bind_all(now_.unix_ms);
    TRY_ASSIGN(const bool found, rows.step());
    if (!found) return false;
    due = {rows.int64(0)};
    ordered = {rows.int64(7)};
    is_release = rows.text(2) == "release";
    order = {.key = stock_key{rows.int64(1)},
             .mark = std::string(rows.text(3)),
             .routing = {std::string(rows.text(4)), std::string(rows.text(5))},
             .hidden_for = milliseconds(rows.int64(6))};
  }
  TRY_ASSIGN(auto remove, database_.prepare("DELETE FROM late_orders WHERE due_ms = ?"
                                            " AND number = ? AND kind = ?"));
  TRY(remove.bind_all(due.unix_ms, to_int(order.key), is_release ? "release" : "buy").run());
  if (!stock_.find(to_int(order.key))) return true;
  // What happens late happens at its due time, even if nobody was there to note it.
  const timestamp present = std::exchange(now_, due);
  result<void> outcome;
  if (!is_release) {
    const auto sold = sell(order);
    if (!sold) outcome = sold.error();
  } else {
    TRY_ASSIGN(auto rows, database_.prepare("SELECT sold_ms <= ? FROM numbers"
                                            " WHERE id = ? AND number = ?"));
    rows.bind_all(ordered.unix_ms, row_of(order.key), to_int(order.key));
    TRY_ASSIGN(const bool found, rows.step());
    const bool same_sale = found && rows.int64(0) != 0;
    if (same_sale) outcome = release(order.key, order.mark);
  }
  now_ = present;
  TRY(outcome);
  return true;
}

result<void> ledger_file::end_rests() {
  std::vector<stock_key> rested;
  std::int64_t last_until = 0;
  {
    TRY_ASSIGN(auto rows, database_.prepare("SELECT number, until_ms FROM resting"
                                            " WHERE until_ms <= ? ORDER BY until_ms, number"
                                            " LIMIT ?"));
    rows.bind_all(now_.unix_ms, rests_at_once);
    while (true) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) break;
      rested.push_back(stock_key{rows.int64(0)});
      last_until = rows.int64(1);
    }
  }
  if (rested.empty()) return {};
  TRY_ASSIGN(auto remove,
             database_.prepare("DELETE FROM resting WHERE (until_ms, number) <= (?, ?)"));
  TRY(remove.bind_all(last_until, to_int(rested.back())).run());
  counts_.resting -= static_cast<std::int64_t>(rested.size());
  for (stock_key key : rested) {
    if (stock_.find(to_int(key))) returned_in_batch_.push_back(key);
  }
  return {};
}

}  // namespace dialplane::sandbox
