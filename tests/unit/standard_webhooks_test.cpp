#include "carriers/standard_webhooks.hpp"

#include <doctest/doctest.h>

#include "support/show_results.hpp"

namespace dialplane {

namespace {

// The published example of the documents.
constexpr std::string_view secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
constexpr timestamp signed_at{1'767'225'600'000};

carrier_webhook example() {
  return {{{"webhook-id", "evt_test"},
           {"webhook-timestamp", "1767225600"},
           {"webhook-signature", "v1,kIL/6Xrg1kqDZ++LsGZBzqY20QBicAUtzHv7wYFVOOM="}},
          "{\"type\":\"message.received\",\"account_id\":\"acct_test\","
          "\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":{\"id\":\"msg_test\"}}"};
}

bool is_good(const carrier_webhook& received, timestamp now = signed_at) {
  const auto verified = verify_standard_webhook(received, secret, now);
  if (!verified) {
    CHECK(verified.error().kind == error_class::refused);
    CHECK(verified.error().code == error_code::unauthorized);
  }
  return verified.has_value();
}

std::string& header(carrier_webhook& of, std::string_view name) {
  for (auto& [present, value] : of.headers) {
    if (present == name) return value;
  }
  FAIL("no such header");
  return of.headers.front().second;
}

}  // namespace

TEST_CASE("standard_webhooks: the published vector, signed and verified") {
  const carrier_webhook webhook = example();
  CHECK(standard_webhook_signature(secret, "evt_test", "1767225600", webhook.body) ==
        "v1,kIL/6Xrg1kqDZ++LsGZBzqY20QBicAUtzHv7wYFVOOM=");
  const auto verified = verify_standard_webhook(webhook, secret, signed_at);
  REQUIRE(verified);
  CHECK(*verified == "evt_test");
}

TEST_CASE("standard_webhooks: five minutes either way, and no more") {
  CHECK(is_good(example(), {signed_at.unix_ms + 300'000}));
  CHECK(is_good(example(), {signed_at.unix_ms - 300'000}));
  CHECK_FALSE(is_good(example(), {signed_at.unix_ms + 300'001}));
  CHECK_FALSE(is_good(example(), {signed_at.unix_ms - 300'001}));
}

TEST_CASE("standard_webhooks: any change of what is signed is noticed") {
  carrier_webhook other = example();
  other.body += ' ';
  CHECK_FALSE(is_good(other));
  for (const char* name : {"webhook-id", "webhook-timestamp"}) {
    carrier_webhook changed = example();
    header(changed, name).back() ^= 1;
    CHECK_FALSE(is_good(changed));
  }
  for (const char* text : {"", "x", "-1", "1767225600 ", "+1767225600", "1767225600.0",
                           "99999999999999999999"}) {
    carrier_webhook changed = example();
    header(changed, "webhook-timestamp") = text;
    CHECK_FALSE(is_good(changed));
  }
}

TEST_CASE("standard_webhooks: one of several signatures is enough, among the first eight") {
  carrier_webhook several = example();
  const std::string good = header(several, "webhook-signature");
  header(several, "webhook-signature") = "v1,AAAA v2,zzz " + good;
  CHECK(is_good(several));
  std::string crowd;
  for (int i = 0; i < 8; ++i) crowd += "v1,AAAA ";
  header(several, "webhook-signature") = crowd + good;
  CHECK_FALSE(is_good(several));
  header(several, "webhook-signature") = good.substr(3);
  CHECK_FALSE(is_good(several));
}

TEST_CASE("standard_webhooks: headers that are missing or there twice") {
  for (std::size_t gone = 0; gone < 3; ++gone) {
    carrier_webhook lacking = example();
    lacking.headers.erase(lacking.headers.begin() + static_cast<long>(gone));
    CHECK_FALSE(is_good(lacking));
    carrier_webhook twice = example();
    twice.headers.push_back(twice.headers[gone]);
    CHECK_FALSE(is_good(twice));
  }
}

}  // namespace dialplane
