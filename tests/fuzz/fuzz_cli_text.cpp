// Any bytes as a text from outside: what the command line client shows of it is valid UTF-8
// without a control character, and any JSON answer becomes lines like that.
#include <boost/json/parse.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "base/utf8.hpp"
#include "edge/cli/table_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string shown = cli::harmless(text, 256);
  CHECK(is_valid_utf8(shown));
  CHECK(!has_control_characters(shown, false));
  boost::system::error_code failure;
  const boost::json::value answer = boost::json::parse(text, failure);
  if (failure) return 0;
  constexpr cli::view_column columns[] = {{"ID", "id"}, {"LABEL", "a.label"}};
  for (const std::string_view rows : {"", "rows"}) {
    const std::string page = cli::text_of_answer(answer, {rows, columns}, {.width = 40});
    CHECK(is_valid_utf8(page));
    CHECK(page.ends_with('\n') || page.empty());
    std::string_view rest = page;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      CHECK(!has_control_characters(rest.substr(0, end), false));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  return 0;
}
