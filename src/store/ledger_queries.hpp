// Credits: entries and the balances they make.
#pragma once

#include <optional>

#include "base/error.hpp"
#include "domain/ledger.hpp"
#include "store/paging.hpp"

namespace dialplane {

class ledger_queries {
 public:
  virtual ~ledger_queries() = default;
  virtual result<ledger_balances> balances(organization_id owner) = 0;
  // Appends the entry and moves the two balances; fills in available_after. refused with
  // insufficient_credits when `from` is available or held and would fall below zero.
  virtual result<ledger_entry> post(ledger_entry entry) = 0;
  // What a user's acts took from the balance in a month (month_of), held or spent, less what came
  // back in it.
  virtual result<micro_credits> spent_by_user(organization_id owner, user_id who,
                                              std::int64_t month) = 0;
  // Entries not older than `since`, newest first.
  virtual result<page<ledger_entry>> page_of(organization_id owner, timestamp since,
                                             const page_request& cut) = 0;
};

}  // namespace dialplane
