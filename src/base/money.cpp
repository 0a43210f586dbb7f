#include "base/money.hpp"

#include "base/check.hpp"

namespace dialplane {

namespace {

constexpr std::int64_t micro_per_credit = 1'000'000;
constexpr std::size_t max_whole_digits = 13;  // of 10^12
constexpr std::int64_t max_credits = 1'000'000'000'000;
constexpr std::size_t max_decimals = 6;

error bad_amount() {
  return refused(error_code::invalid_input,
                 "An amount of credits must be a number from 0 to 1000000000000 with at most 6 "
                 "decimals, such as 50 or 0.04.");
}

// The digits at the front of `text`, taken off it; nothing where there are none or too many.
std::string_view take_digits(std::string_view& text, std::size_t max_digits) {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
  if (count > max_digits) return {};
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

std::int64_t value_of(std::string_view digits) {
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

micro_credits operator+(micro_credits a, micro_credits b) {
  micro_credits sum;
  CHECK(!__builtin_add_overflow(a.value, b.value, &sum.value));
  return sum;
}

micro_credits operator-(micro_credits a, micro_credits b) {
  micro_credits difference;
  CHECK(!__builtin_sub_overflow(a.value, b.value, &difference.value));
  return difference;
}

micro_credits operator-(micro_credits a) { return micro_credits{0} - a; }

std::string to_decimal(micro_credits amount) {
  // Unsigned, because the most negative value has no positive counterpart.
  const bool negative = amount.value < 0;
  const std::uint64_t magnitude = negative ? ~static_cast<std::uint64_t>(amount.value) + 1
                                           : static_cast<std::uint64_t>(amount.value);
  const std::uint64_t ten_thousandths = (magnitude + 50) / 100;
  std::string text;
  if (negative && ten_thousandths > 0) text += '-';
  text += std::to_string(ten_thousandths / 10'000);
  std::uint64_t fraction = ten_thousandths % 10'000;
  if (fraction == 0) return text;
  text += '.';
  for (std::uint64_t unit = 1'000; fraction > 0; unit /= 10) {
    text += static_cast<char>('0' + fraction / unit);
    fraction %= unit;
  }
  return text;
}

result<micro_credits> parse_credits(std::string_view text) {
  const std::string_view whole = take_digits(text, max_whole_digits);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return bad_amount();
  std::int64_t micro = 0;
  if (!text.empty()) {
    if (text.front() != '.') return bad_amount();
    text.remove_prefix(1);
    const std::string_view decimals = take_digits(text, max_decimals);
    if (decimals.empty() || !text.empty()) return bad_amount();
    micro = value_of(decimals);
    for (std::size_t i = decimals.size(); i < max_decimals; ++i) micro *= 10;
  }
  const std::int64_t credits = value_of(whole);
  if (credits > max_credits || (credits == max_credits && micro > 0)) return bad_amount();
  return micro_credits{credits * micro_per_credit + micro};
}

}  // namespace dialplane
