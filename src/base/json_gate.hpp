// The one way JSON from outside gets in: a strict parser, then nothing but an object.
//
// RFC 8259 with its loose ends tied: UTF-8 only and valid, no byte order mark, no lone surrogates,
// no U+0000, no duplicate member names at any level (two readers could disagree on which counts),
// nothing after the object, bounded size, depth and member count. Reading single members out of
// the object is object_reader.hpp. Error texts never repeat the body, except a member's name.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <cstddef>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

struct json_limits {
  std::size_t max_bytes = 64 * 1024;         // of the whole body
  std::size_t max_depth = 32;                // nested objects and arrays, the outermost counts
  std::size_t max_string_bytes = 64 * 1024;  // of one string or name, after unescaping
  std::size_t max_members = 1024;            // of one object or array
};

// Of a member's name, in errors.
inline constexpr std::size_t max_shown_name_bytes = 64;

// Errors: payload_too_large beyond max_bytes, invalid_json for everything else; a duplicate
// member's path is in `field`. The object's memory comes from `storage`.
result<boost::json::object> parse_json_object(std::string_view body,
                                              const json_limits& limits = {},
                                              boost::json::storage_ptr storage = {});

}  // namespace dialplane
