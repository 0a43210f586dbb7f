// A carrier account tried out by hand: what it says about itself and, where asked for, one number
// bought, looked at and released again. Every step is reported with what was asked and answered.
//
// With `records`, an adapter of its own makes the calls, and what goes over its wire is written
// down, redacted (carriers/wire_transcript).
//
// Spends money only with `spends`. A purchase whose answer is lost is looked for before anything
// else; what could not be released is named with its mark. Never touches a number that is not its
// own.
#pragma once

#include <boost/json/array.hpp>
#include <optional>
#include <string>

#include "app/carrier_accounts.hpp"

namespace dialplane {

struct trial_order {
  bool buys = false;    // look for the cheapest number
  bool spends = false;  // and do buy it
  bool records = false;
};

struct trial_outcome {
  account_check check;
  // {"step","ok","asked","answered"}: no secrets, no texts.
  boost::json::array steps;
  bool went_well = true;             // every step that was asked for
  std::optional<std::string> advice;  // what to do next
  std::string transcript;             // JSON lines, with `records`
};

// On an event loop; `done` there, once.
void try_out_account(account_book& book, const carrier_account& row, trial_order order,
                     unique_function<void(trial_outcome)> done);

}  // namespace dialplane
