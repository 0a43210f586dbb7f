// Any bytes as a webhook of the built-in carrier: an error, or news whose fields keep their bounds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "carriers/sandbox/text_desk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  const auto news =
      sandbox::read_news(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!news) {
    CHECK(!news.error().message.empty());
    return 0;
  }
  CHECK(news->size() <= 1);
  for (const carrier_news& one : *news) {
    CHECK(!one.carrier_message_id.empty());
    const bool received = one.kind == carrier_news_kind::text_received;
    CHECK(!received || (!one.from.empty() && !one.to.empty()));
    CHECK(received || one.status != message_status::queued);
    CHECK(one.media_urls.size() <= 10);
  }
  return 0;
}
