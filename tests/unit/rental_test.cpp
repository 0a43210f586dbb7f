// When a number's months begin, and what they cost.
#include <doctest/doctest.h>

#include "domain/rental.hpp"
#include "support/moments.hpp"
#include "support/show_results.hpp"

namespace dialplane::test {

namespace {

number number_bought_at(const char* bought) {
  number row;
  row.created_at = moment(bought);
  return row;
}

}  // namespace

TEST_CASE("rental: months begin on the day of the purchase, or the month's last day") {
  const rental_rules rules;
  const timestamp bought = moment("2026-01-31T10:20:30.400Z");
  CHECK(to_rfc3339(month_start(bought, 1, rules)) == "2026-02-28T10:20:30.400Z");
  CHECK(to_rfc3339(month_start(bought, 2, rules)) == "2026-03-31T10:20:30.400Z");
  CHECK(to_rfc3339(month_start(bought, 3, rules)) == "2026-04-30T10:20:30.400Z");
  CHECK(to_rfc3339(month_start(bought, 12, rules)) == "2027-01-31T10:20:30.400Z");
  CHECK(to_rfc3339(month_start(moment("2024-02-29T00:00:00Z"), 12, rules)) ==
        "2025-02-28T00:00:00.000Z");
  rental_rules short_months;
  short_months.month = std::chrono::milliseconds(1'500);
  CHECK(month_start(bought, 3, short_months) == bought + std::chrono::milliseconds(4'500));
}

TEST_CASE("rental: a new one is due at the next month that begins, never for months before") {
  const rental_rules rules;
  const number bought = number_bought_at("2026-01-15T00:00:00Z");
  CHECK(to_rfc3339(new_rental(bought, rules, moment("2026-01-15T00:00:01Z")).next_at) ==
        "2026-02-15T00:00:00.000Z");
  const rental late = new_rental(bought, rules, moment("2026-04-20T00:00:00Z"));
  CHECK(to_rfc3339(late.next_at) == "2026-05-15T00:00:00.000Z");
  CHECK(late.months_settled == 4);
  CHECK(rental_reference(late) == bought.id.uuid() + "/5");
  rental_rules short_months;
  short_months.month = std::chrono::milliseconds(1'000);
  const rental soon = new_rental(bought, short_months, bought.created_at +
                                                           std::chrono::milliseconds(2'500));
  CHECK(soon.months_settled == 3);
  CHECK(soon.next_at == bought.created_at + std::chrono::milliseconds(3'000));
}

TEST_CASE("rental: what is charged, by type, dialect and origin") {
  rental_rules rules;
  number row = number_bought_at("2026-01-15T00:00:00Z");
  CHECK(monthly_rental(row, rules) == micro_credits::credits(4));
  row.type = number_type::toll_free;
  CHECK(monthly_rental(row, rules) == micro_credits::credits(8));
  row.imported = true;
  CHECK(monthly_rental(row, rules) == std::nullopt);
  rules.charges_imported = true;
  CHECK(monthly_rental(row, rules) == micro_credits::credits(8));
  // Imports come through the cartesia dialect: its rule is not theirs.
  row.bought_through = dialect::cartesia;
  CHECK(monthly_rental(row, rules) == micro_credits::credits(8));
  row.imported = false;
  CHECK(monthly_rental(row, rules) == std::nullopt);
  rules.charges_cartesia = true;
  CHECK(monthly_rental(row, rules) == micro_credits::credits(8));
}

TEST_CASE("rental: suspended numbers are those whose rental is") {
  CHECK(status_by_rental(std::nullopt) == number_status::active);
  rental row;
  for (const rental_state state : {rental_state::paid, rental_state::due, rental_state::exempt}) {
    row.state = state;
    CHECK(status_by_rental(row) == number_status::active);
  }
  row.state = rental_state::suspended;
  CHECK(status_by_rental(row) == number_status::suspended);
}

}  // namespace dialplane::test
