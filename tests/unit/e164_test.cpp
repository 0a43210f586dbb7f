#include <doctest/doctest.h>

#include <string>
#include <unordered_set>

#include "domain/e164.hpp"
#include "support/show_results.hpp"

using namespace dialplane;

TEST_CASE("well formed numbers are read as they are") {
  for (const char* text :
       {"+14155550132", "+12015550100", "+18335551212", "+15202345678", "+447911123456",
        "+2905123", "+390612345678", "+491234567890123",
        "+6831234"}) {
    CAPTURE(text);
    const auto number = e164::parse(text);
    REQUIRE(number);
    CHECK(number->text() == text);
    CHECK(number->str() == text);
    CHECK(*number == *e164::parse(text));
    CHECK(std::hash<e164>{}(*number) == std::hash<e164>{}(*e164::parse(text)));
  }
}

TEST_CASE("the parts of a North American number") {
  const e164 number = *e164::parse("+14155550132");
  CHECK(number.is_nanp());
  CHECK(number.area_code() == "415");
  CHECK(number.exchange() == "555");
  CHECK(number.line() == "0132");
  const e164 abroad = *e164::parse("+447911123456");
  CHECK_FALSE(abroad.is_nanp());
  CHECK(abroad.area_code().empty());
  CHECK(abroad.exchange().empty());
  CHECK(abroad.line().empty());
  CHECK(number < abroad);
}

TEST_CASE("anything else is refused, naming the field") {
  const std::string wrong[] = {
      "", "+", "14155550132", "4155550132", "0014155550132", "+1", "+1415555013", "+141555501320",
      "+1 4155550132", "+1-415-555-0132", "+1(415)5550132", " +14155550132", "+14155550132 ",
      "+14155550132\n", "+1415555013a", "++14155550132", "+0123456789", "+123456",
      "+4412345678901234", "+1234567890123456", "+\xd9\xa1\xd9\xa4\xd9\xa1\xd9\xa5",
      std::string("+1415555013\0", 12), "tel:+14155550132",
      "+11155550132",   // NPA below 2
      "+10155550132", "+14115550132",  // N11
      "+19115550132", "+12955550132",  // N9X
      "+13705550132", "+13795550132", "+19605550132", "+15555550132", "+19505550132",
      "+19885550132",
      "+14150550132",  // NXX below 2
      "+14151550132", "+14152110132", "+14159110132",  // NXX N11
  };
  for (const std::string& text : wrong) {
    CAPTURE(text);
    const auto number = e164::parse(text, "to");
    REQUIRE_FALSE(number);
    CHECK(number.error().code == error_code::invalid_input);
    CHECK(number.error().field == "to");
    CHECK(number.error().message.starts_with("to must be "));
  }
}

TEST_CASE("area code and exchange shapes, counted over all three-digit texts") {
  int codes = 0;
  int exchanges = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string three = std::to_string(i);
    three.insert(0, 3 - three.size(), '0');
    codes += is_area_code_shape(three);
    exchanges += is_exchange_shape(three);
  }
  // 8*9*10, less 8 N11, less 37X and 96X, less 555, 950, 988.
  CHECK(codes == 720 - 8 - 20 - 3);
  CHECK(exchanges == 800 - 8);
  for (const char* text : {"", "4", "41", "4155", "4a5", "41 ", "+41"}) {
    CHECK_FALSE(is_area_code_shape(text));
    CHECK_FALSE(is_exchange_shape(text));
  }
}
