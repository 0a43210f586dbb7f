#include "carriers/surge/wire_reading.hpp"

#include <algorithm>

namespace dialplane::surge {

namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 16;
constexpr std::size_t cursor_bytes_max = 512;
constexpr std::size_t type_id_characters = 26;
constexpr std::string_view crockford = "0123456789abcdefghjkmnpqrstvwxyz";

const json::value* present(const json::object& from, std::string_view member) {
  const json::value* value = from.if_contains(member);
  return value == nullptr || value->is_null() ? nullptr : value;
}

}  // namespace

result<json::object> parse_answer(std::string_view body, std::size_t max_bytes) {
  if (body.empty()) return json::object();
  return parse_json_object(body, {.max_bytes = max_bytes, .max_depth = depth_max});
}

error unreadable(std::string_view member) {
  return refused(error_code::invalid_input,
                 "The carrier's message has no proper \"" + std::string(member) + "\".");
}

result<std::string> text_in(const json::object& from, std::string_view member, std::size_t max) {
  TRY_ASSIGN(std::string text, optional_text_in(from, member, max));
  if (text.empty()) return unreadable(member);
  return text;
}

result<std::string> optional_text_in(const json::object& from, std::string_view member,
                                     std::size_t max) {
  const json::value* value = present(from, member);
  if (value == nullptr) return std::string();
  if (!value->is_string() || value->get_string().size() > max) return unreadable(member);
  return std::string(value->get_string());
}

result<const json::object*> optional_object_in(const json::object& from,
                                               std::string_view member) {
  const json::value* value = present(from, member);
  if (value == nullptr) return static_cast<const json::object*>(nullptr);
  if (!value->is_object()) return unreadable(member);
  return &value->get_object();
}

result<const json::array*> array_in(const json::object& from, std::string_view member) {
  const json::value* value = present(from, member);
  if (value == nullptr || !value->is_array()) return unreadable(member);
  return &value->get_array();
}

bool is_id_shape(std::string_view text) noexcept {
  return !text.empty() && text.size() <= id_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

result<std::string> id_in(const json::object& from, std::string_view member) {
  TRY_ASSIGN(std::string id, text_in(from, member, id_bytes_max));
  if (!is_id_shape(id)) return unreadable(member);
  return id;
}

std::optional<timestamp> time_of_id(std::string_view id) noexcept {
  const std::size_t prefix = id.rfind('_');
  if (prefix == std::string_view::npos) return std::nullopt;
  id.remove_prefix(prefix + 1);
  if (id.size() != type_id_characters || id.front() > '7') return std::nullopt;
  // The first ten characters are the 50 highest bits of 130; the two above the UUID's are zero.
  std::int64_t milliseconds = 0;
  for (std::size_t at = 0; at < id.size(); ++at) {
    const std::size_t digit = crockford.find(id[at]);
    if (digit == std::string_view::npos) return std::nullopt;
    if (at < 10) milliseconds = milliseconds << 5 | static_cast<std::int64_t>(digit);
  }
  return timestamp{milliseconds};
}

result<std::string> next_cursor_in(const json::object& answer) {
  TRY_ASSIGN(const json::object* pagination, optional_object_in(answer, "pagination"));
  if (pagination == nullptr) return std::string();
  return optional_text_in(*pagination, "next_cursor", cursor_bytes_max);
}

}  // namespace dialplane::surge
