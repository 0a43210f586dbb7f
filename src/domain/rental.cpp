#include "domain/rental.hpp"

#include <algorithm>

namespace dialplane {

timestamp month_start(timestamp since, std::int64_t months, const rental_rules& rules) noexcept {
  using namespace std::chrono;
  if (rules.month.count() > 0) return since + rules.month * months;
  const sys_time<milliseconds> instant{milliseconds(since.unix_ms)};
  const sys_days day = floor<days>(instant);
  const year_month_day began{day};
  const year_month_day there =
      began + std::chrono::months(static_cast<int>(std::clamp<std::int64_t>(months, 0, 12'000)));
  const sys_days start = there.ok() ? sys_days(there)
                                    : sys_days(there.year() / there.month() / last);
  return {(duration_cast<milliseconds>(start.time_since_epoch()) + (instant - day)).count()};
}

std::optional<micro_credits> monthly_rental(const number& of, const rental_rules& rules) noexcept {
  // Imports come through one dialect only, whose slots say nothing about them.
  const bool is_charged = of.imported ? rules.charges_imported
                                      : of.bought_through != dialect::cartesia ||
                                            rules.charges_cartesia;
  if (!is_charged) return std::nullopt;
  return of.type == number_type::toll_free ? rules.toll_free : rules.local;
}

rental new_rental(const number& of, const rental_rules& rules, timestamp now) {
  rental row;
  row.organization = of.organization;
  row.number = of.id;
  row.since = of.created_at;
  if (rules.month.count() > 0) {
    row.months_settled = std::max<std::int64_t>(1, (now - row.since) / rules.month + 1);
  } else {
    while (month_start(row.since, row.months_settled, rules) <= now) ++row.months_settled;
  }
  row.next_at = month_start(row.since, row.months_settled, rules);
  return row;
}

number_status status_by_rental(const std::optional<rental>& of) noexcept {
  const bool suspended = of && of->state == rental_state::suspended;
  return suspended ? number_status::suspended : number_status::active;
}

std::string rental_reference(const rental& row) {
  return row.number.uuid() + "/" + std::to_string(row.months_settled + 1);
}

}  // namespace dialplane
