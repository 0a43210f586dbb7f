#include "domain/sms_segments.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace dialplane;

namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

struct row {
  std::string body;
  bool unicode;
  std::int64_t units;
  std::int64_t parts;
};

}  // namespace

TEST_CASE("sms size: GSM-7 and UCS-2 with their limits") {
  const row table[] = {
      {"", false, 0, 1},
      {"hello", false, 5, 1},
      {std::string(160, 'a'), false, 160, 1},
      {std::string(161, 'a'), false, 161, 2},
      {std::string(306, 'a'), false, 306, 2},
      {std::string(307, 'a'), false, 307, 3},
      {"@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà", false, 42, 1},
      {"line\nline\r\n", false, 11, 1},
      {"^{}\\[~]|€", false, 18, 1},
      {"\f", false, 2, 1},
      {repeated("€", 80), false, 160, 1},
      {repeated("€", 81), false, 162, 2},
      {"`", true, 1, 1},   // looks like ASCII, is not in the table
      {"ç", true, 1, 1},   // only the capital is
      {"\t", true, 1, 1},
      {repeated("ж", 70), true, 70, 1},
      {repeated("ж", 71), true, 71, 2},
      {repeated("ж", 134), true, 134, 2},
      {repeated("ж", 135), true, 135, 3},
      {repeated("😀", 35), true, 70, 1},
      {repeated("a", 69) + "😀", true, 71, 2},
  };
  for (const row& each : table) {
    INFO("body: ", each.body);
    const sms_size size = measure_sms(each.body);
    CHECK(size.unicode == each.unicode);
    CHECK(size.units == each.units);
    CHECK(size.parts == each.parts);
  }
}

TEST_CASE("sms size: nothing of two units is cut in two") {
  // 152 letters leave one septet of the first part: the escape pair moves to the second.
  CHECK(measure_sms(std::string(152, 'a') + "€" + std::string(151, 'b')).parts == 2);
  CHECK(measure_sms(std::string(152, 'a') + "€" + std::string(152, 'b')).parts == 3);
  // By units alone both would fit two parts.
  CHECK(measure_sms(std::string(152, 'a') + "€" + std::string(152, 'b')).units == 306);
  CHECK(measure_sms(repeated("ж", 66) + "😀" + repeated("ж", 65)).parts == 2);
  CHECK(measure_sms(repeated("ж", 66) + "😀" + repeated("ж", 66)).parts == 3);
  CHECK(measure_sms(repeated("ж", 66) + "😀" + repeated("ж", 66)).units == 134);
  // 33 pairs fill 66 of 67 units.
  CHECK(measure_sms(repeated("😀", 66)).parts == 2);
  CHECK(measure_sms(repeated("😀", 67)).parts == 3);
}

TEST_CASE("sms size: the flat rule counts characters") {
  CHECK(billed_segments("", segment_rule::flat160) == 1);
  CHECK(billed_segments(std::string(160, 'a'), segment_rule::flat160) == 1);
  CHECK(billed_segments(std::string(161, 'a'), segment_rule::flat160) == 2);
  CHECK(billed_segments(repeated("😀", 160), segment_rule::flat160) == 1);
  CHECK(billed_segments(repeated("😀", 160), segment_rule::parts) == 5);
}

TEST_CASE("sms size: broken UTF-8 counts and does not end the count") {
  CHECK(measure_sms("\xff\xfe").units == 2);
  CHECK(measure_sms("a\xe2\x82").unicode);
  CHECK(measure_sms("\xe2\x82").units == 2);
}
