// What an agent should do after a refusal: the next tool, a wait, or a human. Pure tables.
#pragma once

#include <boost/json/array.hpp>

#include "edge/rest/error_table.hpp"

namespace dialplane {

// [{"action","description"}]: what makes the same call succeed, or tells what became of it. The
// action is a tool of this server, or one of wait, correct_arguments, ask_operator.
boost::json::array recovery_from(const error_row& row);

// What would serve the same end instead; often nothing.
boost::json::array alternatives_to(const error_row& row);

}  // namespace dialplane
