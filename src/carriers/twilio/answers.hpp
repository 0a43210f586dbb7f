// Reads members of the carrier's JSON, which is treated as if anybody had written it: a member of
// the wrong type or of great length is an error, an unknown word stays a text. Pure functions.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace dialplane::twilio {

namespace json = boost::json;

// What is wrong with an answer of the carrier; `internal` names the member.
error unreadable(std::string_view member);

// A text with at least one character.
result<std::string> text_in(const json::object& from, std::string_view member,
                            std::size_t max = 2'048);
// "" where it is absent or null.
result<std::string> optional_text_in(const json::object& from, std::string_view member,
                                     std::size_t max = 2'048);
// A whole number, also one written as a text; nothing where absent or null.
result<std::optional<std::int64_t>> whole_in(const json::object& from, std::string_view member);
// Member names are compared without regard to case: "SMS" and "sms" both occur.
result<bool> flag_in(const json::object& from, std::string_view member);
result<const json::object*> object_in(const json::object& from, std::string_view member);
result<const json::array*> list_in(const json::object& from, std::string_view member);

// Two letters and 32 hexadecimal digits.
bool is_sid(std::string_view text, std::string_view letters) noexcept;
// A sid with these letters.
result<std::string> sid_in(const json::object& from, std::string_view member,
                           std::string_view letters);

// RFC 2822 ("Thu, 30 Jul 2015 20:12:31 +0000") or RFC 3339, both of which its APIs write.
result<timestamp> parse_time(std::string_view text);
// The epoch where it is absent or null.
result<timestamp> time_in(const json::object& from, std::string_view member);
// 12.34 as millionths; nothing for what is no decimal number.
std::optional<std::int64_t> parse_micros(std::string_view decimal);

}  // namespace dialplane::twilio
