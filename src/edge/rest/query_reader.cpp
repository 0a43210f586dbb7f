#include "edge/rest/query_reader.hpp"

#include <algorithm>
#include <charconv>

#include "base/crypto.hpp"
#include "base/object_reader.hpp"
#include "base/utf8.hpp"

namespace dialplane {

namespace {

constexpr std::size_t parameters_max = 32;
constexpr std::size_t shown_name_max = 64;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A name as it may be repeated in an error text.
std::string shown_name(std::string_view name) {
  std::string shown;
  for (const char c : name.substr(0, shown_name_max)) {
    shown += c > ' ' && c < '\x7f' ? c : '?';
  }
  return shown;
}

error bad_query(std::string_view name, std::string_view what) {
  const std::string shown = shown_name(name);
  return bad_field(shown, shown + " " + std::string(what) + ".");
}

bool is_clean_text(std::string_view text) {
  return is_valid_utf8(text) && !has_control_characters(text, false);
}

}  // namespace

const std::string* parsed_query::find(std::string_view name) const noexcept {
  for (const auto& [present, value] : parameters) {
    if (present == name) return &value;
  }
  return nullptr;
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

result<parsed_query> parse_query(std::string_view raw) {
  parsed_query query;
  while (!raw.empty()) {
    const std::size_t end = std::min(raw.find('&'), raw.size());
    const std::string_view piece = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (piece.empty()) continue;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const std::string_view raw_name = piece.substr(0, equals);
    const std::string_view raw_value = piece.substr(std::min(equals + 1, piece.size()));
    auto name = percent_decoded(raw_name, true);
    auto value = percent_decoded(raw_value, true);
    if (!name || !is_clean_text(*name)) {
      return bad_query(raw_name, "is not a well-formed query parameter name");
    }
    if (!value) return bad_query(*name, "has a malformed percent escape");
    if (!is_clean_text(*value)) return bad_query(*name, "must be UTF-8 without control characters");
    if (query.find(*name) != nullptr) return bad_query(*name, "is given more than once");
    if (query.parameters.size() == parameters_max) {
      return bad_query(*name, "is one query parameter too many");
    }
    query.parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

std::string cursor_of(const uuid_bytes& last) { return base64_url(last); }

std::optional<uuid_bytes> parse_cursor(std::string_view text) noexcept {
  if (text.size() != 22) return std::nullopt;
  const auto raw = parse_base64_url(text);
  uuid_bytes bytes{};
  if (!raw || raw->size() != bytes.size()) return std::nullopt;
  std::transform(raw->begin(), raw->end(), bytes.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return bytes;
}

void query_reader::take_error(error failure) {
  if (!failure_) failure_ = std::move(failure);
}

void query_reader::refuse(std::string_view name, std::string_view must_be) {
  take_error(bad_query(name, "must be " + std::string(must_be)));
}

std::optional<std::string> query_reader::text(std::string_view name, std::size_t max) {
  known_.push_back(name);
  const std::string* value = query_.find(name);
  if (value == nullptr) return std::nullopt;
  if (count_code_points(*value) > max) {
    refuse(name, "a text of at most " + std::to_string(max) + " characters");
    return std::nullopt;
  }
  return *value;
}

std::optional<std::size_t> query_reader::choice(std::string_view name,
                                                std::initializer_list<std::string_view> words) {
  known_.push_back(name);
  const std::string* value = query_.find(name);
  if (value == nullptr) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), std::string_view(*value));
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string list = "one of";
  const char* separator = " ";
  for (const std::string_view word : words) {
    list.append(separator).append(word);
    separator = ", ";
  }
  refuse(name, list);
  return std::nullopt;
}

std::int64_t query_reader::integer(std::string_view name, std::int64_t min, std::int64_t max,
                                   std::int64_t fallback) {
  known_.push_back(name);
  const std::string* value = query_.find(name);
  if (value == nullptr) return fallback;
  std::int64_t number = 0;
  const char* end = value->data() + value->size();
  const auto [stopped, failure] = std::from_chars(value->data(), end, number);
  const bool whole = !value->empty() && stopped == end && failure == std::errc{};
  if (!whole || value->front() == '-' || number < min || number > max) {
    refuse(name, "an integer from " + std::to_string(min) + " to " + std::to_string(max));
    return fallback;
  }
  return number;
}

page_request query_reader::naive_page() {
  page_request cut;
  cut.limit = static_cast<std::size_t>(integer("limit", 1, 100, 20));
  if (const auto cursor = text("cursor", 512)) {
    cut.after = parse_cursor(*cursor);
    if (!cut.after) refuse("cursor", "a next_cursor of an earlier answer");
  }
  return cut;
}

result<void> query_reader::finish() {
  if (failure_) return std::move(*failure_);
  for (const auto& [name, value] : query_.parameters) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    error unknown = bad_query(name, "is not a query parameter of this route");
    for (const std::string_view candidate : known_) {
      if (edit_distance(candidate, name, 2) <= 2) {
        unknown.hint = "Did you mean " + std::string(candidate) + "?";
        break;
      }
    }
    return unknown;
  }
  return {};
}

}  // namespace dialplane
