// Any bytes as a webhook of Surge: an error, or news whose fields keep their bounds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "carriers/surge/webhook_news.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  static surge::contact_memory contacts(64);
  const auto news = surge::read_webhook_news(
      std::string_view(reinterpret_cast<const char*>(data), size), contacts);
  if (!news) {
    CHECK(!news.error().message.empty());
    return 0;
  }
  CHECK(news->size() <= 1);
  for (const carrier_news& one : *news) {
    const bool received = one.kind == carrier_news_kind::text_received;
    CHECK(!received || (!one.from.empty() && !one.to.empty()));
    CHECK(one.kind != carrier_news_kind::text_status || !one.carrier_message_id.empty());
    CHECK(one.kind != carrier_news_kind::registration_changed || !one.reference.empty());
    CHECK(one.kind != carrier_news_kind::recipient_opted_out || !one.from.empty());
    CHECK(one.media_urls.size() <= 10);
    CHECK(one.body.size() <= 16'384);
  }
  return 0;
}
