// The sandbox's reviewer of campaigns and toll-free verifications: decides by the clock, and as
// ordered.
//
// A filing is `created` for the first third of the review time, `in_review` for the rest, then
// decided: `active`, unless an order says otherwise (carriers/sandbox_control.hpp). Its times are
// fixed when it is filed and move only while it is undecided, so no state is ever taken back,
// except by orders that suspend, reinstate or expire. Works on the ledger's file, inside the
// ledger's transactions, on the ledger's thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/random.hpp"
#include "carriers/carrier.hpp"
#include "carriers/sandbox/ledger_file.hpp"
#include "carriers/sandbox/review_orders.hpp"

namespace dialplane::sandbox {

// When a filing changes its state.
struct review_times {
  timestamp in_review_from;
  timestamp decided_from;
};

review_times plan_review(timestamp filed, milliseconds review) noexcept;

// Status and the time to the next change at `now`, undecided or approved; the rest is the caller's
// to set.
campaign_report judge_filing(const review_times& times, timestamp now) noexcept;

class campaign_desk {
 public:
  static constexpr milliseconds max_review{7 * 24 * 3'600'000};

  campaign_desk(ledger_file& file, random_source& random, review_orders& orders)
      : file_(file), random_(random), orders_(orders) {}

  // Makes its tables where they are missing.
  static result<void> prepare(ledger_file& file);

  // The review time an operator has set, if any.
  result<std::optional<milliseconds>> stored_review();
  // Holds from now on, for undecided filings too.
  result<void> set_review(milliseconds review);

  // The same mark and submission again give the same filing; a higher submission has a rejected
  // one reviewed again.
  result<campaign_report> file(const campaign_filing& filing, milliseconds review);
  result<campaign_report> state(std::string_view reference);
  // conflict: the number is not ours. refused: no such campaign, or one that may not send. That it
  // worked is told by attachment().
  result<void> attach(std::string_view reference, stock_key number, milliseconds review);
  result<attachment_report> attachment(std::string_view reference, stock_key number);
  // One that is not there is success.
  result<void> end(std::string_view reference);

 private:
  struct entry;

  result<std::optional<entry>> find(std::string_view query, std::string_view value);
  result<void> decide(entry& row);
  result<void> write_decision(const entry& row);
  result<void> review_again(entry& row, std::int64_t submission, milliseconds review);
  result<entry> insert(const campaign_filing& filing, milliseconds review);
  campaign_report report_of(const entry& row) const;

  ledger_file& file_;
  random_source& random_;
  review_orders& orders_;
};

}  // namespace dialplane::sandbox
