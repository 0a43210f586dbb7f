// An EIN, the tax number of a US company: nine digits, needed to register numbers for texting.
//
// There is no check digit; the first two digits are a prefix of a known list
// (share/ein_prefixes.csv, built into the program). An EIN is stored sealed, shown as **-***6789,
// never logged: the type prints nothing by itself.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

class ein {
 public:
  // "12-3456789" or "123456789". Refused: ein_invalid, field `field`; the text is not repeated.
  static result<ein> parse(std::string_view text, std::string_view field = "ein");

  // The nine digits, for sealing and for the registry.
  const std::string& reveal_digits() const noexcept { return digits_; }
  std::string masked() const;  // **-***6789
  // Well formed but hardly real: the seven digits after the prefix are all the same.
  bool looks_made_up() const noexcept;

  // Same company?
  bool operator==(const ein&) const = default;

 private:
  explicit ein(std::string digits) : digits_(std::move(digits)) {}
  std::string digits_;
};

// Has the tax office issued this two-digit prefix?
bool is_known_ein_prefix(std::string_view prefix) noexcept;

}  // namespace dialplane
