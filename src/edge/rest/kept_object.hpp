// JSON objects that rows keep as text, so that they can be shown as they are.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

namespace dialplane {

// Empty where the text is no object.
inline boost::json::object kept_object(const std::string& text) {
  boost::system::error_code failure;
  boost::json::value parsed = boost::json::parse(text, failure);
  if (failure || !parsed.is_object()) return {};
  return std::move(parsed.get_object());
}

}  // namespace dialplane
