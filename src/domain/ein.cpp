#include "domain/ein.hpp"

#include <algorithm>
#include <bitset>

#include "base/ascii.hpp"
#include "domain/embedded_tables.hpp"

namespace dialplane {

namespace {

constexpr std::size_t ein_digits = 9;
constexpr std::size_t prefix_digits = 2;

std::size_t prefix_value(std::string_view prefix) {
  return static_cast<std::size_t>((prefix[0] - '0') * 10 + (prefix[1] - '0'));
}

const std::bitset<100>& known_prefixes() {
  static const std::bitset<100> known = [] {
    std::bitset<100> prefixes;
    for (const auto& cells : embedded_rows(embedded_ein_prefixes(), 1)) {
      prefixes.set(prefix_value(cells[0]));
    }
    return prefixes;
  }();
  return known;
}

}  // namespace

bool is_known_ein_prefix(std::string_view prefix) noexcept {
  return prefix.size() == prefix_digits && is_digit(prefix[0]) && is_digit(prefix[1]) &&
         known_prefixes()[prefix_value(prefix)];
}

result<ein> ein::parse(std::string_view text, std::string_view field) {
  const auto wrong = [field](std::string_view why) {
    return bad_field(std::string(field), std::string(field) + std::string(why),
                     error_code::ein_invalid);
  };
  std::string digits(text);
  if (text.size() == ein_digits + 1 && text[prefix_digits] == '-') digits.erase(prefix_digits, 1);
  if (digits.size() != ein_digits || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return wrong(" must be nine digits, with or without a hyphen after the second: 12-3456789.");
  }
  if (!is_known_ein_prefix(digits.substr(0, prefix_digits))) {
    return wrong(" must begin with a prefix that the IRS has issued.");
  }
  return ein(std::move(digits));
}

std::string ein::masked() const { return "**-***" + digits_.substr(ein_digits - 4); }

bool ein::looks_made_up() const noexcept {
  const std::string_view rest = std::string_view(digits_).substr(prefix_digits);
  return rest.find_first_not_of(rest.front()) == std::string_view::npos;
}

}  // namespace dialplane
