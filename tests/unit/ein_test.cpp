#include <doctest/doctest.h>

#include <string>

#include "domain/ein.hpp"
#include "support/show_results.hpp"

using namespace dialplane;

TEST_CASE("an EIN is nine digits, with or without its hyphen") {
  for (const char* text : {"12-3456789", "123456789"}) {
    const auto number = ein::parse(text);
    REQUIRE(number);
    CHECK(number->reveal_digits() == "123456789");
    CHECK(number->masked() == "**-***6789");
    CHECK_FALSE(number->looks_made_up());
  }
  CHECK(*ein::parse("12-3456789") == *ein::parse("123456789"));
  CHECK_FALSE(*ein::parse("12-3456789") == *ein::parse("12-3456780"));
}

TEST_CASE("other shapes are refused, without repeating them") {
  const std::string wrong[] = {
      "", "-", "12345678", "1234567890", "98-765432", "12-34567890", "1-23456789", "123-456789",
      "12--3456789", "12-3456-789", "-123456789", "123456789-", "12 3456789", "12_3456789",
      " 123456789", "123456789 ", "123456789\n", "12-345678a", "aa-aaaaaaa", "12-3456 89",
      "12\xe2\x80\x93" "3456789", "\xd9\xa1\xd9\xa2" "3456789", "123456-789", "+12345678",
      std::string("12345678\0", 9), std::string(100'000, '1'),
  };
  for (const std::string& text : wrong) {
    CAPTURE(text.substr(0, 40));
    const auto number = ein::parse(text);
    REQUIRE_FALSE(number);
    CHECK(number.error().code == error_code::ein_invalid);
    CHECK(number.error().field == "ein");
    if (text.size() > 6) CHECK(number.error().message.find(text) == std::string::npos);
    CHECK(number.error().internal.empty());
  }
  CHECK(ein::parse("x", "entity.ein").error().field == "entity.ein");
}

TEST_CASE("only issued prefixes pass") {
  const std::string not_issued[] = {"00", "07", "08", "09", "17", "18", "19", "28", "29",
                                    "49", "69", "70", "78", "79", "89", "96", "97"};
  int known = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string prefix = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
    const bool refused = std::find(std::begin(not_issued), std::end(not_issued), prefix) !=
                         std::end(not_issued);
    CAPTURE(prefix);
    CHECK(is_known_ein_prefix(prefix) == !refused);
    CHECK(ein::parse(prefix + "-3456789").has_value() == !refused);
    known += !refused;
  }
  CHECK(known == 83);
  for (const char* text : {"", "1", "123", "1a", "a1", "-1"}) {
    CHECK_FALSE(is_known_ein_prefix(text));
  }
}

TEST_CASE("repeated digits look made up, but pass") {
  CHECK(ein::parse("12-0000000")->looks_made_up());
  CHECK(ein::parse("12-7777777")->looks_made_up());
  CHECK_FALSE(ein::parse("12-0000001")->looks_made_up());
  CHECK_FALSE(ein::parse("11-1111112")->looks_made_up());
}
