// The JSON of registrations as the played Telnyx writes it. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "emulators/telnyx/registration_desk.hpp"

namespace dialplane::emulators::telnyx {

boost::json::object whole_form(const played_brand& brand);
// As lists show it: without what was sent for it alone.
boost::json::object listed_form(const played_brand& brand);
boost::json::object feedback_form(const played_brand& brand);
boost::json::object code_form(const played_brand& brand);
boost::json::object whole_form(const played_campaign& campaign);
boost::json::object qualification_form(std::string_view use_case);
boost::json::object whole_form(const played_assignment& assignment);
boost::json::object whole_form(const played_verification& verification);

// The `type` of the webhook that tells of this state.
std::string_view update_type(std::string_view state);
std::string json_text(const boost::json::object& body);

}  // namespace dialplane::emulators::telnyx
