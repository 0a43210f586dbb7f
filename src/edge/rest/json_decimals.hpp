// JSON as it is sent: with decimals written as people write them (949.96, not 9.4996E2).
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "edge/rest/request_context.hpp"

namespace dialplane {

// Members in the order they were put in, no white space. Numbers of ordinary size without exponent.
std::string json_decimals(const boost::json::value& value);

// As json_answer, in this writing.
rest_answer decimal_json_answer(int status, const boost::json::value& body);

}  // namespace dialplane
