// A telephone number in E.164 form: "+", country code, subscriber number, digits only.
//
// A value that exists is well formed. For "+1" (the North American Numbering Plan: US, Canada and
// others) that includes the shape of the area code and exchange; whether an area code is in service
// is area_codes.hpp.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

class e164 {
 public:
  // "+", a digit 1-9, 7 to 15 digits in all. With country code 1: exactly ten more digits,
  // NPA-NXX-XXXX, of a shape the plan allows. `field` is named in the error (invalid_input).
  static result<e164> parse(std::string_view text, std::string_view field = "number");

  std::string_view text() const noexcept { return {text_.data(), size_}; }
  std::string str() const { return std::string(text()); }
  // Of the North American plan (+1)? Only then do the next three say something.
  bool is_nanp() const noexcept { return text_[1] == '1'; }
  std::string_view area_code() const noexcept;  // "415"; empty outside the plan
  std::string_view exchange() const noexcept;   // "555"
  std::string_view line() const noexcept;       // "0132"

  bool operator==(const e164& other) const noexcept { return text() == other.text(); }
  std::strong_ordering operator<=>(const e164& other) const noexcept {
    return text() <=> other.text();
  }

 private:
  e164() = default;
  std::array<char, 16> text_{};
  std::uint8_t size_ = 0;
};

// Three digits that can be an area code of the plan: no N11, no N9X, no 37X or 96X, not 555, 950
// or 988. A shape only: not every such code is in service.
bool is_area_code_shape(std::string_view code) noexcept;
// Three digits that can be an exchange (the middle of a number): 2-9 first, no N11.
bool is_exchange_shape(std::string_view exchange) noexcept;

}  // namespace dialplane

template <>
struct std::hash<dialplane::e164> {
  std::size_t operator()(const dialplane::e164& number) const noexcept {
    return std::hash<std::string_view>{}(number.text());
  }
};
