#include "base/object_reader.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <numeric>
#include <utility>

#include "base/json_gate.hpp"
#include "base/utf8.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t near_edits = 2;

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

std::string characters(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " character" : " characters");
}

std::string length_words(const text_rule& rule) {
  if (rule.min == rule.max) return "a string of " + characters(rule.max);
  if (rule.min == 0) return "a string of at most " + characters(rule.max);
  return "a string of " + std::to_string(rule.min) + " to " + characters(rule.max);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit || a.size() > max_shown_name_bytes) return limit + 1;
  // One row of the usual table: row[j] = edits from the read part of `a` to the first j of `b`.
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return std::min(row.back(), limit + 1);
}

object_reader::object_reader(const json::object& members, std::string path)
    : members_(members), path_(std::move(path)) {
  known_.reserve(8);
}

std::string object_reader::path_of(std::string_view name) const {
  std::string path = path_;
  if (!path.empty()) path += '.';
  path += utf8_prefix(name, max_shown_name_bytes);
  return path;
}

void object_reader::take_error(error failure) {
  if (!failure_) failure_ = std::move(failure);
}

void object_reader::refuse(std::string_view name, std::string_view must_be) {
  if (failure_) return;
  const std::string path = path_of(name);
  failure_ = bad_field(path, path + " must be " + std::string(must_be) + ".");
}

const json::value* object_reader::look_up(std::string_view name) {
  known_.push_back(name);
  return members_.if_contains(name);
}

const json::value* object_reader::look_up_required(std::string_view name) {
  const json::value* value = look_up(name);
  if (value == nullptr && !failure_) {
    const std::string path = path_of(name);
    failure_ = bad_field(path, path + " is required.");
    failure_is_absence_ = true;
  }
  return value;
}

bool object_reader::text_fits(std::string_view name, const json::value& value,
                              const text_rule& rule) {
  if (!value.is_string()) {
    refuse(name, length_words(rule));
    return false;
  }
  const std::string_view text = view_of(value.get_string());
  const std::size_t length = count_code_points(text);
  if (length < rule.min || length > rule.max) {
    refuse(name, length_words(rule));
    return false;
  }
  if (has_control_characters(text, rule.allow_line_breaks)) {
    refuse(name, "a string without control characters");
    return false;
  }
  return true;
}

std::string object_reader::required_string(std::string_view name, const text_rule& rule) {
  const json::value* value = look_up_required(name);
  if (value == nullptr || !text_fits(name, *value, rule)) return {};
  return std::string(view_of(value->get_string()));
}

std::optional<std::string> object_reader::optional_string(std::string_view name,
                                                          const text_rule& rule) {
  const json::value* value = look_up(name);
  if (value == nullptr || !text_fits(name, *value, rule)) return std::nullopt;
  return std::string(view_of(value->get_string()));
}

nullable<std::string> object_reader::nullable_string(std::string_view name,
                                                     const text_rule& rule) {
  const json::value* value = look_up(name);
  if (value == nullptr) return {};
  if (value->is_null()) return {.present = true};
  if (!value->is_string()) {
    refuse(name, length_words(rule) + ", or null");
    return {};
  }
  if (!text_fits(name, *value, rule)) return {};
  return {.present = true, .value = std::string(view_of(value->get_string()))};
}

std::size_t object_reader::required_choice(std::string_view name,
                                           std::initializer_list<std::string_view> words) {
  if (look_up_required(name) == nullptr) return 0;
  return optional_choice(name, words).value_or(0);
}

std::optional<std::size_t> object_reader::optional_choice(
    std::string_view name, std::initializer_list<std::string_view> words) {
  const json::value* value = look_up(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    const auto found = std::find(words.begin(), words.end(), view_of(value->get_string()));
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  std::string list = "one of";
  const char* separator = " ";
  for (const std::string_view word : words) {
    list.append(separator).append(word);
    separator = ", ";
  }
  refuse(name, list);
  return std::nullopt;
}

bool object_reader::required_bool(std::string_view name) {
  if (look_up_required(name) == nullptr) return false;
  return optional_bool(name).value_or(false);
}

std::optional<bool> object_reader::optional_bool(std::string_view name) {
  const json::value* value = look_up(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) {
    refuse(name, "true or false");
    return std::nullopt;
  }
  return value->get_bool();
}

std::optional<std::int64_t> object_reader::integer_from(std::string_view name,
                                                        const json::value& value,
                                                        std::int64_t min, std::int64_t max) {
  // Integers beyond the signed range arrive as unsigned and are too large for any rule of ours.
  if (value.is_int64() && value.get_int64() >= min && value.get_int64() <= max) {
    return value.get_int64();
  }
  refuse(name, "an integer from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::int64_t object_reader::required_int(std::string_view name, std::int64_t min,
                                         std::int64_t max) {
  const json::value* value = look_up_required(name);
  if (value == nullptr) return min;
  return integer_from(name, *value, min, max).value_or(min);
}

std::optional<std::int64_t> object_reader::optional_int(std::string_view name, std::int64_t min,
                                                        std::int64_t max) {
  const json::value* value = look_up(name);
  if (value == nullptr) return std::nullopt;
  return integer_from(name, *value, min, max);
}

nullable<std::int64_t> object_reader::nullable_int(std::string_view name, std::int64_t min,
                                                   std::int64_t max) {
  const json::value* value = look_up(name);
  if (value == nullptr) return {};
  if (value->is_null()) return {.present = true};
  const std::optional<std::int64_t> number = integer_from(name, *value, min, max);
  return {.present = number.has_value(), .value = number};
}

const json::object* object_reader::required_object(std::string_view name) {
  if (look_up_required(name) == nullptr) return nullptr;
  return optional_object(name);
}

const json::object* object_reader::optional_object(std::string_view name) {
  const json::value* value = look_up(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) refuse(name, "an object");
  return value->if_object();
}

std::optional<std::vector<std::string>> object_reader::optional_string_list(
    std::string_view name, std::size_t max_items, const text_rule& rule) {
  const json::value* value = look_up(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array() || value->get_array().size() > max_items) {
    refuse(name, "a list of at most " + std::to_string(max_items) + " strings");
    return std::nullopt;
  }
  std::vector<std::string> list;
  list.reserve(value->get_array().size());
  for (const json::value& item : value->get_array()) {
    const std::string item_name = std::string(name) + "[" + std::to_string(list.size()) + "]";
    if (!text_fits(item_name, item, rule)) return std::nullopt;
    list.emplace_back(view_of(item.get_string()));
  }
  return list;
}

const json::value* object_reader::optional_value(std::string_view name) { return look_up(name); }

void object_reader::ignore(std::string_view name) { look_up(name); }

std::optional<error> object_reader::unknown_member() const {
  for (const json::key_value_pair& member : members_) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    const std::string path = path_of(name);
    std::string message = path + " is not a known field";
    std::size_t nearest = near_edits + 1;
    std::string_view meant;
    for (const std::string_view known : known_) {
      const std::size_t edits = edit_distance(name, known, near_edits);
      if (edits < nearest && edits < known.size()) {
        nearest = edits;
        meant = known;
      }
    }
    message += meant.empty() ? "." : "; did you mean " + path_of(meant) + "?";
    return bad_field(path, std::move(message));
  }
  return std::nullopt;
}

result<void> object_reader::finish() {
  // A misspelt name explains an absent one, so it is told instead.
  if (!failure_ || failure_is_absence_) {
    if (auto unknown = unknown_member()) return *std::move(unknown);
  }
  if (failure_) return *failure_;
  return {};
}

}  // namespace dialplane
