// The JSON object that a test writes out as text.
#pragma once

#include <boost/json/parse.hpp>
#include <string_view>

namespace dialplane::test {

inline boost::json::object object_of(std::string_view text) {
  return boost::json::parse(text).as_object();
}

}  // namespace dialplane::test
