#include "store/sqlite/ledger_table.hpp"

#include "store/sqlite/page_reading.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

namespace {

struct all_balances {
  micro_credits granted;  // below zero: what was given out
  micro_credits available;
  micro_credits held;
  micro_credits spent;

  micro_credits& of(ledger_account account) {
    switch (account) {
      case ledger_account::granted: return granted;
      case ledger_account::available: return available;
      case ledger_account::held: return held;
      case ledger_account::spent: return spent;
    }
    CHECK(false);
  }
};

// Moves the amount, or says why it cannot be moved.
result<void> move_amount(all_balances& balances, const ledger_entry& entry) {
  if (entry.amount.value <= 0 || entry.from == entry.to) {
    return internal_fault("a ledger entry must move an amount above zero to another account");
  }
  micro_credits& from = balances.of(entry.from);
  micro_credits& to = balances.of(entry.to);
  const bool is_credit =
      entry.from == ledger_account::available || entry.from == ledger_account::held;
  if (is_credit && from < entry.amount) {
    return refused(error_code::insufficient_credits, "There are not enough credits for this.");
  }
  if (__builtin_sub_overflow(from.value, entry.amount.value, &from.value) ||
      __builtin_add_overflow(to.value, entry.amount.value, &to.value)) {
    return refused(error_code::invalid_input, "The balance would become too large.");
  }
  return {};
}

struct monthly_spending {
  micro_credits spent;
};

// What the entry takes from the balance, for limits by user; what it gives back is below zero.
std::int64_t taken_by(const ledger_entry& entry) {
  if (entry.from == ledger_account::available) return entry.amount.value;
  const bool comes_back = entry.from == ledger_account::held &&
                          entry.to == ledger_account::available;
  return comes_back ? -entry.amount.value : 0;
}

}  // namespace

template <>
struct row_shape<all_balances> {
  static auto fields(auto& row) {
    return field_list(row.granted, row.available, row.held, row.spent);
  }
};

template <>
struct row_shape<monthly_spending> {
  static auto fields(auto& row) { return field_list(row.spent); }
};

template <>
struct row_shape<ledger_entry> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.kind, row.from, row.to, row.amount,
                      row.action, row.reference, row.available_after, row.created_at);
  }
};

#define BALANCES_OF \
  "SELECT granted, available, held, spent FROM ledger_balances WHERE organization_id = ?"
#define LEDGER_ENTRY_COLUMNS                                                               \
  "organization_id, id, user_id, kind, from_account, to_account, amount, action, reference," \
  " available_after, created_at"

result<ledger_balances> ledger_table::balances(organization_id owner) {
  TRY_ASSIGN(const auto found, find_row<all_balances>(db_, BALANCES_OF, owner));
  if (!found) return ledger_balances{};
  return ledger_balances{found->available, found->held, found->spent};
}

result<ledger_entry> ledger_table::post(ledger_entry entry) {
  TRY_ASSIGN(const auto found, find_row<all_balances>(db_, BALANCES_OF, entry.organization));
  all_balances balances = found.value_or(all_balances{});
  TRY(move_amount(balances, entry));
  entry.available_after = balances.available;
  TRY(execute_with_row(db_,
                       "INSERT INTO ledger_entries (" LEDGER_ENTRY_COLUMNS
                       ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       entry));
  TRY(execute(db_,
              "INSERT INTO ledger_balances (organization_id, granted, available, held, spent)"
              " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"
              " SET granted = ?2, available = ?3, held = ?4, spent = ?5",
              entry.organization, balances.granted, balances.available, balances.held,
              balances.spent));
  TRY(count_for_user(entry));
  return entry;
}

result<void> ledger_table::count_for_user(const ledger_entry& entry) {
  const std::int64_t taken = taken_by(entry);
  if (!entry.user || taken == 0) return {};
  return execute(db_,
                 "INSERT INTO user_spending (organization_id, user_id, month, spent)"
                 " VALUES (?1, ?2, ?3, max(0, ?4)) ON CONFLICT DO UPDATE"
                 " SET spent = max(0, spent + ?4)",
                 entry.organization, *entry.user, month_of(entry.created_at), taken);
}

result<micro_credits> ledger_table::spent_by_user(organization_id owner, user_id who,
                                                  std::int64_t month) {
  TRY_ASSIGN(const auto found,
             find_row<monthly_spending>(db_,
                                        "SELECT spent FROM user_spending WHERE"
                                        " organization_id = ? AND user_id = ? AND month = ?",
                                        owner, who, month));
  return found ? found->spent : micro_credits{};
}

result<page<ledger_entry>> ledger_table::page_of(organization_id owner, timestamp since,
                                                 const page_request& cut) {
  // Ids rise with time, so the id that `since` would have given ends the walk. A clock that was
  // set back leaves ids ahead of their times; the times themselves decide.
  static constexpr paged_sql sql = PAGED_SQL(
      "SELECT " LEDGER_ENTRY_COLUMNS
      " FROM ledger_entries WHERE organization_id = ?1 AND id >= ?2 AND created_at >= ?3",
      "id");
  uuid_bytes first{};
  for (int i = 0; i < 6; ++i) {
    first[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(since.unix_ms >> (8 * (5 - i)) & 0xff);
  }
  return read_page<ledger_entry>(db_, sql, cut, owner, first, since);
}

}  // namespace dialplane::sqlite
