// Reading single members out of what Surge sends: answers and webhooks alike, all of it hostile.
//
// A member of another type than it must have, or longer than any honest one, is an error
// (invalid_input); words of open lists are kept as text. Pure functions.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/json_gate.hpp"

namespace dialplane::surge {

inline constexpr std::size_t id_bytes_max = 64;
inline constexpr std::size_t word_bytes_max = 128;
inline constexpr std::size_t text_bytes_max = 1'024;

// An answer of up to `max_bytes`; one without any bytes is an empty object.
result<boost::json::object> parse_answer(std::string_view body, std::size_t max_bytes);

error unreadable(std::string_view member);

// Not empty and at most `max` bytes.
result<std::string> text_in(const boost::json::object& from, std::string_view member,
                            std::size_t max);
// Empty where it is absent or null.
result<std::string> optional_text_in(const boost::json::object& from, std::string_view member,
                                     std::size_t max);
// Null where it is absent or null.
result<const boost::json::object*> optional_object_in(const boost::json::object& from,
                                                      std::string_view member);
result<const boost::json::array*> array_in(const boost::json::object& from,
                                           std::string_view member);
// 1 to 64 of A-Z a-z 0-9 and "_", as its ids are.
bool is_id_shape(std::string_view text) noexcept;
result<std::string> id_in(const boost::json::object& from, std::string_view member = "id");

// When a TypeID (a prefix, "_", and 26 characters of a UUIDv7) was made; nothing for other texts.
std::optional<timestamp> time_of_id(std::string_view id) noexcept;

// Where a list goes on: pagination.next_cursor, empty at its end.
result<std::string> next_cursor_in(const boost::json::object& answer);

}  // namespace dialplane::surge
