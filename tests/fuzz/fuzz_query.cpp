// Any bytes as a query: refused, or read into unique, clean names; never a crash.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "base/utf8.hpp"
#include "edge/rest/query_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const auto query = parse_query(raw);
  if (!query) {
    CHECK(!query.error().message.empty());
    CHECK(is_valid_utf8(query.error().message));
    return 0;
  }
  std::set<std::string> names;
  for (const auto& [name, value] : query->parameters) {
    CHECK(names.insert(name).second);
    CHECK(is_valid_utf8(name) && is_valid_utf8(value));
    CHECK(!has_control_characters(value, false));
  }
  query_reader reader(*query);
  const page_request cut = reader.cartesia_page<number_id>();
  CHECK(cut.limit >= 1 && cut.limit <= 100);
  reader.choice("type", {"a", "b"});
  const auto finished = reader.finish();
  if (finished) CHECK(!(cut.after && cut.before));
  return 0;
}
