// Which area codes may serve a request that prefers one, in which order.
//
// An asked code is a preference with a policy: exact (that code only), overlay (also the codes laid
// over the same ground), state (also the rest of its state), any (also the rest of the US). Each
// policy contains the ones before it. Never another country, never another class of number.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace dialplane {

enum class area_code_policy { exact, overlay, state, any };

inline constexpr area_code_policy default_area_code_policy = area_code_policy::state;

std::string_view name_of(area_code_policy policy) noexcept;
std::optional<area_code_policy> parse_area_code_policy(std::string_view name) noexcept;

// One stage of the search. `step` is told to the caller as "which step matched". Codes never occur
// twice in a plan; their texts live as long as the program.
struct area_code_stage {
  area_code_policy step;
  std::vector<std::string_view> codes;  // best first
};

// Stages in order, empty ones left out.
// Overlay: where a group is bridged (some members never share ground), codes on the asked code's
// ground come first. State: shared time zone first. Any: the rest of the 50 states and DC, shared
// time zone first; US territories only by asking for one of their codes.
// Nothing asked: one stage `any`, whatever the policy.
// Refused: area_code_invalid, field area_code, for a code that is not three digits, not in service,
// not US, or not geographic.
result<std::vector<area_code_stage>> area_code_plan(
    std::optional<std::string_view> asked, area_code_policy policy = default_area_code_policy);

}  // namespace dialplane
