// ledger_queries on SQLite. The balances are one row per organization beside the entries; the
// table itself refuses balances that do not sum to zero, or credits below zero.
#pragma once

#include "base/sqlite.hpp"
#include "store/ledger_queries.hpp"

namespace dialplane::sqlite {

class ledger_table final : public ledger_queries {
 public:
  explicit ledger_table(database& on) : db_(on) {}

  result<ledger_balances> balances(organization_id owner) override;
  result<ledger_entry> post(ledger_entry entry) override;
  result<micro_credits> spent_by_user(organization_id owner, user_id who,
                                      std::int64_t month) override;
  result<page<ledger_entry>> page_of(organization_id owner, timestamp since,
                                     const page_request& cut) override;

 private:
  result<void> count_for_user(const ledger_entry& entry);

  database& db_;
};

}  // namespace dialplane::sqlite
