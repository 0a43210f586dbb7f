#include "carriers/telnyx/prices.hpp"

#include "base/ascii.hpp"

namespace dialplane::telnyx {

namespace {

constexpr std::int64_t micros_per_dollar = 1'000'000;
constexpr std::int64_t dollars_max = 1'000'000'000'000;
constexpr std::size_t characters_max = 64;

// The part after the point, in millionths.
std::optional<std::int64_t> parse_fraction(std::string_view digits) noexcept {
  std::int64_t micros = 0;
  std::int64_t place = micros_per_dollar / 10;
  bool rest = false;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    if (place == 0) {
      rest = rest || c != '0';
      continue;
    }
    micros += (c - '0') * place;
    place /= 10;
  }
  return micros + (rest ? 1 : 0);
}

}  // namespace

std::optional<std::int64_t> parse_micro_usd(std::string_view decimal) noexcept {
  if (decimal.empty() || decimal.size() > characters_max) return std::nullopt;
  const bool negative = decimal.front() == '-';
  if (negative) decimal.remove_prefix(1);
  const std::size_t point = decimal.find('.');
  const std::string_view whole = decimal.substr(0, point);
  if (whole.empty()) return std::nullopt;
  std::int64_t dollars = 0;
  for (const char c : whole) {
    if (!is_digit(c)) return std::nullopt;
    dollars = dollars * 10 + (c - '0');
    if (dollars > dollars_max) return std::nullopt;
  }
  std::int64_t micros = dollars * micros_per_dollar;
  if (point != std::string_view::npos) {
    const std::string_view digits = decimal.substr(point + 1);
    if (digits.empty()) return std::nullopt;
    const auto fraction = parse_fraction(digits);
    if (!fraction) return std::nullopt;
    micros += *fraction;
  }
  return negative ? -micros : micros;
}

}  // namespace dialplane::telnyx
