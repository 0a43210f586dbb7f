// The sandbox's books, in a SQLite file of their own: what it has sold to us, what strangers took,
// what rests after a release, and what a `late` fault still has to bring about.
//
// Used by the ledger's thread alone, one transaction at a time: begin, any number of calls, then
// commit or roll_back. Keeps the inventory in step: a number sold is off the shelf at once, one
// given back returns only with the commit. WAL with synchronous=OFF: what was committed survives
// the death of the process, not a power cut; a real carrier keeps real books. The one connection
// does all writes and all checkpoints.
//
// Errors of the carrier's business have the codes that carrier.hpp speaks of; any other error is a
// failure of the file and means: roll back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/sqlite.hpp"
#include "carriers/carrier.hpp"
#include "carriers/sandbox/inventory.hpp"
#include "carriers/sandbox_control.hpp"

namespace dialplane::sandbox {

using std::chrono::milliseconds;

struct sale_order {
  stock_key key;
  std::string mark;
  number_routing routing;
  milliseconds hidden_for{0};  // from the sale on
};

// With both, the mark weighs more: it is the surer sign of a purchase of ours. A number of the
// account under another mark is shown where the mark finds nothing.
struct look_up_query {
  std::optional<stock_key> key;
  std::string mark;  // empty: any
  milliseconds blind_for{0};     // does not see what was sold in the last so many
};

// What the start found unfinished.
struct leftovers {
  timestamp shows_at{};  // when the last late or hidden number shows; 0: there is none
};

// Somebody else has it; it was never ours, or is not any more.
error number_is_gone();
error not_our_number();

class ledger_file {
 public:
  // Makes or opens the file and tells the inventory what is off the shelf.
  static result<std::unique_ptr<ledger_file>> open(const std::string& path, milliseconds rest,
                                                   inventory& stock, timestamp now,
                                                   leftovers& found);

  result<void> begin(timestamp now);
  // After a failure of the commit itself nobody can say what the file holds; the class says so.
  result<void> commit();
  void roll_back();

  // conflict (number_unavailable) when it is gone; the same mark again is no exception.
  result<carrier_number> buy(const sale_order& order);
  // A stranger takes the number, if it is still there.
  result<void> take_elsewhere(stock_key key);
  // Keeps the number for a purchase that happens by itself at `due`.
  result<void> buy_later(const sale_order& order, timestamp due);

  result<std::optional<carrier_number>> look_up(const look_up_query& query);
  result<carrier_number_page> list_owned(std::optional<std::string> cursor, std::size_t limit);
  result<sandbox_sold_page> list_sold(std::optional<std::string> cursor, std::size_t limit);
  result<void> set_routing(stock_key key, const number_routing& routing);
  // Is it ours now? Nothing is no number of the stock.
  result<bool> is_sold(std::optional<stock_key> key);

  // Success for a number that is not ours, or not under that mark (empty: any).
  result<void> release(stock_key key, std::string_view mark);
  // As release, at `due`, unless the number was sold anew by then.
  result<void> release_later(stock_key key, std::string_view mark, timestamp due);

  // When apply_due has something to do next.
  std::optional<timestamp> next_due() const noexcept { return next_due_; }
  // Late purchases and releases whose time has come, and numbers that have rested enough; a bounded
  // number of each, the rest at the next call.
  result<void> apply_due();

  // As of the last commit.
  sandbox_counts counts() const noexcept { return committed_counts_; }

  sqlite::database& database() noexcept { return database_; }
  // Where the number's last sale stands in `numbers`, perhaps deleted by now. Rows are never used
  // again while the process lives, so a stale one finds nothing.
  std::int64_t row_of(stock_key key) const { return stock_.row_of(key); }
  timestamp now() const noexcept { return now_; }

 private:
  ledger_file(sqlite::database opened, milliseconds rest, inventory& stock);

  result<void> make_tables();
  result<leftovers> load(timestamp now);
  result<void> load_numbers(timestamp now, leftovers& found);
  result<void> load_off_shelf();
  result<void> load_late_orders(leftovers& found);
  result<void> find_next_due();
  void wake_at(timestamp due) noexcept;

  result<std::optional<carrier_number>> find_number(stock_key key, const look_up_query& query);
  result<std::optional<carrier_number>> find_mark(const look_up_query& query);
  result<carrier_number> sell(const sale_order& order);
  // The id of such a routing in its table; nothing for none.
  result<std::optional<std::int64_t>> routing_id(const number_routing& routing);
  result<bool> apply_one_late_order();
  result<void> end_rests();
  void take_in_batch(stock_key key);
  result<void> note_late(std::string_view kind, const sale_order& order, timestamp due);

  sqlite::database database_;
  milliseconds rest_;
  inventory& stock_;
  timestamp now_{};
  std::optional<timestamp> next_due_;
  std::uint32_t last_row_ = 0;
  number_routing last_routing_;  // most sales have the one before
  std::int64_t last_routing_id_ = 0;
  sandbox_counts counts_;
  sandbox_counts committed_counts_;
  std::vector<stock_key> taken_in_batch_;     // goes back if the transaction fails
  std::vector<stock_key> returned_in_batch_;  // goes back if it succeeds
  struct routing_change {
    stock_key key;
    bool routed;
  };
  std::vector<routing_change> routed_in_batch_;
};

// An error of the carrier's business, not a failure of the file. A violated constraint counts as
// business: SQLite has undone that one statement, and the others of the transaction stand.
bool is_business(const error& failure) noexcept;

}  // namespace dialplane::sandbox
