// The configuration of a managed agent: which members it has, their limits, how a change is
// merged. A number platform keeps and returns it; the voice edge will read it. Pure functions.
//
// Rules: the vendor's managed-agent object (cartesia dialect, section 4.2). Unknown members are
// refused, naming them.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/error.hpp"

namespace dialplane {

// A complete configuration out of a partial one: a member that is given is kept as given, one left
// out gets its default; the three system tools are always present, null when off. Errors name the
// member ("config.audio...").
result<boost::json::object> complete_agent_config(const boost::json::object& asked);

// A change on a complete configuration. Members that are given replace the old ones whole, except
// in system_tools: a tool left out stays, null turns it off, {} turns it on with its defaults.
result<boost::json::object> merge_agent_config(const boost::json::object& present,
                                               const boost::json::object& change);

}  // namespace dialplane
