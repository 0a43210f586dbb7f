// Any bytes as a form: refused, or read into clean fields that survive being written again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/utf8.hpp"
#include "net/form_encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const auto form = parse_form(raw);
  if (!form) {
    CHECK(is_valid_utf8(form.error().message));
    return 0;
  }
  CHECK(form->fields.size() <= form_limits().max_fields);
  for (const auto& [name, value] : form->fields) {
    CHECK(is_valid_utf8(name) && is_valid_utf8(value));
  }
  const auto again = parse_form(form_text(*form), {.max_bytes = 1024 * 1024});
  CHECK(again && again->fields == form->fields);
  return 0;
}
