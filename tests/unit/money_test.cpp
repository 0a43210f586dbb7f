#include <doctest/doctest.h>

#include "base/money.hpp"
#include "support/show_results.hpp"

using namespace dialplane;

TEST_CASE("amounts are written with at most four decimals and none where whole") {
  struct row {
    std::int64_t micro;
    const char* text;
  };
  const row rows[] = {
      {0, "0"},
      {50'000'000, "50"},
      {949'960'000, "949.96"},
      {40'000, "0.04"},
      {100, "0.0001"},
      {50, "0.0001"},  // half away from zero
      {49, "0"},
      {-49, "0"},  // and no "-0"
      {-50, "-0.0001"},
      {-50'000'000, "-50"},
      {-1'500'000, "-1.5"},
      {1'000'000'000'000'000'000, "1000000000000"},
      {99'999'949, "99.9999"},
      {99'999'950, "100"},
      {INT64_MAX, "9223372036854.7758"},
      {INT64_MIN, "-9223372036854.7758"},
  };
  for (const row& each : rows) {
    CAPTURE(each.micro);
    CHECK(to_decimal({each.micro}) == each.text);
  }
}

TEST_CASE("amounts are read with up to six decimals") {
  struct row {
    const char* text;
    std::int64_t micro;
  };
  const row rows[] = {
      {"0", 0},
      {"0.0", 0},
      {"1000", 1'000'000'000},
      {"0.04", 40'000},
      {"0.000001", 1},
      {"12.345678", 12'345'678},
      {"1000000000000", 1'000'000'000'000'000'000},
      {"1000000000000.000000", 1'000'000'000'000'000'000},
  };
  for (const row& each : rows) {
    CAPTURE(each.text);
    const auto read = parse_credits(each.text);
    REQUIRE(read);
    CHECK(read->value == each.micro);
  }
}

TEST_CASE("other texts are not amounts") {
  const char* const wrong[] = {
      "",      " ",     "-1",        "+1",  "1.",     ".5",
      "1e3",   "0x10",  "1,000",     "1 ",  " 1",     "1.0000001",
      "00",    "01",    "1..2",      "1.2.3", "NaN",  "inf",
      "1000000000000.000001", "1000000000001", "99999999999999", "9999999999999999999999",
  };
  for (const char* text : wrong) {
    CAPTURE(text);
    CHECK_FALSE(parse_credits(text));
  }
}

TEST_CASE("sums and differences are exact") {
  const auto price = micro_credits::credits(50);
  CHECK((micro_credits::credits(1000) - price).value == 950'000'000);
  CHECK((price + micro_credits{1}).value == 50'000'001);
  CHECK((-price).value == -50'000'000);
  CHECK(micro_credits{1} < micro_credits{2});
}
