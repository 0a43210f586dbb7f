// What a number costs each month after its first, and when. Pure: no clock, no rows.
//
// The first month is paid with the purchase. Every following one is due at the same day and time,
// so that charges are as spread over the month as the purchases were. Unpaid: after a grace the
// number may not text out any more; nothing is ever released for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "domain/named_enum.hpp"
#include "domain/number.hpp"

namespace dialplane {

struct rental_rules {
  micro_credits local = micro_credits::credits(4);
  micro_credits toll_free = micro_credits::credits(8);
  bool charges_imported = false;            // numbers that were at the carrier before us
  bool charges_cartesia = false;            // slots govern there (business_rules)
  std::chrono::milliseconds grace{7 * 24 * 3'600'000};
  std::chrono::milliseconds retry{3'600'000};  // between tries while unpaid
  // Instead of calendar months; 0: calendar months in UTC. For trying things out.
  std::chrono::milliseconds month{0};
};

enum class rental_state {
  paid,
  due,        // a month is unpaid, its grace runs
  suspended,  // unpaid beyond the grace: no texts out
  exempt,     // never charged
};
NAMED_ENUM(rental_state, {rental_state::paid, "paid"}, {rental_state::due, "due"},
           {rental_state::suspended, "suspended"}, {rental_state::exempt, "exempt"});

struct rental {
  organization_id organization;
  number_id number;
  rental_state state = rental_state::paid;
  std::int64_t months_settled = 1;  // the first with the purchase, or before there was a rental
  timestamp since;                  // months count from here: the purchase
  timestamp next_at;                // when it is looked at again; the next month's start if paid
  std::optional<timestamp> unpaid_since;
};

// Start of the month after `months` whole ones. A day that the month does not have becomes its
// last one.
timestamp month_start(timestamp since, std::int64_t months, const rental_rules& rules) noexcept;

// Nothing: this number is not charged.
std::optional<micro_credits> monthly_rental(const number& of, const rental_rules& rules) noexcept;

// The rental of a number that has none yet: due at the next start of a month that lies ahead.
rental new_rental(const number& of, const rental_rules& rules, timestamp now);

// What a number that is not being released is: suspended exactly while its rental is.
number_status status_by_rental(const std::optional<rental>& of) noexcept;

// Names one charge, and is in its ledger row: never charged twice.
std::string rental_reference(const rental& row);

}  // namespace dialplane
