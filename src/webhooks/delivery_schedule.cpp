#include "webhooks/delivery_schedule.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/check.hpp"

namespace dialplane {

namespace {

using std::chrono::milliseconds;

std::optional<int> number_in(std::string_view text) {
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that may be sent.
std::optional<timestamp> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> months = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT") || text[3] != ',' || text[19] != ':' ||
      text[22] != ':') {
    return std::nullopt;
  }
  const auto month = std::ranges::find(months, text.substr(8, 3));
  const auto day = number_in(text.substr(5, 2));
  const auto year = number_in(text.substr(12, 4));
  const auto hour = number_in(text.substr(17, 2));
  const auto minute = number_in(text.substr(20, 2));
  const auto second = number_in(text.substr(23, 2));
  if (month == months.end() || !day || !year || !hour || !minute || !second || *hour > 23 ||
      *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(
      std::chrono::year(*year),
      std::chrono::month(static_cast<unsigned>(month - months.begin() + 1)),
      std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  const auto since = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
                     std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  return timestamp{milliseconds(since).count()};
}

}  // namespace

std::optional<timestamp> next_try(const delivery_schedule& schedule, std::int64_t tries,
                                  timestamp now, std::optional<milliseconds> retry_after,
                                  random_source& random) {
  CHECK(tries >= 1);
  const auto done = static_cast<std::size_t>(tries);
  if (done >= schedule.waits.size()) return std::nullopt;
  const std::int64_t wait_ms = schedule.waits[done].count();
  const std::int64_t tenth_ms = wait_ms / 10;
  const auto spread = static_cast<std::uint64_t>(2 * tenth_ms + 1);
  milliseconds wait(wait_ms - tenth_ms + static_cast<std::int64_t>(random.below(spread)));
  if (retry_after) wait = std::max(wait, std::min(*retry_after, retry_after_limit));
  return now + wait;
}

std::optional<milliseconds> parse_retry_after(std::string_view text, timestamp now) {
  const bool digits = !text.empty() && std::ranges::all_of(text, [](char c) {
    return c >= '0' && c <= '9';
  });
  if (digits) {
    // However many digits: the limit is cut later.
    const auto seconds = text.size() > 9 ? std::optional(999'999'999) : number_in(text);
    return seconds && *seconds > 0 ? std::optional(milliseconds(std::chrono::seconds(*seconds)))
                                   : std::nullopt;
  }
  const auto date = parse_http_date(text);
  if (!date || *date <= now) return std::nullopt;
  return *date - now;
}

}  // namespace dialplane
