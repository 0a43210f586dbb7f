#include "edge/mcp_bridge/json_splice.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/check.hpp"

namespace dialplane {

namespace {

constexpr std::string_view white = " \t\r\n";

std::size_t skip_white(std::string_view text, std::size_t at) {
  const std::size_t next = text.find_first_not_of(white, at);
  CHECK(next != text.npos);
  return next;
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

// Past the value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (text[at] == '"') return end_of_string(text, at);
  if (text[at] != '{' && text[at] != '[') {
    return std::min(text.find_first_of(",]} \t\r\n", at), text.size());
  }
  for (std::size_t depth = 0;;) {
    if (text[at] == '"') {
      at = end_of_string(text, at);
      continue;
    }
    if (text[at] == '{' || text[at] == '[') ++depth;
    if (text[at] == '}' || text[at] == ']') --depth;
    ++at;
    if (depth == 0) return at;
  }
}

// White space at the beginning of the line that `at` is on.
std::string indent_at(std::string_view text, std::size_t at) {
  const std::size_t line = text.rfind('\n', at);
  const std::size_t begin = line == text.npos ? 0 : line + 1;
  const std::size_t end = std::min(text.find_first_not_of(" \t", begin), text.size());
  return std::string(text.substr(begin, end - begin));
}

std::string indented(std::string_view value, const std::string& indent) {
  std::string text;
  for (const char c : value) {
    text += c;
    if (c == '\n') text += indent;
  }
  return text;
}

// The end of the last member or element, or nothing where there is none.
std::optional<std::size_t> end_of_last(std::string_view text, json_span container) {
  const std::size_t close = container.end - 1;
  const std::size_t last = text.find_last_not_of(white, close - 1);
  if (last == container.begin) return std::nullopt;
  return last + 1;
}

std::string with_last(std::string_view text, json_span container, const std::string& entry) {
  const std::string outer = indent_at(text, container.begin);
  const std::optional<std::size_t> last = end_of_last(text, container);
  // As its neighbour stands, where that has a line of its own.
  std::string inner = outer + "  ";
  if (last) {
    const std::size_t first = skip_white(text, container.begin + 1);
    if (text.substr(container.begin, first - container.begin).find('\n') != text.npos) {
      inner = indent_at(text, first);
    }
  }
  std::string made(text.substr(0, last ? *last : container.begin + 1));
  made += (last ? ",\n" : "\n") + inner + indented(entry, inner) + "\n" + outer;
  made.append(text.substr(container.end - 1));
  return made;
}

}  // namespace

json_span whole_value(std::string_view text) {
  const std::size_t begin = skip_white(text, 0);
  return {begin, end_of_value(text, begin)};
}

std::optional<json_span> member_of(std::string_view text, json_span object,
                                   std::string_view name) {
  CHECK(text[object.begin] == '{');
  std::size_t at = skip_white(text, object.begin + 1);
  while (text[at] == '"') {
    const std::size_t key_end = end_of_string(text, at);
    const auto key = boost::json::parse(text.substr(at, key_end - at));
    const std::size_t colon = skip_white(text, key_end);
    const std::size_t begin = skip_white(text, colon + 1);
    const std::size_t end = end_of_value(text, begin);
    if (key.get_string() == name) return json_span{begin, end};
    at = skip_white(text, end);
    if (text[at] == ',') at = skip_white(text, at + 1);
  }
  return std::nullopt;
}

std::string with_member(std::string_view text, json_span object, std::string_view name,
                        std::string_view value) {
  if (const auto old = member_of(text, object, name)) {
    std::string made(text.substr(0, old->begin));
    made += indented(value, indent_at(text, old->begin));
    made.append(text.substr(old->end));
    return made;
  }
  const std::string key = boost::json::serialize(boost::json::string_view(name));
  return with_last(text, object, key + ": " + std::string(value));
}

std::string with_element(std::string_view text, json_span array, std::string_view value) {
  CHECK(text[array.begin] == '[');
  return with_last(text, array, std::string(value));
}

}  // namespace dialplane
