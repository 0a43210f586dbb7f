#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "domain/area_codes.hpp"
#include "domain/e164.hpp"

using namespace dialplane;

TEST_CASE("the table holds what its sources count") {
  std::map<area_code_class, int> classes;
  std::map<std::string_view, int> countries;
  std::set<std::string_view> groups;
  for (const area_code_row& row : all_area_codes()) {
    ++classes[row.kind];
    if (row.kind == area_code_class::geographic) ++countries[row.country];
    if (!row.overlay_group.empty()) groups.insert(row.overlay_group);
  }
  CHECK(all_area_codes().size() == 484);
  CHECK(classes[area_code_class::geographic] == 454);
  CHECK(classes[area_code_class::toll_free] == 7);
  CHECK(classes[area_code_class::premium] == 1);
  CHECK(classes[area_code_class::personal] == 17);
  CHECK(classes[area_code_class::interexchange] == 1);
  CHECK(classes[area_code_class::government] == 1);
  CHECK(classes[area_code_class::other] == 3);
  CHECK(countries["US"] == 378);
  CHECK(countries["CA"] == 55);
  CHECK(countries.size() == 20);
  CHECK(groups.size() == 136);
  CHECK(us_geographic_codes().size() == 378);
}

TEST_CASE("every row can be found and makes sense") {
  for (const area_code_row& row : all_area_codes()) {
    CAPTURE(std::string(row.code));
    CHECK(find_area_code(row.code) == &row);
    CHECK(is_area_code_shape(row.code));
    const bool geographic = row.kind == area_code_class::geographic;
    CHECK(geographic == !row.time_zones.empty());
    CHECK(is_us_geographic(row.code) == (geographic && row.country == "US"));
    CHECK(is_toll_free(row.code) == (row.kind == area_code_class::toll_free));
    if (row.country == "US" && geographic) {
      CHECK(row.region.size() == 2);
      const auto mates = us_region_members(row.region);
      CHECK(std::count(mates.begin(), mates.end(), row.code) == 1);
    }
    if (!row.overlay_group.empty()) {
      const auto group = overlay_group_members(row.overlay_group);
      CHECK(std::count(group.begin(), group.end(), row.code) == 1);
      CHECK(group.size() > 1);
    }
    for (const std::string_view zone : row.time_zones) CHECK(zone.find('/') != zone.npos);
  }
}

TEST_CASE("well known codes") {
  CHECK(find_area_code("415")->region == "CA");
  CHECK(find_area_code("415")->country == "US");
  CHECK(find_area_code("416")->country == "CA");
  CHECK(is_us_geographic("520"));  // Arizona, not a 5XX personal code
  CHECK(is_us_geographic("787"));
  CHECK(is_us_territory(find_area_code("787")->region));
  CHECK_FALSE(is_us_territory("CA"));
  CHECK_FALSE(is_us_territory(""));
  CHECK_FALSE(is_us_geographic("876"));  // Jamaica
  CHECK_FALSE(is_us_geographic("900"));
  CHECK_FALSE(is_us_geographic("800"));
  CHECK(find_area_code("208")->time_zones.size() == 2);
}

TEST_CASE("unknown codes are unknown") {
  for (const char* code : {"", "4", "41", "4155", "000", "123", "999", "211", "555", "822", "abc",
                           "4 5", "-15", "+15", "627"}) {
    CAPTURE(code);
    CHECK(find_area_code(code) == nullptr);
    CHECK_FALSE(is_us_geographic(code));
    CHECK_FALSE(is_toll_free(code));
  }
  CHECK(overlay_group_members("").empty());
  CHECK(overlay_group_members("999").empty());
  CHECK(us_region_members("").empty());
  CHECK(us_region_members("ON").empty());  // Canada's provinces are not US regions
}

TEST_CASE("toll-free codes, and those for sale") {
  const std::set<std::string_view> all(toll_free_codes().begin(), toll_free_codes().end());
  CHECK(all == std::set<std::string_view>{"800", "833", "844", "855", "866", "877", "888"});
  const std::set<std::string_view> sale(toll_free_codes_for_sale().begin(),
                                        toll_free_codes_for_sale().end());
  CHECK(sale == std::set<std::string_view>{"833", "844", "855", "866", "877", "888"});
}
