// Whatever the gate lets in is one object that obeys every rule of the gate, and survives being
// written and read again; whatever a plain parser refuses, the gate refuses too.
#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "base/json_gate.hpp"
#include "base/object_reader.hpp"
#include "base/utf8.hpp"

namespace {

namespace json = boost::json;

void check_text(std::string_view text) {
  CHECK(dialplane::is_valid_utf8(text));
  CHECK(text.find('\0') == std::string_view::npos);
}

void check_value(const json::value& value, std::size_t depth) {
  if (const json::string* text = value.if_string()) check_text({text->data(), text->size()});
  if (const json::array* items = value.if_array()) {
    CHECK(depth < dialplane::json_limits{}.max_depth);
    for (const json::value& item : *items) check_value(item, depth + 1);
  }
  if (const json::object* members = value.if_object()) {
    CHECK(depth < dialplane::json_limits{}.max_depth);
    for (const auto& member : *members) {
      check_text({member.key().data(), member.key().size()});
      check_value(member.value(), depth + 1);
    }
  }
}

// Asks for one member and finishes: no input may break the reader, and unknown members never pass.
void check_reader(const json::object& object) {
  dialplane::object_reader reader(object);
  reader.optional_string("label", {.max = 8});
  const bool all_known = object.empty() || (object.size() == 1 && object.contains("label"));
  const auto finished = reader.finish();
  CHECK(all_known || !finished);
  if (!finished) CHECK(dialplane::is_valid_utf8(finished.error().message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto read = dialplane::parse_json_object(body);
  boost::system::error_code plain_failure;
  const json::value plain = json::parse({body.data(), body.size()}, plain_failure);
  if (!read) {
    CHECK(!read.error().message.empty());
    CHECK(dialplane::is_valid_utf8(read.error().field));
    return 0;
  }
  CHECK(!plain_failure && plain.is_object());
  CHECK(plain.get_object() == *read);
  check_value(*read, 0);
  const std::string written = json::serialize(*read);
  const auto again = dialplane::parse_json_object(written, {.max_bytes = written.size()});
  CHECK(again.has_value() && again->size() == read->size());
  check_reader(*read);
  return 0;
}
