// Credits, double entry: each row moves an amount from one account of the organization to
// another, so the accounts always sum to zero. Nothing is ever edited or deleted.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

// granted: where credits come from (goes below zero as they are given out).
enum class ledger_account { granted, available, held, spent };
NAMED_ENUM(ledger_account, {ledger_account::granted, "granted"},
           {ledger_account::available, "available"}, {ledger_account::held, "held"},
           {ledger_account::spent, "spent"});

enum class ledger_kind { topup, hold, charge, refund, rental };
NAMED_ENUM(ledger_kind, {ledger_kind::topup, "topup"}, {ledger_kind::hold, "hold"},
           {ledger_kind::charge, "charge"}, {ledger_kind::refund, "refund"},
           {ledger_kind::rental, "rental"});

struct ledger_entry {
  ledger_entry_id id;
  organization_id organization;
  std::optional<user_id> user;
  ledger_kind kind = ledger_kind::topup;
  ledger_account from = ledger_account::granted;
  ledger_account to = ledger_account::available;
  micro_credits amount;              // above zero
  std::string action;                // "phone.provision"
  std::string reference;             // id of the operation or pack behind it
  micro_credits available_after;
  timestamp created_at;
};

// Calendar months since year 0, in UTC: what monthly limits count by.
std::int64_t month_of(timestamp at) noexcept;

struct ledger_balances {
  micro_credits available;
  micro_credits held;
  micro_credits spent;
};

}  // namespace dialplane
