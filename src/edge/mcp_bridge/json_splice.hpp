// Changes single members in the text of a JSON file and leaves every other byte as it is: a file
// that belongs to another program keeps its order, its spacing and its numbers.
//
// Pure. The text must be JSON that parse_json_object accepts; each function relies on it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dialplane {

// Bytes of a value in the text.
struct json_span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The object or array that the whole text is.
json_span whole_value(std::string_view text);
// The value of a member of the object at `object`; nothing where there is none.
std::optional<json_span> member_of(std::string_view text, json_span object, std::string_view name);

// The text with `value` as the member `name` of that object, in place of the one it has or after
// its last one. `value` is JSON, pretty-printed from column 0; it is indented to fit.
std::string with_member(std::string_view text, json_span object, std::string_view name,
                        std::string_view value);
// The text with `value` after the last element of that array.
std::string with_element(std::string_view text, json_span array, std::string_view value);

}  // namespace dialplane
