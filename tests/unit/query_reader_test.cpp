// Queries: strict decoding, typed reading, cursors.
#include <doctest/doctest.h>

#include "edge/rest/query_reader.hpp"

using namespace dialplane;

namespace {

parsed_query query_of(std::string_view raw) {
  auto query = parse_query(raw);
  REQUIRE(query.has_value());
  return *std::move(query);
}

std::string field_of(const result<parsed_query>& refused) {
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == error_code::invalid_input);
  return refused.error().field;
}

}  // namespace

TEST_CASE("names and values are decoded once") {
  const parsed_query query = query_of("q=a%20b+c&limit=5&&empty=&bare&pct=%2541");
  CHECK(*query.find("q") == "a b c");
  CHECK(*query.find("limit") == "5");
  CHECK(query.find("empty")->empty());
  CHECK(query.find("bare")->empty());
  CHECK(*query.find("pct") == "%41");
  CHECK(query.find("missing") == nullptr);
  CHECK(query_of("").parameters.empty());
}

TEST_CASE("what is ambiguous or broken is refused, naming the parameter") {
  CHECK(field_of(parse_query("a=1&a=2")) == "a");
  CHECK(field_of(parse_query("a=1&%61=2")) == "a");
  CHECK(field_of(parse_query("q=%2")) == "q");
  CHECK(field_of(parse_query("q=%zz")) == "q");
  CHECK(field_of(parse_query("q=%ff")) == "q");
  CHECK(field_of(parse_query("q=%00")) == "q");
  CHECK(field_of(parse_query("%ff=1")) == "%ff");
  std::string many;
  for (int i = 0; i < 33; ++i) many += "p" + std::to_string(i) + "=1&";
  CHECK(field_of(parse_query(many)) == "p32");
}

TEST_CASE("a cartesia page has its limits") {
  const auto limit_of = [](std::string_view raw) -> result<std::size_t> {
    const parsed_query query = query_of(raw);
    query_reader reader(query);
    const page_request cut = reader.cartesia_page<number_id>();
    TRY(reader.finish());
    return cut.limit;
  };
  CHECK(*limit_of("") == 10);
  CHECK(*limit_of("limit=1") == 1);
  CHECK(*limit_of("limit=100") == 100);
  for (const auto* bad : {"limit=0", "limit=101", "limit=", "limit=1.0", "limit=-1", "limit=%2B5",
                          "limit=5x", "limit=99999999999999999999"}) {
    CAPTURE(bad);
    const auto refused = limit_of(bad);
    REQUIRE(refused.has_error());
    CHECK(refused.error().field == "limit");
  }
}

TEST_CASE("cartesia cursors are ids of the right kind, and only one at a time") {
  const number_id number{{1, 2, 3}};
  const std::string shown = number.prefixed();
  const auto read = [](std::string_view raw) -> result<page_request> {
    const parsed_query query = query_of(raw);
    query_reader reader(query);
    const page_request cut = reader.cartesia_page<number_id>();
    TRY(reader.finish());
    return cut;
  };
  CHECK(*read("starting_after=" + shown)->after == number.bytes);
  CHECK(*read("ending_before=" + number.uuid())->before == number.bytes);
  CHECK_FALSE(read("starting_after=" + shown)->before.has_value());
  for (const std::string& bad :
       {std::string("starting_after=nonsense"), "ending_before=" + agent_id{{1}}.prefixed(),
        std::string("starting_after="),
        "starting_after=" + shown + "&ending_before=" + shown}) {
    CAPTURE(bad);
    CHECK(read(bad).has_error());
  }
}

TEST_CASE("a parameter nobody asked for is refused with the nearest known name") {
  const parsed_query query = query_of("limt=5");
  query_reader reader(query);
  reader.cartesia_page<number_id>();
  const auto refused = reader.finish();
  REQUIRE(refused.has_error());
  CHECK(refused.error().field == "limt");
  CHECK(refused.error().hint == "Did you mean limit?");
}

TEST_CASE("the first wrong parameter wins") {
  const parsed_query query = query_of("type=zzz&limit=0");
  query_reader reader(query);
  CHECK_FALSE(reader.choice("type", {"a", "b"}).has_value());
  CHECK(reader.integer("limit", 1, 100, 7) == 7);
  const auto refused = reader.finish();
  REQUIRE(refused.has_error());
  CHECK(refused.error().field == "type");
  CHECK(refused.error().message == "type must be one of a, b.");
}

TEST_CASE("texts are limited in characters, not bytes") {
  const parsed_query query = query_of("q=%C3%A4%C3%A4%C3%A4");
  query_reader fits(query);
  CHECK(fits.text("q", 3).has_value());
  CHECK(fits.finish().has_value());
  query_reader too_long(query);
  CHECK_FALSE(too_long.text("q", 2).has_value());
  CHECK(too_long.finish().has_error());
}

TEST_CASE("naive cursors go round and refuse everything else") {
  const uuid_bytes id = {1, 2, 250, 251, 252, 253, 254, 255, 0, 9, 8, 7, 6, 5, 4, 3};
  const std::string cursor = cursor_of(id);
  CHECK(parse_cursor(cursor) == id);
  CHECK(cursor.find_first_of("+/=") == std::string::npos);
  for (const std::string& bad : {std::string(), std::string("x"), cursor + "A",
                                 cursor.substr(1), std::string(22, '!')}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_cursor(bad).has_value());
  }
}
