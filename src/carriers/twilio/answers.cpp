#include "carriers/twilio/answers.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <chrono>

#include "net/http.hpp"

namespace dialplane::twilio {

namespace {

// Whole digits only, all of them.
std::optional<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc{} || stop != text.data() + text.size()) return {};
  return value;
}

bool is_null(const json::value* value) { return value == nullptr || value->is_null(); }

std::optional<int> month_named(std::string_view name) {
  constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

// "30 Jul 2015 20:12:31 +0000"; the day may have one digit.
std::optional<timestamp> parse_mail_date(std::string_view text) {
  const bool short_day = text.size() == 25 && text[1] == ' ';
  const std::size_t day_size = short_day ? 1 : 2;
  if (text.size() != 24 + day_size) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size) {
    return parse_whole(text.substr(at, size));
  };
  const std::size_t rest = day_size + 1;
  const auto day = number(0, day_size);
  const auto month = month_named(text.substr(rest, 3));
  const auto year = number(rest + 4, 4);
  const auto hour = number(rest + 9, 2);
  const auto minute = number(rest + 12, 2);
  const auto second = number(rest + 15, 2);
  const auto zone = number(rest + 19, 4);
  const char sign = text[rest + 18];
  if (!day || !month || !year || !hour || !minute || !second || !zone) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60 || (sign != '+' && sign != '-')) return {};
  if (*hour < 0 || *minute < 0 || *second < 0 || *zone < 0) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{year_month_day(std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)))};
  if (*day < 1 || !date.ok()) return std::nullopt;
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  const std::int64_t east_s = (*zone / 100 * 60 + *zone % 100) * 60 * (sign == '+' ? 1 : -1);
  return timestamp{
      (days * 86'400 + *hour * 3'600 + *minute * 60 + *second - east_s) * 1'000};
}

}  // namespace

error unreadable(std::string_view member) {
  return outcome_unknown(error_code::carrier_outcome_unknown,
                         "The carrier's answer could not be read.",
                         "no proper \"" + std::string(member) + "\"");
}

result<std::string> text_in(const json::object& from, std::string_view member, std::size_t max) {
  TRY_ASSIGN(std::string text, optional_text_in(from, member, max));
  if (text.empty()) return unreadable(member);
  return text;
}

result<std::string> optional_text_in(const json::object& from, std::string_view member,
                                     std::size_t max) {
  const json::value* value = from.if_contains(member);
  if (is_null(value)) return std::string();
  if (!value->is_string() || value->get_string().size() > max) return unreadable(member);
  return std::string(value->get_string());
}

result<std::optional<std::int64_t>> whole_in(const json::object& from, std::string_view member) {
  const json::value* value = from.if_contains(member);
  if (is_null(value)) return std::optional<std::int64_t>();
  if (value->is_int64()) return std::optional(value->get_int64());
  const auto parsed =
      value->is_string() ? parse_whole(value->get_string()) : std::optional<std::int64_t>();
  if (!parsed) return unreadable(member);
  return parsed;
}

result<bool> flag_in(const json::object& from, std::string_view member) {
  for (const auto& [name, value] : from) {
    if (!equal_ignoring_case(name, member)) continue;
    if (value.is_null()) return false;
    if (!value.is_bool()) return unreadable(member);
    return value.get_bool();
  }
  return false;
}

result<const json::object*> object_in(const json::object& from, std::string_view member) {
  const json::value* value = from.if_contains(member);
  if (value == nullptr || !value->is_object()) return unreadable(member);
  return &value->get_object();
}

result<const json::array*> list_in(const json::object& from, std::string_view member) {
  const json::value* value = from.if_contains(member);
  if (value == nullptr || !value->is_array()) return unreadable(member);
  return &value->get_array();
}

bool is_sid(std::string_view text, std::string_view letters) noexcept {
  if (text.size() != 34 || !text.starts_with(letters)) return false;
  for (const char c : text.substr(2)) {
    const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (!is_hex) return false;
  }
  return true;
}

result<std::string> sid_in(const json::object& from, std::string_view member,
                           std::string_view letters) {
  TRY_ASSIGN(std::string sid, text_in(from, member));
  if (!is_sid(sid, letters)) return unreadable(member);
  return sid;
}

result<timestamp> parse_time(std::string_view text) {
  if (text.size() > 64) return unreadable("date");
  const std::size_t comma = text.find(", ");
  if (comma == std::string_view::npos) return parse_rfc3339(text);
  const auto at = parse_mail_date(text.substr(comma + 2));
  if (!at) return unreadable("date");
  return *at;
}

result<timestamp> time_in(const json::object& from, std::string_view member) {
  TRY_ASSIGN(const std::string text, optional_text_in(from, member, 64));
  if (text.empty()) return timestamp{};
  const auto at = parse_time(text);
  if (!at) return unreadable(member);
  return *at;
}

std::optional<std::int64_t> parse_micros(std::string_view decimal) {
  const bool is_negative = decimal.starts_with('-');
  if (is_negative) decimal.remove_prefix(1);
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  const std::string_view whole = decimal.substr(0, point);
  std::string part(decimal.substr(std::min(point + 1, decimal.size())).substr(0, 6));
  part.resize(6, '0');
  if (whole.empty() || whole.size() > 12 || whole[0] == '-' || part[0] == '-') return {};
  const auto units = parse_whole(whole);
  const auto micros = parse_whole(part);
  if (!units || !micros) return std::nullopt;
  const std::int64_t sum = *units * 1'000'000 + *micros;
  return is_negative ? -sum : sum;
}

}  // namespace dialplane::twilio
