#include <doctest/doctest.h>

#include "base/json_gate.hpp"
#include "base/object_reader.hpp"
#include "support/show_results.hpp"

using namespace dialplane;

namespace {

boost::json::object gated_object(std::string_view text) {
  auto read = parse_json_object(text);
  REQUIRE(read);
  return *std::move(read);
}

}  // namespace

TEST_CASE("members are read by type") {
  const auto object = gated_object(
      R"({"s":"text","b":false,"i":7,"o":{"x":1},"l":["a","b"],"n":null,"c":"toll_free","v":[1]})");
  object_reader body(object);
  CHECK(body.required_string("s") == "text");
  CHECK(body.optional_bool("b") == false);
  CHECK(body.optional_int("i", 0, 10) == 7);
  REQUIRE(body.optional_object("o") != nullptr);
  CHECK(body.optional_string_list("l", 2) == std::vector<std::string>{"a", "b"});
  const auto null_text = body.nullable_string("n");
  CHECK(null_text.present);
  CHECK_FALSE(null_text.value);
  CHECK(body.optional_choice("c", {"local", "toll_free"}) == 1);
  CHECK(body.optional_value("v") != nullptr);
  CHECK(body.finish());
}

TEST_CASE("absent members are absent") {
  const boost::json::object object;
  object_reader body(object);
  CHECK_FALSE(body.optional_string("s"));
  CHECK_FALSE(body.optional_bool("b"));
  CHECK_FALSE(body.optional_int("i", 0, 10));
  CHECK(body.optional_object("o") == nullptr);
  CHECK_FALSE(body.optional_string_list("l", 2));
  CHECK_FALSE(body.optional_choice("c", {"x"}));
  CHECK_FALSE(body.nullable_string("n").present);
  CHECK_FALSE(body.nullable_int("m", 0, 1).present);
  CHECK(body.optional_value("v") == nullptr);
  CHECK(body.finish());
}

TEST_CASE("each wrong member is named with what it must be") {
  struct row {
    const char* text;
    void (*read)(object_reader&);
    const char* message;
  };
  const row rows[] = {
      {"{}", [](object_reader& r) { r.required_string("a"); }, "a is required."},
      {"{}", [](object_reader& r) { r.required_bool("a"); }, "a is required."},
      {"{}", [](object_reader& r) { r.required_int("a", 1, 2); }, "a is required."},
      {"{}", [](object_reader& r) { r.required_choice("a", {"x"}); }, "a is required."},
      {"{}", [](object_reader& r) { r.required_object("a"); }, "a is required."},
      {R"({"a":1})", [](object_reader& r) { r.optional_string("a", {.max = 80}); },
       "a must be a string of at most 80 characters."},
      {R"({"a":null})", [](object_reader& r) { r.optional_string("a", {.max = 1}); },
       "a must be a string of at most 1 character."},
      {R"({"a":""})", [](object_reader& r) { r.required_string("a", {.min = 1, .max = 80}); },
       "a must be a string of 1 to 80 characters."},
      {R"({"a":"x"})", [](object_reader& r) { r.required_string("a", {.min = 3, .max = 3}); },
       "a must be a string of 3 characters."},
      {R"({"a":"x\ny"})", [](object_reader& r) { r.optional_string("a"); },
       "a must be a string without control characters."},
      {R"({"a":1})", [](object_reader& r) { r.nullable_string("a", {.max = 5}); },
       "a must be a string of at most 5 characters, or null."},
      {R"({"a":"true"})", [](object_reader& r) { r.optional_bool("a"); },
       "a must be true or false."},
      {R"({"a":null})", [](object_reader& r) { r.optional_bool("a"); }, "a must be true or false."},
      {R"({"a":11})", [](object_reader& r) { r.optional_int("a", 0, 10); },
       "a must be an integer from 0 to 10."},
      {R"({"a":-1})", [](object_reader& r) { r.optional_int("a", 0, 10); },
       "a must be an integer from 0 to 10."},
      {R"({"a":1.0})", [](object_reader& r) { r.optional_int("a", 0, 10); },
       "a must be an integer from 0 to 10."},
      {R"({"a":"1"})", [](object_reader& r) { r.optional_int("a", 0, 10); },
       "a must be an integer from 0 to 10."},
      {R"({"a":18446744073709551615})", [](object_reader& r) { r.nullable_int("a", 0, 10); },
       "a must be an integer from 0 to 10."},
      {R"({"a":[]})", [](object_reader& r) { r.optional_object("a"); }, "a must be an object."},
      {R"({"a":["x","y"]})", [](object_reader& r) { r.optional_string_list("a", 1); },
       "a must be a list of at most 1 strings."},
      {R"({"a":"x"})", [](object_reader& r) { r.optional_string_list("a", 1); },
       "a must be a list of at most 1 strings."},
      {R"({"a":["x",5]})", [](object_reader& r) { r.optional_string_list("a", 3, {.max = 9}); },
       "a[1] must be a string of at most 9 characters."},
      {R"({"a":"LOCAL"})", [](object_reader& r) { r.optional_choice("a", {"local", "toll_free"}); },
       "a must be one of local, toll_free."},
      {R"({"a":1})", [](object_reader& r) { r.required_choice("a", {"local"}); },
       "a must be one of local."},
  };
  for (const row& each : rows) {
    CAPTURE(each.text);
    CAPTURE(each.message);
    const auto object = gated_object(each.text);
    object_reader body(object);
    each.read(body);
    CHECK(body.failed());
    const auto finished = body.finish();
    REQUIRE_FALSE(finished);
    CHECK(finished.error().code == error_code::invalid_input);
    CHECK(finished.error().message == each.message);
    CHECK(finished.error().field.starts_with("a"));
  }
}

TEST_CASE("lengths count characters, not bytes") {
  const auto object = gated_object("{\"a\":\"\xf0\x9f\x93\x9e\xc3\xbc\"}");
  object_reader fits(object);
  CHECK(fits.required_string("a", {.min = 2, .max = 2}) == "\xf0\x9f\x93\x9e\xc3\xbc");
  CHECK(fits.finish());
  object_reader too_long(object);
  CHECK(too_long.required_string("a", {.max = 1}).empty());
  CHECK_FALSE(too_long.finish());
}

TEST_CASE("line breaks pass where they are allowed, other controls never") {
  const auto object = gated_object(R"({"a":"x\r\n\ty","b":"\u001b"})");
  object_reader body(object);
  CHECK(body.required_string("a", {.allow_line_breaks = true}) == "x\r\n\ty");
  CHECK_FALSE(body.failed());
  body.required_string("b", {.allow_line_breaks = true});
  CHECK(body.finish().error().field == "b");
}

TEST_CASE("the first wrong member wins") {
  const auto object = gated_object(R"({"a":1,"b":2,"zzz":3})");
  object_reader body(object);
  body.optional_string("b");
  body.optional_string("a");
  body.required_string("c");
  CHECK(body.finish().error().field == "b");
}

TEST_CASE("an unknown member is refused, with the nearest known one") {
  struct row {
    const char* text;
    const char* message;
  };
  const row rows[] = {
      {R"({"lable":"x"})", "lable is not a known field; did you mean label?"},
      {R"({"area_kode":"x"})", "area_kode is not a known field; did you mean area_code?"},
      {R"({"areacode":"x"})", "areacode is not a known field; did you mean area_code?"},
      {R"({"Label":"x"})", "Label is not a known field; did you mean label?"},
      {R"({"something":1})", "something is not a known field."},
      {R"({"":1})", " is not a known field."},
      {R"({"xy":1})", "xy is not a known field."},
  };
  for (const row& each : rows) {
    CAPTURE(each.text);
    const auto object = gated_object(each.text);
    object_reader body(object);
    body.optional_string("label");
    body.optional_string("area_code");
    const auto finished = body.finish();
    REQUIRE_FALSE(finished);
    CHECK(finished.error().code == error_code::invalid_input);
    CHECK(finished.error().message == each.message);
  }
}

TEST_CASE("a misspelt required member is told as misspelt, not as absent") {
  const auto object = gated_object(R"({"enabeld":true})");
  object_reader body(object);
  body.required_bool("enabled");
  CHECK(body.finish().error().message == "enabeld is not a known field; did you mean enabled?");
}

TEST_CASE("nested readers name the whole path") {
  const auto object = gated_object(R"({"defaults":{"area_cod":"415"}})");
  object_reader body(object);
  const auto* defaults = body.optional_object("defaults");
  REQUIRE(defaults != nullptr);
  object_reader inner(*defaults, body.path_of("defaults"));
  inner.optional_string("area_code");
  auto finished = inner.finish();
  REQUIRE_FALSE(finished);
  CHECK(finished.error().field == "defaults.area_cod");
  CHECK(finished.error().message ==
        "defaults.area_cod is not a known field; did you mean defaults.area_code?");
  body.take_error(finished.error());
  CHECK(body.finish().error().field == "defaults.area_cod");
}

TEST_CASE("ignored members are known") {
  const auto object = gated_object(R"({"x":{"any":[1]}})");
  object_reader body(object);
  body.ignore("x");
  CHECK(body.finish());
}

TEST_CASE("edit distance counts one-character edits up to a limit") {
  CHECK(edit_distance("", "", 2) == 0);
  CHECK(edit_distance("label", "label", 2) == 0);
  CHECK(edit_distance("lable", "label", 2) == 2);
  CHECK(edit_distance("labl", "label", 2) == 1);
  CHECK(edit_distance("kitten", "sitting", 3) == 3);
  CHECK(edit_distance("kitten", "sitting", 2) == 3);
  CHECK(edit_distance("", "abc", 2) == 3);
  CHECK(edit_distance(std::string(100'000, 'a'), "a", 2) == 3);
  CHECK(edit_distance(std::string(100'000, 'a'), std::string(100'000, 'a'), 2) == 3);
}
