// Any bytes as a cursor or an id: refused, or the one text of one id; never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/ids.hpp"
#include "edge/rest/query_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto cursor = parse_cursor(text)) CHECK(cursor_of(*cursor) == text);
  if (const auto id = number_id::parse(text)) {
    CHECK(number_id::parse(id->prefixed()) == id);
    CHECK(number_id::parse(id->uuid()) == id);
    if (text.starts_with("pn_")) CHECK(id->prefixed() == text);
  }
  return 0;
}
