#include "domain/destinations.hpp"

#include <doctest/doctest.h>

#include "domain/rule_tables.hpp"

using namespace dialplane;

namespace {

std::string judged(std::string_view number, const std::vector<std::string>& countries,
                   bool fictitious = false) {
  const auto to = e164::parse(number);
  REQUIRE(to.has_value());
  const auto wrong = judge_destination(*to, countries, built_in_rule_tables()->refused_prefixes,
                                       fictitious);
  return wrong ? std::string(wrong->why) : "allowed";
}

}  // namespace

TEST_CASE("destinations: the US only, unless switched on") {
  struct row {
    std::string_view number;
    std::string_view by_default;
    std::string_view opened;
  };
  const std::vector<std::string> opened = {"US", "CA", "DO", "+44", "+49"};
  const row rows[] = {
      {"+14156670132", "allowed", "allowed"},
      {"+17876670132", "allowed", "allowed"},        // Puerto Rico
      {"+15206670132", "allowed", "allowed"},        // Arizona, though 5XX
      {"+14166670132", "country", "allowed"},        // Toronto
      {"+18096670132", "country", "allowed"},        // Dominican Republic
      {"+18766670132", "country", "country"},        // Jamaica
      {"+442079460000", "country", "allowed"},
      {"+4915112345678", "country", "allowed"},
      {"+33123456789", "country", "country"},
      {"+447012345678", "country", "prefix"},
      {"+447612345678", "country", "prefix"},
      {"+447624123456", "country", "allowed"},       // Isle of Man, in spite of +4476
      {"+499001234567", "country", "prefix"},
      {"+870123456789", "country", "country"},
      {"+19006670132", "premium", "premium"},
      {"+17006670132", "interexchange", "interexchange"},
      {"+17106670132", "government", "government"},
      {"+15006670132", "personal", "personal"},
      {"+18006670132", "toll_free", "toll_free"},
      {"+18886670132", "toll_free", "toll_free"},
      {"+16006670132", "non_geographic", "non_geographic"},
      {"+12116670132", "", ""},                      // no shape of a number at all
      {"+15356670132", "area_code_unknown", "area_code_unknown"},
      {"+14159760132", "premium", "premium"},
      {"+14159500132", "carrier_access", "carrier_access"},
      {"+14159580132", "test_line", "test_line"},
      {"+14159590132", "test_line", "test_line"},
      {"+14155550132", "fictitious", "fictitious"},
      {"+14155551212", "directory", "directory"},
  };
  for (const row& each : rows) {
    INFO("number: ", std::string(each.number));
    if (each.by_default.empty()) {
      CHECK_FALSE(e164::parse(each.number).has_value());
      continue;
    }
    CHECK(judged(each.number, {"US"}) == each.by_default);
    CHECK(judged(each.number, opened) == each.opened);
  }
}

TEST_CASE("destinations: 555 is ordinary between numbers of the built-in carrier") {
  CHECK(judged("+14155550132", {"US"}, true) == "allowed");
  CHECK(judged("+14155551212", {"US"}, true) == "directory");
  CHECK(judged("+14165550132", {"US"}, true) == "country");
  CHECK(judged("+19005550132", {"US"}, true) == "premium");
}

TEST_CASE("destinations: codes that are dialled alone are named") {
  for (const char* code :
       {"911", "+911", "112", "933", "988", "411", "211", "611", "12345", "90210"}) {
    INFO("code: ", code);
    const auto refusal = parse_destination(code);
    REQUIRE_FALSE(refusal.has_value());
    CHECK(refusal.error().code == error_code::destination_not_allowed);
    CHECK(refusal.error().field == "to");
  }
  CHECK(parse_destination("911").error().details.at("why") == "emergency");
  CHECK(parse_destination("933").error().details.at("why") == "emergency");
  CHECK(parse_destination("988").error().details.at("why") == "crisis_line");
  CHECK(parse_destination("411").error().details.at("why") == "service_code");
  CHECK(parse_destination("12345").error().details.at("why") == "short_code");
  for (const char* text : {"", "+", "call me", "4155550132", "+1911", "+14159110132"}) {
    INFO("text: ", text);
    const auto refusal = parse_destination(text);
    REQUIRE_FALSE(refusal.has_value());
    CHECK((refusal.error().code == error_code::invalid_input ||
           std::string_view(text) == "+1911"));
  }
  CHECK(parse_destination("+14155550132").has_value());
}

TEST_CASE("destinations: entries of the setting") {
  for (const char* good : {"US", "CA", "+44", "+7", "+370"}) CHECK(is_country_entry(good));
  for (const char* bad : {"", "us", "USA", "+1", "+", "44", "+44a", "+12345", "U1"}) {
    CHECK_FALSE(is_country_entry(bad));
  }
}
