#include "carriers/standard_webhooks.hpp"

#include <doctest/doctest.h>

#include "support/show_results.hpp"
#include "support/signing_example.hpp"

namespace dialplane {

namespace {

using test::example_secret;
using test::signing_time;

// The published example of the documents.
carrier_webhook example() {
  return {{{"webhook-id", "evt_test"},
           {"webhook-timestamp", "1767225600"},
           {"webhook-signature", "v1,kIL/6Xrg1kqDZ++LsGZBzqY20QBicAUtzHv7wYFVOOM="}},
          "{\"type\":\"message.received\",\"account_id\":\"acct_test\","
          "\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":{\"id\":\"msg_test\"}}"};
}

bool is_verified(const carrier_webhook& received, timestamp now = signing_time) {
  const auto verified = verify_standard_webhook(received, example_secret, now);
  if (!verified) {
    CHECK(verified.error().kind == error_class::refused);
    CHECK(verified.error().code == error_code::unauthorized);
  }
  return verified.has_value();
}

std::string& signed_header(carrier_webhook& of, std::string_view name) {
  for (auto& [present, value] : of.headers) {
    if (present == name) return value;
  }
  FAIL("no such header");
  return of.headers.front().second;
}

}  // namespace

TEST_CASE("standard_webhooks: the published vector, signed and verified") {
  const carrier_webhook webhook = example();
  CHECK(standard_webhook_signature(example_secret, "evt_test", "1767225600", webhook.body) ==
        "v1,kIL/6Xrg1kqDZ++LsGZBzqY20QBicAUtzHv7wYFVOOM=");
  const auto verified = verify_standard_webhook(webhook, example_secret, signing_time);
  REQUIRE(verified);
  CHECK(*verified == "evt_test");
}

TEST_CASE("standard_webhooks: five minutes either way, and no more") {
  CHECK(is_verified(example(), {signing_time.unix_ms + 300'000}));
  CHECK(is_verified(example(), {signing_time.unix_ms - 300'000}));
  CHECK_FALSE(is_verified(example(), {signing_time.unix_ms + 300'001}));
  CHECK_FALSE(is_verified(example(), {signing_time.unix_ms - 300'001}));
}

TEST_CASE("standard_webhooks: any change of what is signed is noticed") {
  carrier_webhook other = example();
  other.body += ' ';
  CHECK_FALSE(is_verified(other));
  for (const char* name : {"webhook-id", "webhook-timestamp"}) {
    carrier_webhook changed = example();
    signed_header(changed, name).back() ^= 1;
    CHECK_FALSE(is_verified(changed));
  }
  for (const char* text : {"", "x", "-1", "1767225600 ", "+1767225600", "1767225600.0",
                           "99999999999999999999"}) {
    carrier_webhook changed = example();
    signed_header(changed, "webhook-timestamp") = text;
    CHECK_FALSE(is_verified(changed));
  }
}

TEST_CASE("standard_webhooks: one of several signatures is enough, among the first eight") {
  carrier_webhook several = example();
  const std::string good = signed_header(several, "webhook-signature");
  signed_header(several, "webhook-signature") = "v1,AAAA v2,zzz " + good;
  CHECK(is_verified(several));
  std::string crowd;
  for (int i = 0; i < 8; ++i) crowd += "v1,AAAA ";
  signed_header(several, "webhook-signature") = crowd + good;
  CHECK_FALSE(is_verified(several));
  signed_header(several, "webhook-signature") = good.substr(3);
  CHECK_FALSE(is_verified(several));
}

TEST_CASE("standard_webhooks: headers that are missing or there twice") {
  for (std::size_t gone = 0; gone < 3; ++gone) {
    carrier_webhook lacking = example();
    lacking.headers.erase(lacking.headers.begin() + static_cast<long>(gone));
    CHECK_FALSE(is_verified(lacking));
    carrier_webhook twice = example();
    twice.headers.push_back(twice.headers[gone]);
    CHECK_FALSE(is_verified(twice));
  }
}

}  // namespace dialplane
