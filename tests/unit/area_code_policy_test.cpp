#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "domain/area_code_policy.hpp"
#include "domain/area_codes.hpp"
#include "support/show_results.hpp"

using namespace dialplane;

namespace {

using code_list = std::vector<std::string_view>;

code_list stage(std::string_view asked, area_code_policy step) {
  for (const area_code_stage& each : *area_code_plan(asked, area_code_policy::any)) {
    if (each.step == step) return each.codes;
  }
  return {};
}

bool share_zone(std::string_view a, std::string_view b) {
  for (const std::string_view zone : find_area_code(a)->time_zones) {
    const auto& zones = find_area_code(b)->time_zones;
    if (std::find(zones.begin(), zones.end(), zone) != zones.end()) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every US code has a plan that never leaves its bounds") {
  for (const std::string_view asked : us_geographic_codes()) {
    CAPTURE(std::string(asked));
    const area_code_row& row = *find_area_code(asked);
    const auto plan = area_code_plan(asked, area_code_policy::any);
    REQUIRE(plan);
    REQUIRE(plan->front().step == area_code_policy::exact);
    CHECK(plan->front().codes == code_list{asked});
    CHECK(plan->back().step == area_code_policy::any);
    std::set<std::string_view> seen;
    area_code_policy before = area_code_policy::exact;
    for (const area_code_stage& each : *plan) {
      CHECK(each.step >= before);
      before = each.step;
      CHECK_FALSE(each.codes.empty());
      bool other_zone_seen = false;
      for (const std::string_view code : each.codes) {
        CHECK(seen.insert(code).second);  // never twice
        REQUIRE(is_us_geographic(code));  // never another country or class
        const area_code_row& other = *find_area_code(code);
        if (each.step == area_code_policy::overlay) CHECK(other.overlay_group == row.overlay_group);
        if (each.step <= area_code_policy::state) CHECK(other.region == row.region);
        if (each.step == area_code_policy::any) CHECK_FALSE(is_us_territory(other.region));
        if (each.step >= area_code_policy::state) {
          CHECK_FALSE((other_zone_seen && share_zone(asked, code)));  // shared time zone first
          other_zone_seen = other_zone_seen || !share_zone(asked, code);
        }
      }
    }
    // Nothing that belongs in is left out.
    const bool territory = is_us_territory(row.region);
    CHECK(seen.size() == 372 + (territory ? us_region_members(row.region).size() : 0));
  }
}

TEST_CASE("each policy is the beginning of the next") {
  const code_list asked_codes = {"415", "212", "307", "787", "907"};
  for (const std::string_view asked : asked_codes) {
    const auto all = *area_code_plan(asked, area_code_policy::any);
    for (const auto policy : {area_code_policy::exact, area_code_policy::overlay,
                              area_code_policy::state}) {
      const auto plan = *area_code_plan(asked, policy);
      REQUIRE(plan.size() <= all.size());
      for (std::size_t i = 0; i < plan.size(); ++i) {
        CHECK(plan[i].step == all[i].step);
        CHECK(plan[i].codes == all[i].codes);
        CHECK(plan[i].step <= policy);
      }
      CHECK(all[plan.size()].step > policy);
    }
  }
  // The default is state.
  CHECK(area_code_plan("415")->back().step == area_code_policy::state);
  CHECK(area_code_plan("307")->size() == 1);  // Wyoming has one code and no overlay
}

TEST_CASE("overlays, bridged ones by shared ground first") {
  struct row {
    const char* asked;
    code_list overlay;
  };
  const row rows[] = {
      {"415", {"628"}},
      {"206", {"564", "360"}},
      {"360", {"564", "206"}},
      {"564", {"206", "360"}},
      {"212", {"332", "646", "917", "347", "465", "718", "929"}},
      {"718", {"347", "465", "917", "929", "212", "332", "646"}},
      {"917", {"212", "332", "347", "465", "646", "718", "929"}},
      {"312", {"872", "773"}},
      {"773", {"872", "312"}},
      {"321", {"407", "689"}},
      {"404", {"470", "678", "943", "770"}},
      {"770", {"470", "678", "943", "404"}},
      {"943", {"404", "470", "678", "770"}},
      {"724", {"878", "412"}},
      {"878", {"412", "724"}},
      {"307", {}},
  };
  for (const row& each : rows) {
    CAPTURE(each.asked);
    CHECK(stage(each.asked, area_code_policy::overlay) == each.overlay);
  }
}

TEST_CASE("El Paso, on Mountain time, comes last for Dallas") {
  const code_list state = stage("214", area_code_policy::state);
  REQUIRE(state.size() > 3);
  CHECK(state.back() == "915");
  CHECK(find_area_code(state.front())->time_zones.front() == "America/Chicago");
}

TEST_CASE("a territory's plan stays there, unless any place will do") {
  CHECK(area_code_plan("340")->size() == 1);
  CHECK(area_code_plan("787")->at(1).codes == code_list{"939"});
  CHECK(stage("670", area_code_policy::any).size() == 372);
}

TEST_CASE("asking for nothing allows every state, and no territory") {
  for (const auto policy : {area_code_policy::exact, area_code_policy::overlay,
                            area_code_policy::state, area_code_policy::any}) {
    const auto plan = *area_code_plan(std::nullopt, policy);
    REQUIRE(plan.size() == 1);
    CHECK(plan[0].step == area_code_policy::any);
    CHECK(plan[0].codes.size() == 372);
  }
}

TEST_CASE("codes that cannot be asked for are refused") {
  const std::string wrong[] = {
      "", "4", "41", "4155", "abc", "41a", " 415", "415 ", "+41", "-15", "000", "123", "999",
      "911", "555", "627",                 // no code, or not in service
      "416", "604", "867", "600",          // Canada
      "876", "242", "809",                 // other countries of the plan
      "800", "833", "888",                 // toll-free
      "900", "700", "710", "500", "533",   // no place
      std::string("41\0", 3), "\xd9\xa4\xd9\xa1\xd9\xa5",
  };
  for (const std::string& asked : wrong) {
    CAPTURE(asked);
    for (const auto policy : {area_code_policy::exact, area_code_policy::any}) {
      const auto plan = area_code_plan(asked, policy);
      REQUIRE_FALSE(plan);
      CHECK(plan.error().kind == error_class::refused);
      CHECK(plan.error().code == error_code::area_code_invalid);
      CHECK(plan.error().field == "area_code");
    }
  }
}

TEST_CASE("policies by name") {
  for (const auto policy : {area_code_policy::exact, area_code_policy::overlay,
                            area_code_policy::state, area_code_policy::any}) {
    CHECK(parse_area_code_policy(name_of(policy)) == policy);
  }
  CHECK_FALSE(parse_area_code_policy("State"));
  CHECK_FALSE(parse_area_code_policy(""));
  CHECK(default_area_code_policy == area_code_policy::state);
}
