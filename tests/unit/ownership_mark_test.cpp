#include "domain/ownership_mark.hpp"

#include <doctest/doctest.h>

using namespace dialplane;

namespace {

ownership_mark sample_mark() {
  ownership_mark mark{"aB3xY9", {}, {}};
  mark.organization.bytes.fill(0x5a);
  mark.operation.bytes.fill(0xff);
  return mark;
}

}  // namespace

TEST_CASE("a mark survives its way through a carrier's field") {
  const std::string text = to_text(sample_mark());
  CHECK(text.size() == 56);  // the shortest field of the carriers known holds 64
  const auto back = parse_ownership_mark(text);
  REQUIRE(back.has_value());
  CHECK(back->installation == "aB3xY9");
  CHECK(back->organization == sample_mark().organization);
  CHECK(back->operation == sample_mark().operation);
}

TEST_CASE("what is not our mark is not taken for one") {
  const std::string good = to_text(sample_mark());
  std::string wrong_start = good;
  wrong_start[2] = '2';
  std::string wrong_separator = good;
  wrong_separator[10] = '-';
  std::string beyond_128_bits = good;
  for (std::size_t at = good.size() - 22; at < good.size(); ++at) beyond_128_bits[at] = 'z';
  for (const std::string& text :
       {std::string(), std::string("Support line"), good + "x", good.substr(1), wrong_start,
        wrong_separator, beyond_128_bits}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ownership_mark(text).has_value());
  }
}
