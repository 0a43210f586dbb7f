// An EIN is read exactly when it has the shape and a known prefix; masking shows four digits.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "domain/ein.hpp"

namespace {

// The shape, told in another way than the parser tells it.
bool has_shape(std::string_view text) {
  constexpr std::string_view with_hyphen = "00-0000000";
  constexpr std::string_view without = "000000000";
  std::string shape(text);
  for (char& c : shape) c = c >= '0' && c <= '9' ? '0' : c;
  return shape == with_hyphen || shape == without;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto number = dialplane::ein::parse(text);
  const bool expected = has_shape(text) && dialplane::is_known_ein_prefix(text.substr(0, 2));
  CHECK(number.has_value() == expected);
  if (!number) {
    CHECK(number.error().code == dialplane::error_code::ein_invalid);
    return 0;
  }
  const std::string& digits = number->reveal_digits();
  CHECK(digits.size() == 9);
  std::string without_hyphen(text);
  std::erase(without_hyphen, '-');
  CHECK(digits == without_hyphen);
  CHECK(number->masked() == "**-***" + digits.substr(5));
  CHECK(*dialplane::ein::parse(digits.substr(0, 2) + "-" + digits.substr(2)) == *number);
  return 0;
}
