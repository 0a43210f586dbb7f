// The sandbox's reviewer of campaigns and toll-free verifications: decides by the clock alone.
//
// A filing is `created` for the first third of the review time, `in_review` for the rest, then
// `active` (or `rejected`, where a reason was stored). Its times are fixed when it is filed and
// move only while it is undecided, so no state is ever taken back. Works on the ledger's file,
// inside the ledger's transactions, on the ledger's thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/random.hpp"
#include "carriers/carrier.hpp"
#include "carriers/sandbox/ledger_file.hpp"

namespace dialplane::sandbox {

// When a filing changes its state.
struct review_times {
  timestamp in_review_from;
  timestamp decided_from;
};

review_times plan_review(timestamp filed, milliseconds review) noexcept;

// Status and the time to the next change at `now`; reference and reason are the caller's to set.
campaign_report judge_filing(const review_times& times, bool rejected, timestamp now) noexcept;

class campaign_desk {
 public:
  static constexpr milliseconds max_review{7 * 24 * 3'600'000};

  campaign_desk(ledger_file& file, random_source& random) : file_(file), random_(random) {}

  // The review time an operator has set, if any.
  result<std::optional<milliseconds>> stored_review();
  // Holds from now on, for undecided filings too.
  result<void> set_review(milliseconds review);

  // The same mark again gives the same filing.
  result<campaign_report> file(const campaign_filing& filing, milliseconds review);
  result<campaign_report> state(std::string_view reference);
  // conflict: the number is not ours. refused: no such campaign, or a rejected one.
  result<void> attach(std::string_view reference, stock_key number);

 private:
  result<std::optional<campaign_report>> find(std::string_view query, std::string_view value);
  std::string make_reference();

  ledger_file& file_;
  random_source& random_;
};

}  // namespace dialplane::sandbox
