#include "domain/throughput.hpp"

#include <algorithm>

#include "domain/rule_rows.hpp"
#include "domain/time_zones.hpp"

namespace dialplane {

namespace {

constexpr std::string_view throughput_file = "throughput_classes.csv";
constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t least_burst = 10;

}  // namespace

result<throughput_table> throughput_table::read(std::string_view text) {
  throughput_table table;
  TRY_ASSIGN(const auto rows,
             read_rule_rows(throughput_file, text,
                            "name,parts_per_minute,parts_per_day,source,as_of"));
  for (const rule_row& row : rows) {
    const auto minute = rule_number(row.cells[1]);
    const auto day = rule_number(row.cells[2]);
    constexpr std::int64_t most = 1'000'000'000;
    if (!minute || !day || *day < 0 || *day > most || *minute > most || *minute < 0 ||
        (*minute > 0 && *minute <= least_burst)) {
      return bad_rule(throughput_file, row,
                      "must be a name and two limits; 0 is no limit, and a minute takes "
                      "more than 10 parts.");
    }
    table.classes_.push_back({std::string(row.cells[0]), *minute, *day});
  }
  return table;
}

const throughput_class* throughput_table::find(std::string_view name) const noexcept {
  const auto found = std::find_if(classes_.begin(), classes_.end(),
                                  [&](const throughput_class& each) { return each.name == name; });
  return found == classes_.end() ? nullptr : &*found;
}

std::optional<timestamp> take_of_minute(pace_state& state, const throughput_class& limits,
                                        std::int64_t parts, bool returning, timestamp now) {
  if (limits.parts_per_minute == 0) return std::nullopt;
  const std::int64_t burst = std::max(least_burst, limits.parts_per_minute / 15);
  const std::int64_t part_us = minute_us / std::max<std::int64_t>(
                                               1, limits.parts_per_minute - burst) + 1;
  const std::int64_t now_us = now.unix_ms * 1'000;
  const std::int64_t full_then = std::max(state.full_at_us, now_us) + parts * part_us;
  // A text of more parts than the burst leaves when the bucket is full.
  const std::int64_t may_leave_us = full_then - std::max(burst, parts) * part_us;
  const bool behind_others = !returning && state.promised_us > now_us;
  if (may_leave_us <= now_us && !behind_others) {
    state.full_at_us = full_then;
    return std::nullopt;
  }
  const std::int64_t slot_us = std::max({may_leave_us, state.promised_us, now_us + 1'000});
  state.promised_us = slot_us + parts * part_us;
  return timestamp{(slot_us + 999) / 1'000};
}

std::optional<timestamp> take_of_day(pace_state& state, const throughput_class& limits,
                                     std::int64_t parts, timestamp now) {
  if (limits.parts_per_day == 0) return std::nullopt;
  const std::int64_t today = pacific_clock.local(now).day;
  if (today > state.day) {
    state.day = today;
    state.day_parts = 0;
  }
  if (state.day_parts + parts > std::max(limits.parts_per_day, parts)) {
    return pacific_clock.instant(state.day + 1, 0);
  }
  state.day_parts += parts;
  return std::nullopt;
}

}  // namespace dialplane
