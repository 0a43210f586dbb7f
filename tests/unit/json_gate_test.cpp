#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>

#include "base/json_gate.hpp"
#include "support/show_results.hpp"

using namespace dialplane;

namespace {

std::string nested(std::size_t levels) {
  std::string text = "{\"a\":";
  for (std::size_t i = 1; i < levels; ++i) text += '[';
  if (levels == 1) text += '1';
  for (std::size_t i = 1; i < levels; ++i) text += ']';
  return text + "}";
}

}  // namespace

TEST_CASE("an object is read with all its values") {
  const auto read = parse_json_object(
      " {\"s\":\"gr\\u00fc\\u00df \\ud83d\\udcde\",\"i\":-5,\"u\":18446744073709551615,\"d\":1.5,"
      "\"t\":true,\"n\":null,\"o\":{\"a\":[1,{\"a\":2}]},\"\":0}\r\n\t ");
  REQUIRE(read);
  CHECK(read->size() == 8);
  CHECK(read->at("s") == "gr\xc3\xbc\xc3\x9f \xf0\x9f\x93\x9e");
  CHECK(read->at("i") == -5);
  CHECK(read->at("u") == UINT64_MAX);
  CHECK(read->at("d") == 1.5);
  CHECK(read->at("t") == true);
  CHECK(read->at("n").is_null());
  CHECK(read->at("o") == boost::json::parse("{\"a\":[1,{\"a\":2}]}"));
  CHECK(read->at("") == 0);
  CHECK(parse_json_object("{}")->empty());
}

TEST_CASE("what is not exactly one JSON object is refused") {
  const std::string wrong[] = {
      "", " ", "null", "true", "1", "\"text\"", "[]", "[{}]", "{", "}", "{}{}", "{} x", "{},",
      "{}\x01", std::string("{}\0", 3), "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}",
      "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{\"a\":[1,]}", "{\"a\":[1 2]}", "{\"a\":[1}",
      "{\"a\":tru}", "{\"a\":True}", "{\"a\":nul}", "{\"a\":undefined}", "{\"a\":NaN}",
      "{\"a\":Infinity}", "{\"a\":-Infinity}", "{\"a\":01}", "{\"a\":-}", "{\"a\":+1}",
      "{\"a\":.5}", "{\"a\":1.}", "{\"a\":1e}", "{\"a\":0x1}", "{\"a\":1e999}", "{\"a\":-1e999}",
      "{\"a\":\"}", "{\"a\":\"\\\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\n\"}",
      "{\"a\":\"\t\"}", std::string("{\"a\":\"\0\"}", 9), "{1:2}", "{null:1}",
      "{} // comment", "/* c */{}", "{\"a\":1/**/}", "\xef\xbb\xbf{}", "\xff\xfe{\0}\0",
      "{\"a\":\"\\u0000\"}", "{\"a\\u0000b\":1}", "{\"a\":\"x\\u0000\"}",
      "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\ud800x\"}",
      "{\"a\":\"\\ud800\\ud800\"}", "{\"a\":\"\\udc00\\ud800\"}", "{\"\\ud83d\":1}",
  };
  for (const std::string& body : wrong) {
    CAPTURE(body);
    const auto read = parse_json_object(body);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == error_code::invalid_json);
    CHECK(read.error().kind == error_class::refused);
    CHECK_FALSE(read.error().message.empty());
  }
}

TEST_CASE("invalid UTF-8 is refused wherever it stands") {
  for (const char* body :
       {"{\"a\":\"\xff\"}", "{\"\xc3\":1}", "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":\"\xf4\x90\x80\x80\"}", "{}\xc3", "{\"a\":\"\xe2\x82\"}"}) {
    CAPTURE(body);
    const auto read = parse_json_object(body);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == error_code::invalid_json);
    CHECK(read.error().message == "The body is not valid UTF-8.");
  }
}

TEST_CASE("a duplicate member is refused at any level, and named") {
  struct row {
    const char* body;
    const char* field;
  };
  const row rows[] = {
      {"{\"ein\":1,\"ein\":1}", "ein"},
      {"{\"ein\":1,\"\\u0065in\":2}", "ein"},  // the same name, spelt with an escape
      {"{\"a\":{\"b\":1,\"c\":2,\"b\":3}}", "a.b"},
      {"{\"a\":[{},{\"b\":1,\"b\":1}]}", "a[1].b"},
      {"{\"\":1,\"\":2}", ""},
      {"{\"a\":null,\"a\":null}", "a"},
  };
  for (const row& each : rows) {
    CAPTURE(each.body);
    const auto read = parse_json_object(each.body);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == error_code::invalid_json);
    CHECK(read.error().field == each.field);
    CHECK(read.error().message.find("once") != std::string::npos);
  }
  // The same name in different objects is fine, and names differ by case.
  CHECK(parse_json_object("{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]},\"A\":1}"));
}

TEST_CASE("a duplicate among many members is found") {
  std::string body = "{";
  for (int i = 0; i < 1000; ++i) body += "\"m" + std::to_string(i) + "\":1,";
  CHECK(parse_json_object(body + "\"m1000\":1}"));
  const auto read = parse_json_object(body + "\"m500\":1}");
  REQUIRE_FALSE(read);
  CHECK(read.error().field == "m500");
}

TEST_CASE("depth is limited to 32 levels, the object itself being the first") {
  CHECK(parse_json_object(nested(1)));
  CHECK(parse_json_object(nested(32)));
  for (const std::size_t levels : {33U, 34U, 1000U, 30'000U}) {
    const auto read = parse_json_object(nested(levels));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == error_code::invalid_json);
    CHECK(read.error().message.find("32") != std::string::npos);
  }
  CHECK_FALSE(parse_json_object(nested(3), {.max_depth = 2}));
}

TEST_CASE("size, member count and string length are limited") {
  std::string body = "{\"a\":\"";
  body += std::string(64 * 1024 - body.size() - 2, 'x') + "\"}";
  CHECK(parse_json_object(body));
  const auto read = parse_json_object(body + " ");
  REQUIRE_FALSE(read);
  CHECK(read.error().code == error_code::payload_too_large);

  CHECK(parse_json_object("{\"a\":[1,2,3]}", {.max_members = 3}));
  CHECK_FALSE(parse_json_object("{\"a\":[1,2,3,4]}", {.max_members = 3}));
  CHECK_FALSE(parse_json_object("{\"a\":1,\"b\":2}", {.max_members = 1}));
  CHECK(parse_json_object("{\"a\":\"xyz\"}", {.max_string_bytes = 3}));
  CHECK_FALSE(parse_json_object("{\"a\":\"wxyz\"}", {.max_string_bytes = 3}));
  CHECK_FALSE(parse_json_object("{\"wxyz\":1}", {.max_string_bytes = 3}));
}

TEST_CASE("error texts never repeat the body") {
  for (const char* body : {"{\"ein\":\"12-3456789\"", "12-3456789", "{\"a\":12-3456789}",
                           "{\"a\":\"12-3456789\xff\"}", "{\"a\":\"12-3456789\\u0000\"}"}) {
    const auto read = parse_json_object(body);
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find("3456789") == std::string::npos);
    CHECK(read.error().internal.find("3456789") == std::string::npos);
  }
}

TEST_CASE("a member's name in an error is bounded and cut between characters") {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\xc3\xbc";
  const auto read = parse_json_object("{\"" + name + "\":1,\"" + name + "\":1}");
  REQUIRE_FALSE(read);
  CHECK(read.error().field == name.substr(0, 64));
}
