#include "domain/e164.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace dialplane {

namespace {

constexpr std::size_t min_digits = 7;  // small islands
constexpr std::size_t max_digits = 15;
constexpr std::size_t nanp_digits = 11;  // with the country code

bool are_three_digits(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), is_digit);
}

// 211, 311 … 911: dialled alone, never part of a number.
bool is_short_code(std::string_view three) { return three[1] == '1' && three[2] == '1'; }

bool is_nanp_shape(std::string_view digits) {
  return digits.size() == nanp_digits && is_area_code_shape(digits.substr(1, 3)) &&
         is_exchange_shape(digits.substr(4, 3));
}

}  // namespace

bool is_area_code_shape(std::string_view code) noexcept {
  if (!are_three_digits(code) || code[0] < '2' || is_short_code(code)) return false;
  if (code[1] == '9') return false;  // kept for making the plan longer
  if (code.starts_with("37") || code.starts_with("96")) return false;  // set aside
  return code != "555" && code != "950" && code != "988";
}

bool is_exchange_shape(std::string_view exchange) noexcept {
  return are_three_digits(exchange) && exchange[0] >= '2' && !is_short_code(exchange);
}

result<e164> e164::parse(std::string_view text, std::string_view field) {
  const auto wrong = [field](std::string_view must_be) {
    return bad_field(std::string(field), std::string(field) + " must be " + std::string(must_be));
  };
  constexpr std::string_view shape =
      "an E.164 number: a plus sign, the country code and 7 to 15 digits in all, such as "
      "+14155550132.";
  if (!text.starts_with('+')) return wrong(shape);
  const std::string_view digits = text.substr(1);
  if (digits.size() < min_digits || digits.size() > max_digits) return wrong(shape);
  if (!std::all_of(digits.begin(), digits.end(), is_digit)) return wrong(shape);
  if (digits.front() == '0') return wrong(shape);
  if (digits.front() == '1' && !is_nanp_shape(digits)) {
    return wrong("a number of the North American plan after +1: a valid area code, a valid "
                 "exchange and four digits, such as +14155550132.");
  }
  e164 number;
  std::copy(text.begin(), text.end(), number.text_.begin());
  number.size_ = static_cast<std::uint8_t>(text.size());
  return number;
}

std::string_view e164::area_code() const noexcept {
  return is_nanp() ? text().substr(2, 3) : std::string_view{};
}

std::string_view e164::exchange() const noexcept {
  return is_nanp() ? text().substr(5, 3) : std::string_view{};
}

std::string_view e164::line() const noexcept {
  return is_nanp() ? text().substr(8, 4) : std::string_view{};
}

}  // namespace dialplane
