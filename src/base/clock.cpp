#include "base/clock.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.hpp"

namespace dialplane {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;

constexpr std::int64_t ms_per_day = 86'400'000;
// RFC 3339 has four-digit years: what lies beyond is shown as its first or last instant.
constexpr std::int64_t first_ms =
    sys_days{std::chrono::year{0} / 1 / 1}.time_since_epoch().count() * ms_per_day;
constexpr std::int64_t last_ms =
    sys_days{std::chrono::year{10000} / 1 / 1}.time_since_epoch().count() * ms_per_day - 1;

void put_digits(char* at, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// Reads a text from left to right; every take_* fails without a value at the first surprise.
class time_text {
 public:
  explicit time_text(std::string_view text) : rest_(text) {}

  std::optional<int> take_number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(rest_[i])) return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Milliseconds of ".123456789"; what is finer is cut off. 0 where there is no fraction.
  std::optional<int> take_fraction() {
    if (!take('.')) return 0;
    std::size_t digits = 0;
    int ms = 0;
    while (digits < rest_.size() && is_digit(rest_[digits])) {
      if (digits < 3) ms = ms * 10 + (rest_[digits] - '0');
      ++digits;
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    for (std::size_t i = digits; i < 3; ++i) ms *= 10;
    rest_.remove_prefix(digits);
    return ms;
  }

  // Minutes east of UTC.
  std::optional<int> take_offset() {
    if (take('Z')) return 0;
    const bool west = !rest_.empty() && rest_.front() == '-';
    if (!take('+') && !take('-')) return std::nullopt;
    const auto hours = take_number(2);
    const bool colon = take(':');
    const auto minutes = take_number(2);
    if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return (*hours * 60 + *minutes) * (west ? -1 : 1);
  }

  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> date_ms(time_text& text) {
  const auto year = text.take_number(4);
  const bool dash = text.take('-');
  const auto month = text.take_number(2);
  const bool second_dash = text.take('-');
  const auto day = text.take_number(2);
  if (!year || !dash || !month || !second_dash || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date}.time_since_epoch().count() * ms_per_day;
}

std::optional<std::int64_t> time_of_day_ms(time_text& text) {
  const auto hour = text.take_number(2);
  const bool colon = text.take(':');
  const auto minute = text.take_number(2);
  const bool second_colon = text.take(':');
  const auto second = text.take_number(2);
  if (!hour || !colon || !minute || !second_colon || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto fraction = text.take_fraction();
  const auto offset = text.take_offset();
  if (!fraction || !offset) return std::nullopt;
  const int minutes = *hour * 60 + *minute - *offset;
  return (std::int64_t{minutes} * 60 + *second) * 1000 + *fraction;
}

}  // namespace

timestamp operator+(timestamp at, milliseconds delay) noexcept {
  return {at.unix_ms + delay.count()};
}

milliseconds operator-(timestamp later, timestamp earlier) noexcept {
  return milliseconds(later.unix_ms - earlier.unix_ms);
}

std::string to_rfc3339(timestamp at) {
  const std::int64_t ms = std::clamp(at.unix_ms, first_ms, last_ms);
  const auto day = std::chrono::floor<days>(milliseconds(ms));
  const std::chrono::year_month_day date{sys_days{day}};
  const auto rest = static_cast<std::uint32_t>((milliseconds(ms) - day).count());

  std::string text = "0000-00-00T00:00:00.000Z";
  put_digits(text.data(), static_cast<std::uint32_t>(static_cast<int>(date.year())), 4);
  put_digits(text.data() + 5, static_cast<unsigned>(date.month()), 2);
  put_digits(text.data() + 8, static_cast<unsigned>(date.day()), 2);
  put_digits(text.data() + 11, rest / 3'600'000, 2);
  put_digits(text.data() + 14, rest / 60'000 % 60, 2);
  put_digits(text.data() + 17, rest / 1000 % 60, 2);
  put_digits(text.data() + 20, rest % 1000, 3);
  return text;
}

result<timestamp> parse_rfc3339(std::string_view text) {
  time_text reader(text);
  const auto date = date_ms(reader);
  const bool separator = date && reader.take('T');
  const auto time = separator ? time_of_day_ms(reader) : std::nullopt;
  if (!time || !reader.at_end()) {
    return refused(error_code::invalid_input,
                   "A time must be written like 2026-03-01T00:00:00.000Z.");
  }
  return timestamp{*date + *time};
}

timestamp system_clock::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<milliseconds>(since).count()};
}

}  // namespace dialplane
