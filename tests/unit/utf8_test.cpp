#include <doctest/doctest.h>

#include <string>

#include "base/utf8.hpp"

using namespace dialplane;

namespace {

// Code point to bytes, by the definition; surrogates and too large values included.
std::string encoded(std::uint32_t point) {
  std::string text;
  const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
  return text;
}

}  // namespace

TEST_CASE("every code point is valid UTF-8, except surrogates and what is too large") {
  std::size_t wrong = 0;
  for (std::uint32_t point = 0; point < 0x120000; ++point) {
    const bool valid = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    const std::string text = encoded(point);
    wrong += is_valid_utf8(text) != valid;
    if (text.size() > 1) wrong += is_valid_utf8(text.substr(0, text.size() - 1));
    if (text.size() > 1) wrong += is_valid_utf8(text.substr(1));
  }
  CHECK(wrong == 0);
}

TEST_CASE("malformed UTF-8 is refused") {
  for (const std::string& text :
       {std::string("\x80"), std::string("\xbf"), std::string("\xc0\x80"), std::string("\xc1\xbf"),
        std::string("\xe0\x80\x80"), std::string("\xe0\x9f\xbf"), std::string("\xf0\x8f\xbf\xbf"),
        std::string("\xf5\x80\x80\x80"), std::string("\xff"), std::string("\xfe"),
        std::string("a\xc3"), std::string("\xc3("), std::string("\xe2\x28\xa1"),
        std::string("\xed\xa0\x80\xed\xb0\x80")}) {
    CHECK_FALSE(is_valid_utf8(text));
  }
  CHECK(is_valid_utf8(""));
  CHECK(is_valid_utf8(std::string("\0", 1)));
}

TEST_CASE("characters are counted, and cut only between them") {
  CHECK(count_code_points("") == 0);
  CHECK(count_code_points("abc") == 3);
  CHECK(count_code_points("gr\xc3\xbc\xc3\x9f") == 4);
  CHECK(count_code_points("\xf0\x9f\x93\x9e") == 1);
  CHECK(utf8_prefix("abc", 5) == "abc");
  CHECK(utf8_prefix("abc", 2) == "ab");
  CHECK(utf8_prefix("a\xc3\xbc", 2) == "a");
  CHECK(utf8_prefix("\xf0\x9f\x93\x9e", 3) == "");
  CHECK(utf8_prefix("", 0) == "");
}

TEST_CASE("control characters are found") {
  CHECK_FALSE(has_control_characters("plain text, gr\xc3\xbc\xc3\x9f", false));
  CHECK_FALSE(has_control_characters("\xc2\xa0", false));  // U+00A0 is a space, not a control
  for (const std::string& text : {std::string("a\nb"), std::string("\t"), std::string("\r")}) {
    CHECK(has_control_characters(text, false));
    CHECK_FALSE(has_control_characters(text, true));
  }
  for (const std::string& text : {std::string("\0", 1), std::string("\x1b[31m"),
                                  std::string("\x7f"), std::string("\xc2\x85")}) {
    CHECK(has_control_characters(text, false));
    CHECK(has_control_characters(text, true));
  }
}

TEST_CASE("trimming takes white space off both ends only") {
  CHECK(trim("  a b \r\n") == "a b");
  CHECK(trim(" \t\v\f ") == "");
  CHECK(trim("") == "");
  CHECK(trim("x") == "x");
}
