// A legal entity's record in Surge's words, and Surge's complaints in ours.
//
// Members have the same names in both but for a few; words that differ from carrier to carrier
// (industry, regions, a contact's title) are brought into Surge's spelling and otherwise passed
// on as they are: Surge itself says what it does not know. Pure functions.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace dialplane::surge {

// Body of an account's PATCH: name, brand_name, time_zone, organization. The name begins with
// `ours` (account_name) and ends with the company's.
boost::json::object account_changes(std::string_view ours, const boost::json::object& entity,
                                    const secret_string& ein, bool sole_proprietor);

// "organization.address.region" -> "address.region"; "organization.identifier" -> "ein".
std::string entity_path(std::string_view surge_path);

// "Chief Executive Officer" -> "ceo"; "" for what is not in Surge's list.
std::string_view known_title(std::string_view title) noexcept;

}  // namespace dialplane::surge
