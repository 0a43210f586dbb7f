#include "edge/rest/json_decimals.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>
#include <string_view>

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr double fixed_below = 1e15;  // beyond, and below the next, an exponent reads better
constexpr double fixed_above = 1e-7;

bool has_decimals(const json::value& value) {
  if (value.is_double()) return true;
  if (const json::array* items = value.if_array()) {
    for (const json::value& item : *items) {
      if (has_decimals(item)) return true;
    }
  }
  if (const json::object* members = value.if_object()) {
    for (const json::key_value_pair& member : *members) {
      if (has_decimals(member.value())) return true;
    }
  }
  return false;
}

void write_decimal(double number, std::string& out) {
  const double size = std::abs(number);
  if (size != 0 && (size >= fixed_below || size < fixed_above)) {
    out += json::serialize(json::value(number));
    return;
  }
  std::array<char, 64> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
  out.append(digits.data(), end.ptr);
}

// As deep as the value: bodies are at most 32 levels deep, and what we build is shallower.
void write(const json::value& value, std::string& out) {
  if (const json::object* members = value.if_object()) {
    char separator = '{';
    for (const json::key_value_pair& member : *members) {
      out += separator;
      separator = ',';
      out += json::serialize(json::value(member.key()));
      out += ':';
      write(member.value(), out);
    }
    out += members->empty() ? "{}" : "}";
  } else if (const json::array* items = value.if_array()) {
    char separator = '[';
    for (const json::value& item : *items) {
      out += separator;
      separator = ',';
      write(item, out);
    }
    out += items->empty() ? "[]" : "]";
  } else if (value.is_double()) {
    write_decimal(value.get_double(), out);
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string json_decimals(const json::value& value) {
  if (!has_decimals(value)) return json::serialize(value);
  std::string out;
  write(value, out);
  return out;
}

rest_answer decimal_json_answer(int status, const json::value& body) {
  return {.status = status, .body = json_decimals(body)};
}

}  // namespace dialplane
