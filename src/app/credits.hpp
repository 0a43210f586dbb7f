// The company's credits: what is left, what moved it, and adding more. All run inside a unit.
// Rules: naive dialect §8.
#pragma once

#include <string_view>
#include <vector>

#include "app/environment.hpp"
#include "domain/ledger.hpp"
#include "domain/organization.hpp"
#include "store/session.hpp"

namespace dialplane {

struct usage_view {
  ledger_balances balances;             // the whole company's
  std::vector<ledger_entry> entries;    // newest first; a bound key sees its user's only
  std::optional<ledger_entry_id> next;  // the last row looked at, where there are more
};

// `days`: how far back. Entries of other users are left out after the page is cut, so a bound key
// may get a short page with more behind it.
result<usage_view> read_usage(session& work, const app_environment& env, const actor& who,
                              std::int64_t days, const page_request& cut);

// refused: insufficient_credits, with what is needed, what is there and the packs.
result<void> check_balance(session& work, organization_id owner, micro_credits needed);

struct completed_topup {
  micro_credits added;
  micro_credits balance;
};
// not_found: no such pack.
result<completed_topup> top_up(session& work, const app_environment& env, const actor& who,
                               std::string_view pack, std::string_view request);

}  // namespace dialplane
