#include "domain/quiet_hours.hpp"

#include <algorithm>

#include "domain/embedded_tables.hpp"
#include "domain/rule_rows.hpp"

namespace dialplane {

namespace {

constexpr std::string_view quiet_hours_file = "quiet_hours.csv";

std::optional<std::array<bool, 7>> days_named(std::string_view name) {
  if (name == "all") return std::array<bool, 7>{true, true, true, true, true, true, true};
  if (name == "weekdays") return std::array<bool, 7>{false, true, true, true, true, true, false};
  if (name == "weekends") return std::array<bool, 7>{true, false, false, false, false, false, true};
  if (name == "mon-sat") return std::array<bool, 7>{false, true, true, true, true, true, true};
  if (name == "sun") return std::array<bool, 7>{true, false, false, false, false, false, false};
  return std::nullopt;
}

// One clock with the windows of its place.
struct judged_clock {
  zone_clock clock;
  const std::array<hour_window, 7>* week;

  // Nothing: within the window. Else when it opens next, which may be days ahead.
  std::optional<timestamp> opens_after(timestamp now) const {
    const local_time shown = clock.local(now);
    const hour_window& today = (*week)[static_cast<std::size_t>(shown.weekday)];
    if (shown.minute_of_day < today.from * 60 && today.from < today.to) {
      return clock.instant(shown.day, today.from * 60);
    }
    if (shown.minute_of_day >= today.from * 60 && shown.minute_of_day < today.to * 60) {
      return std::nullopt;
    }
    for (int ahead = 1; ahead <= 7; ++ahead) {
      const hour_window& then = (*week)[static_cast<std::size_t>((shown.weekday + ahead) % 7)];
      if (then.from < then.to) return clock.instant(shown.day + ahead, then.from * 60);
    }
    return now + std::chrono::hours(24 * 7);
  }
};

}  // namespace

result<quiet_hours_table> quiet_hours_table::read(std::string_view text) {
  quiet_hours_table table;
  constexpr std::string_view columns = "country,region,days,from_hour,to_hour,source,as_of";
  TRY_ASSIGN(const auto rows, read_rule_rows(quiet_hours_file, text, columns));
  for (const rule_row& row : rows) {
    const auto days = days_named(row.cells[2]);
    const auto from = rule_number(row.cells[3]);
    const auto to = rule_number(row.cells[4]);
    if (!days || !from || !to || *from < 4 || *to > 24 || *from >= *to) {
      return bad_rule(quiet_hours_file, row,
                      "must have days (all, weekdays, weekends, mon-sat, sun) and hours from 4 to "
                      "24, the first before the second.");
    }
    table.rules_.push_back({.country = std::string(row.cells[0]),
                            .region = std::string(row.cells[1]),
                            .days = *days,
                            .window = {static_cast<int>(*from), static_cast<int>(*to)}});
  }
  return table;
}

std::array<hour_window, 7> quiet_hours_table::week_of(std::string_view country,
                                                      std::string_view region) const {
  std::array<hour_window, 7> week{};
  // From the general to the special: a later, more exact rule replaces a day.
  for (const int exactness : {0, 1, 2}) {
    for (const rule& each : rules_) {
      const int exact = (each.country == "*" ? 0 : 1) + (each.region == "*" ? 0 : 1);
      const bool country_fits = each.country == "*" || each.country == country;
      const auto parts = split_text(region, '/');
      const bool region_fits =
          each.region == "*" || std::find(parts.begin(), parts.end(), each.region) != parts.end();
      if (exact != exactness || !country_fits || !region_fits) continue;
      for (std::size_t day = 0; day < week.size(); ++day) {
        if (each.days[day]) week[day] = each.window;
      }
    }
  }
  return week;
}

std::optional<timestamp> next_allowed_time(const quiet_hours_table& hours,
                                           const time_zone_table& zones, const e164& recipient,
                                           timestamp now,
                                           const std::optional<hour_window>& narrower) {
  const area_code_row* place = find_area_code(recipient.area_code());
  if (place == nullptr) return std::nullopt;
  auto week = hours.week_of(place->country, place->region);
  if (narrower) {
    for (hour_window& day : week) {
      day = {std::max(day.from, narrower->from), std::min(day.to, narrower->to)};
    }
  }
  std::vector<judged_clock> clocks;
  for (const std::string_view name : place->time_zones) {
    if (const auto clock = zones.find(name)) clocks.push_back({*clock, &week});
  }
  // Each round goes to the latest opening; two clocks a few hours apart settle in two rounds.
  constexpr int rounds_max = 16;
  timestamp at = now;
  for (int round = 0; round < rounds_max; ++round) {
    timestamp latest = at;
    for (const judged_clock& each : clocks) {
      if (const auto opens = each.opens_after(at)) latest = std::max(latest, *opens);
    }
    if (latest == at) break;
    at = latest;
  }
  if (at == now) return std::nullopt;
  return at;
}

}  // namespace dialplane
