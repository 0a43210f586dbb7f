#include "domain/area_code_policy.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <span>

#include "domain/area_codes.hpp"

namespace dialplane {

namespace {

// Overlay groups that are bridged: A overlays B and B overlays C, but A and C never share ground.
// Each line is a set of codes that do share ground. Groups without a line share it throughout.
constexpr std::array<std::array<std::string_view, 5>, 10> shared_ground = {{
    {"206", "564"},                       // Seattle
    {"360", "564"},                       // around it
    {"212", "332", "646", "917"},         // Manhattan
    {"347", "465", "718", "917", "929"},  // New York's other boroughs
    {"312", "872"},                       // Chicago's centre
    {"773", "872"},                       // the rest of Chicago
    {"404", "470", "678", "943"},         // Atlanta
    {"470", "678", "770", "943"},         // around it
    {"412", "878"},                       // Pittsburgh
    {"724", "878"},                       // around it
}};

bool share_ground(std::string_view a, std::string_view b) {
  const auto has = [](const auto& set, std::string_view code) {
    return std::find(set.begin(), set.end(), code) != set.end();
  };
  bool bridged = false;
  for (const auto& set : shared_ground) {
    if (has(set, a) && has(set, b)) return true;
    bridged = bridged || has(set, a);
  }
  return !bridged;
}

bool share_time_zone(const area_code_row& asked, std::string_view code) {
  const area_code_row* other = find_area_code(code);
  return std::find_first_of(asked.time_zones.begin(), asked.time_zones.end(),
                            other->time_zones.begin(),
                            other->time_zones.end()) != asked.time_zones.end();
}

// Collects the stages; a code goes into the first one it fits.
class plan_builder {
 public:
  // Preferred codes first, by code within both halves.
  template <typename Prefer>
  void add_stage(area_code_policy step, std::span<const std::string_view> codes, Prefer prefer) {
    area_code_stage stage{step, {}};
    stage.codes.reserve(codes.size());
    for (const std::string_view code : codes) {
      if (taken_[index_of(code)]) continue;
      taken_.set(index_of(code));
      stage.codes.push_back(code);
    }
    std::stable_partition(stage.codes.begin(), stage.codes.end(), prefer);
    if (!stage.codes.empty()) stages_.push_back(std::move(stage));
  }

  std::vector<area_code_stage> take() { return std::move(stages_); }

 private:
  static std::size_t index_of(std::string_view code) {
    return static_cast<std::size_t>((code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0');
  }

  std::bitset<1000> taken_;
  std::vector<area_code_stage> stages_;
};

// The 50 states and DC.
const area_code_list& state_codes() {
  static const area_code_list codes = [] {
    area_code_list list;
    for (const std::string_view code : us_geographic_codes()) {
      if (!is_us_territory(find_area_code(code)->region)) list.push_back(code);
    }
    return list;
  }();
  return codes;
}

error wrong_area_code(std::string message) {
  return bad_field("area_code", std::move(message), error_code::area_code_invalid);
}

result<const area_code_row*> asked_row(std::string_view asked) {
  const bool digits =
      asked.size() == 3 &&
      std::all_of(asked.begin(), asked.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return wrong_area_code("area_code must be three digits, such as 415.");
  const std::string code(asked);
  const area_code_row* row = find_area_code(asked);
  if (row == nullptr) return wrong_area_code(code + " is not a US area code in service.");
  if (row->kind == area_code_class::toll_free) {
    return wrong_area_code(code + " is toll-free; area_code must be a code of a US place.");
  }
  if (row->kind != area_code_class::geographic) {
    return wrong_area_code(code + " belongs to no place; area_code must be a code of a US place.");
  }
  if (row->country != "US") {
    return wrong_area_code(code + " is not in the US; area_code must be a code of a US place.");
  }
  return row;
}

}  // namespace

std::string_view name_of(area_code_policy policy) noexcept {
  constexpr std::array<std::string_view, 4> names = {"exact", "overlay", "state", "any"};
  return names[static_cast<std::size_t>(policy)];
}

std::optional<area_code_policy> parse_area_code_policy(std::string_view name) noexcept {
  for (const area_code_policy policy : {area_code_policy::exact, area_code_policy::overlay,
                                        area_code_policy::state, area_code_policy::any}) {
    if (name_of(policy) == name) return policy;
  }
  return std::nullopt;
}

result<std::vector<area_code_stage>> area_code_plan(std::optional<std::string_view> asked,
                                                    area_code_policy policy) {
  plan_builder plan;
  if (!asked) {
    plan.add_stage(area_code_policy::any, state_codes(), [](std::string_view) { return true; });
    return plan.take();
  }
  TRY_ASSIGN(const area_code_row* row, asked_row(*asked));
  const auto same_ground = [row](std::string_view code) { return share_ground(row->code, code); };
  const auto same_time = [row](std::string_view code) { return share_time_zone(*row, code); };

  plan.add_stage(area_code_policy::exact, {&row->code, 1}, same_ground);
  if (policy >= area_code_policy::overlay) {
    plan.add_stage(area_code_policy::overlay, overlay_group_members(row->overlay_group),
                   same_ground);
  }
  if (policy >= area_code_policy::state) {
    plan.add_stage(area_code_policy::state, us_region_members(row->region), same_time);
  }
  if (policy == area_code_policy::any) {
    plan.add_stage(area_code_policy::any, state_codes(), same_time);
  }
  return plan.take();
}

}  // namespace dialplane
