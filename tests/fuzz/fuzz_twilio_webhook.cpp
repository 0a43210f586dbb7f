// Any bytes as a webhook of Twilio's: an error, or news and calls whose fields keep their bounds.
// Unsigned, they are refused, whatever they are.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "carriers/twilio/signature.hpp"
#include "carriers/twilio/webhook_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  if (const auto news = twilio::read_text_webhook(body, {})) {
    CHECK(news->size() <= 2);
    for (const carrier_news& one : *news) {
      CHECK(one.carrier_message_id.size() == 34);
      CHECK(one.media_urls.size() <= 10);
      CHECK(one.body.size() <= 16'384);
      CHECK(one.from.size() <= 64);
    }
  } else {
    CHECK(!news.error().message.empty());
  }
  if (const auto call = twilio::read_call_webhook(body)) {
    CHECK(!call->carrier_call_id.empty() || !call->asks_for_plan);
    CHECK(call->carrier_call_id.size() <= 64);
    CHECK(!call->duration_s || *call->duration_s >= 0);
  }
  const carrier_webhook received{
      .headers = {{"content-type", "application/x-www-form-urlencoded"},
                  {"x-twilio-signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}},
      .body = std::string(body),
      .url = "https://dialplane.example/hook?" + std::string(body.substr(0, 200))};
  CHECK(!twilio::judge_signature(received, "0123456789abcdef0123456789abcdef"));
  return 0;
}
