// Reading the members of what the sandbox posts to our webhooks. The body is verified by then, and
// still judged as if anybody had written it.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialplane::sandbox {

inline constexpr std::size_t id_bytes_max = 128;

inline error unreadable(std::string_view member) {
  return refused(error_code::invalid_input,
                 "The carrier's message has no proper \"" + std::string(member) + "\".");
}

// Not empty and at most `max` bytes.
inline result<std::string> text_in(const boost::json::object& from, std::string_view member,
                                   std::size_t max) {
  const boost::json::value* value = from.if_contains(member);
  if (value == nullptr || !value->is_string() || value->get_string().empty() ||
      value->get_string().size() > max) {
    return unreadable(member);
  }
  return std::string(value->get_string());
}

}  // namespace dialplane::sandbox
