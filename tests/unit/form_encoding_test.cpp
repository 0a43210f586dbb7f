#include "net/form_encoding.hpp"

#include <doctest/doctest.h>

#include "support/show_results.hpp"

namespace dialplane {
namespace {

TEST_CASE("form: names, values, repeats and empty ones are read in order") {
  const auto form = parse_form("To=%2B15005550006&Body=a+b%26c&MediaUrl=1&MediaUrl=2&Empty=&Bare");
  REQUIRE(form);
  REQUIRE(form->fields.size() == 6);
  CHECK(form->text("To") == "+15005550006");
  CHECK(form->text("Body") == "a b&c");
  CHECK(*form->find("MediaUrl") == "1");
  CHECK(form->fields[3].second == "2");
  CHECK(form->find("Empty")->empty());
  CHECK(form->find("Bare")->empty());
  CHECK(form->find("to") == nullptr);
  CHECK(form->text("to").empty());
  CHECK(parse_form("")->fields.empty());
  CHECK(parse_form("&&a=1&")->fields.size() == 1);
}

TEST_CASE("form: bad bytes are refused") {
  for (const char* bad : {"a=%", "a=%1", "a=%zz", "%ff=1", "a=%00", "a=\xc3", "a=%c3%28"}) {
    const auto form = parse_form(bad);
    REQUIRE_FALSE(form);
    CHECK(form.error().code == error_code::invalid_input);
  }
  std::string many;
  for (int i = 0; i < 257; ++i) many += "a=1&";
  CHECK(parse_form(many).error().code == error_code::payload_too_large);
  CHECK(parse_form(std::string(65 * 1024, 'a')).error().code == error_code::payload_too_large);
}

TEST_CASE("form: what is written is read back") {
  form_fields form;
  form.add("Body", "50% off & more +1 \xC3\xA9 ~*-._\n");
  form.add("Body", "");
  form.add("a b", "=");
  const std::string text = form_text(form);
  CHECK(text ==
        "Body=50%25+off+%26+more+%2B1+%C3%A9+%7E%2A-._%0A&Body=&a+b=%3D");
  const auto back = parse_form(text);
  REQUIRE(back);
  CHECK(back->fields == form.fields);
}

TEST_CASE("form: percent-encoding leaves only what needs none") {
  CHECK(percent_encoded("aZ0-._~") == "aZ0-._~");
  CHECK(percent_encoded("a b+/?&=\xC3\xA9") == "a%20b%2B%2F%3F%26%3D%C3%A9");
}

}  // namespace
}  // namespace dialplane
