// The made-up company and agent of --demo, with everything a carrier asks for except an EIN.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

namespace dialplane {

inline constexpr std::string_view demo_agent_name = "Customer support";

// A legal entity's record that passes submit.
boost::json::object demo_company();

}  // namespace dialplane
