// Any bytes as a webhook of Telnyx: as an event and as the form of a call. An error, or news whose
// fields keep their bounds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "carriers/telnyx/webhooks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  if (const auto news = telnyx::read_events(body)) {
    CHECK(news->size() <= 2);
    for (const carrier_news& one : *news) {
      const bool received = one.kind == carrier_news_kind::text_received;
      const bool reported = one.kind == carrier_news_kind::text_status;
      CHECK(!(received || reported) || !one.carrier_message_id.empty());
      CHECK(!received || (!one.from.empty() && !one.to.empty()));
      CHECK(!reported || one.status != message_status::queued);
      CHECK(one.media_urls.size() <= 10 && one.our_id.size() <= 128);
      CHECK(one.body.size() <= 16 * 1024 && one.failure_reason.size() <= 1'000);
    }
  } else {
    CHECK(!news.error().message.empty());
  }
  if (const auto call = telnyx::read_call_form(body)) {
    CHECK(!call->carrier_call_id.empty() && !call->to.empty());
    CHECK(call->carrier_call_id.size() <= 256 && call->from.size() <= 256);
    CHECK(!call->duration_s || *call->duration_s >= 0);
  } else {
    CHECK(!call.error().message.empty());
  }
  carrier_webhook received;
  received.headers = {{"telnyx-timestamp", "1767225600"},
                      {"telnyx-signature-ed25519", std::string(body.substr(0, 88))}};
  received.body = body;
  CHECK(!telnyx::verify_signed(received, {}, {1'767'225'600'000}));
  return 0;
}
