// Errors that are kept: an operation or approval that failed answers with the same failure from
// then on, so its public parts are stored as JSON and read back.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

std::optional<error_code> parse_error_code(std::string_view name) noexcept;

// {"class","code","message","field","hint","details"}; never the internal text.
boost::json::object error_to_json(const error& failure);
// An internal_fault for anything error_to_json did not write.
error error_from_json(const boost::json::object& stored);

}  // namespace dialplane
