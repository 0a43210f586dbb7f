// A number is read exactly when it has the shape, and then as it was written.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "domain/area_code_policy.hpp"
#include "domain/area_codes.hpp"
#include "domain/e164.hpp"

namespace {

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void check_parts(const dialplane::e164& number) {
  if (!number.is_nanp()) {
    CHECK(number.area_code().empty() && number.exchange().empty() && number.line().empty());
    return;
  }
  CHECK(number.text().size() == 12);
  CHECK(number.area_code()[0] >= '2' && number.area_code()[1] != '9');
  CHECK(number.exchange()[0] >= '2' && number.exchange().substr(1) != "11");
  CHECK(number.text().substr(2, 3) == number.area_code());
  CHECK(number.text().substr(5, 3) == number.exchange());
  CHECK(number.text().substr(8) == number.line());
}

void check_area_code(std::string_view code) {
  const auto plan = dialplane::area_code_plan(code, dialplane::area_code_policy::any);
  CHECK(plan.has_value() == dialplane::is_us_geographic(code));
  if (plan) CHECK(plan->front().codes.front() == code);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool international = size >= 8 && size <= 16 && text[0] == '+' && text[1] != '0' &&
                             all_digits(text.substr(1));
  const auto number = dialplane::e164::parse(text);
  if (number) {
    CHECK(international);
    CHECK(number->text() == text);
    check_parts(*number);
  } else {
    CHECK(!international || text[1] == '1');
    CHECK(number.error().field == "number");
  }
  check_area_code(text.substr(0, 3));
  return 0;
}
