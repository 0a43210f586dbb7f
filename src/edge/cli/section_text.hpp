// One answer as sections for people: a line per member, what is nested further in, lists item by
// item; whether a number may send in plain words.
//
// Pure. Nothing from outside reaches the terminal as a control sequence.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "edge/cli/table_text.hpp"

namespace dialplane::cli {

std::string sections_of(const boost::json::object& members, const text_style& style);

}  // namespace dialplane::cli
