// JSON that is written without a tree: any JSON parser reads back what was put.
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <limits>

#include "base/json_text.hpp"

namespace dialplane::test {

namespace json = boost::json;

TEST_CASE("JSON text: every kind of member, in order") {
  json_text text(8);
  text.put_text("text", "a");
  text.put_text_or_null("some", std::string("{"));
  text.put_text_or_null("none", std::nullopt);
  text.put_integer("least", std::numeric_limits<std::int64_t>::min());
  text.put_flag("yes", true);
  text.put_flag("no", false);
  text.begin("empty");
  text.end();
  text.begin("inner");
  text.put_null("nothing");
  text.begin("deeper");
  text.put_json("list", "[1,2]");
  text.end();
  text.end();
  text.put_text("last", "");
  CHECK(text.take() ==
        R"({"text":"a","some":"{","none":null,"least":-9223372036854775808,"yes":true,"no":false,)"
        R"("empty":{},"inner":{"nothing":null,"deeper":{"list":[1,2]}},"last":""})");
  CHECK(json_text(8).take() == "{}");
}

TEST_CASE("JSON text: any byte of a text comes back") {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
  all += "\xc3\xa9 \xf0\x9f\x93\x9e";
  json_text text(8);
  text.put_text("all", all);
  const json::value read = json::parse(text.take());
  CHECK(std::string_view(read.at("all").as_string()) == all);
}

}  // namespace dialplane::test
