#include "carriers/telnyx/answer_reader.hpp"

#include <array>

#include "base/ascii.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

constexpr std::size_t words_max = 1'000;

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

void append_words(std::string& into, std::string_view more) {
  if (more.empty() || into.size() >= words_max) return;
  if (!into.empty()) into += "; ";
  std::size_t end = std::min(more.size(), words_max - std::min(into.size(), words_max));
  // Never in the middle of a character of several bytes.
  while (end > 0 && end < more.size() && (static_cast<unsigned char>(more[end]) & 0xC0) == 0x80) {
    --end;
  }
  into += more.substr(0, end);
}

void append_words_of(std::string& into, const json::value& reason, int depth) {
  if (const json::string* text = reason.if_string()) return append_words(into, view_of(*text));
  if (depth == 0) return;
  if (const json::array* list = reason.if_array()) {
    for (const json::value& each : *list) append_words_of(into, each, depth - 1);
  } else if (const json::object* members = reason.if_object()) {
    constexpr auto names =
        std::to_array<std::string_view>({"description", "detail", "reason", "message"});
    for (const std::string_view name : names) {
      const json::value* found = members->if_contains(name);
      if (found == nullptr) continue;
      append_words_of(into, *found, depth - 1);
      return;
    }
  }
}

// A carrier may repeat a company's tax number (nine digits, NN-NNNNNNN) to say that it is wrong;
// it must not get into a log that way. Only the last four stay.
void hide_tax_numbers(std::string& words) {
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    if (!is_digit(words[begin])) continue;
    std::size_t end = begin;
    std::size_t digits = 0;
    while (end < words.size() && (is_digit(words[end]) || (words[end] == '-' && digits == 2))) {
      digits += is_digit(words[end]) ? 1 : 0;
      ++end;
    }
    if (digits == 9) {
      for (std::size_t at = begin; at + 4 < end; ++at) {
        if (is_digit(words[at])) words[at] = '*';
      }
    }
    begin = end;
  }
}

}  // namespace

const json::value* answer_reader::find(std::string_view name) const {
  const json::value* found = members_.if_contains(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

void answer_reader::complain(std::string_view name, std::string_view what) {
  if (!complaint_.empty()) return;
  complaint_ = std::string(name) + " " + std::string(what);
}

std::string answer_reader::text(std::string_view name, std::size_t max_bytes, bool or_number) {
  const json::value* found = find(name);
  if (found == nullptr) return {};
  if (or_number && found->is_int64()) return std::to_string(found->get_int64());
  if (or_number && found->is_uint64()) return std::to_string(found->get_uint64());
  if (!found->is_string()) {
    complain(name, "is not a text");
    return {};
  }
  if (found->get_string().size() > max_bytes) {
    complain(name, "is too long");
    return {};
  }
  return std::string(view_of(found->get_string()));
}

std::string answer_reader::required_text(std::string_view name, std::size_t max_bytes) {
  std::string found = text(name, max_bytes, true);
  if (found.empty()) complain(name, "is missing");
  return found;
}

bool answer_reader::flag(std::string_view name) {
  const json::value* found = find(name);
  if (found == nullptr) return false;
  if (!found->is_bool()) {
    complain(name, "is neither true nor false");
    return false;
  }
  return found->get_bool();
}

std::int64_t answer_reader::integer(std::string_view name, std::int64_t otherwise) {
  const json::value* found = find(name);
  if (found == nullptr) return otherwise;
  if (!found->is_int64()) {
    complain(name, "is not an integer");
    return otherwise;
  }
  return found->get_int64();
}

std::optional<timestamp> answer_reader::time(std::string_view name) {
  const std::string written = text(name, 64);
  if (written.empty()) return std::nullopt;
  const auto parsed = parse_rfc3339(written);
  if (!parsed) {
    complain(name, "is not a time");
    return std::nullopt;
  }
  return *parsed;
}

const json::object& answer_reader::object(std::string_view name) {
  static const json::object none;
  const json::value* found = find(name);
  if (found == nullptr) return none;
  if (!found->is_object()) {
    complain(name, "is not an object");
    return none;
  }
  return found->get_object();
}

const json::array& answer_reader::list(std::string_view name) {
  static const json::array none;
  const json::value* found = find(name);
  if (found == nullptr) return none;
  if (!found->is_array()) {
    complain(name, "is not a list");
    return none;
  }
  return found->get_array();
}

result<void> answer_reader::finish() const {
  if (complaint_.empty()) return {};
  return internal_fault("telnyx: " + complaint_);
}

result<const json::object*> object_in(const json::value& element) {
  if (const json::object* members = element.if_object()) return members;
  return internal_fault("telnyx: a list holds something that is not an object");
}

std::string words_of(const json::value* reason) {
  std::string words;
  if (reason != nullptr) append_words_of(words, *reason, 4);
  hide_tax_numbers(words);
  return words;
}

}  // namespace dialplane::telnyx
