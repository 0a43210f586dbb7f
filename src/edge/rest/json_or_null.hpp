// JSON for members that may have nothing to say: the value, or null.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace dialplane {

inline boost::json::value text_or_null(const std::optional<std::string>& text) {
  return text ? boost::json::value(*text) : boost::json::value();
}

// An empty text says nothing.
inline boost::json::value text_or_null(const std::string& text) {
  return text.empty() ? boost::json::value() : boost::json::value(text);
}

inline boost::json::value time_or_null(const std::optional<timestamp>& at) {
  return at ? boost::json::value(to_rfc3339(*at)) : boost::json::value();
}

template <typename Id>
boost::json::value id_or_null(const std::optional<Id>& id) {
  return id ? boost::json::value(id->uuid()) : boost::json::value();
}

}  // namespace dialplane
