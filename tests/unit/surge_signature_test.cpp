// Surge's two signatures: both vectors of its documents, and every way to get them wrong.
#include <doctest/doctest.h>

#include "carriers/surge/signatures.hpp"
#include "support/show_results.hpp"
#include "support/signing_example.hpp"

namespace dialplane::surge {
namespace {

using test::example_secret;
using test::signing_time;

constexpr const char* body =
    R"({"type":"message.received","account_id":"acct_test","timestamp":"2026-01-01T00:00:00Z",)"
    R"("data":{"id":"msg_test"}})";
constexpr const char* new_signature = "v1,kIL/6Xrg1kqDZ++LsGZBzqY20QBicAUtzHv7wYFVOOM=";
constexpr const char* old_v1 =
    "v1=8ad4118239a0582346de4552fb796fc9d2c6500b2182c6800a11f5962a4c0560";

carrier_webhook new_scheme() {
  return {{{"webhook-id", "evt_test"},
           {"webhook-timestamp", "1767225600"},
           {"webhook-signature", new_signature}},
          body};
}

carrier_webhook old_scheme(std::string header = std::string("t=1767225600,") + old_v1) {
  return {{{"surge-signature", std::move(header)}}, body};
}

bool accepts(const carrier_webhook& received, timestamp at = signing_time,
             std::string_view key = example_secret) {
  const auto verified = verify_signature(received, key, at);
  if (!verified) {
    CHECK(verified.error().kind == error_class::refused);
    CHECK(verified.error().code == error_code::unauthorized);
  }
  return verified.has_value();
}

}  // namespace

TEST_CASE("surge signatures: both vectors are accepted, and name the event") {
  const auto by_new = verify_signature(new_scheme(), example_secret, signing_time);
  REQUIRE(by_new);
  CHECK(by_new->event_key == "evt_test");
  const auto by_old = verify_signature(old_scheme(), example_secret, signing_time);
  REQUIRE(by_old);
  CHECK(by_old->event_key.starts_with("sha256:"));
  CHECK(verify_signature(old_scheme(), example_secret, signing_time)->event_key ==
        by_old->event_key);
}

TEST_CASE("surge signatures: every changed byte of body and signature is refused") {
  for (const carrier_webhook& good : {new_scheme(), old_scheme()}) {
    REQUIRE(accepts(good));
    for (std::size_t i = 0; i < good.body.size(); ++i) {
      carrier_webhook changed = good;
      changed.body[i] = static_cast<char>(changed.body[i] ^ 1);
      CHECK_FALSE(accepts(changed));
    }
    for (std::size_t header = 0; header < good.headers.size(); ++header) {
      for (std::size_t i = 0; i < good.headers[header].second.size(); ++i) {
        carrier_webhook changed = good;
        char& byte = changed.headers[header].second[i];
        byte = static_cast<char>(byte ^ 1);
        CHECK_FALSE(accepts(changed));
      }
    }
    CHECK_FALSE(accepts(good, signing_time, "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY4"));
    carrier_webhook longer = good;
    longer.body += " ";
    CHECK_FALSE(accepts(longer));
    CHECK_FALSE(accepts({good.headers, ""}));
    CHECK_FALSE(accepts({{}, good.body}));
  }
}

TEST_CASE("surge signatures: five minutes either way") {
  for (const carrier_webhook& good : {new_scheme(), old_scheme()}) {
    for (const std::int64_t apart_ms : {300'000, -300'000}) {
      CHECK(accepts(good, {signing_time.unix_ms + apart_ms}));
      CHECK_FALSE(accepts(good, {signing_time.unix_ms + apart_ms + (apart_ms > 0 ? 1 : -1)}));
    }
  }
}

TEST_CASE("surge signatures: any webhook-* header makes the new scheme decide alone") {
  carrier_webhook both = new_scheme();
  both.headers.push_back(old_scheme().headers.front());
  CHECK(accepts(both));
  both.headers[2].second = "v1,AAAA";
  CHECK_FALSE(accepts(both));
  for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-other"}) {
    carrier_webhook old_with_one = old_scheme();
    old_with_one.headers.emplace_back(name, "x");
    CHECK_FALSE(accepts(old_with_one));
  }
  carrier_webhook broken_old = new_scheme();
  broken_old.headers.emplace_back("surge-signature", "t=1,v1=00");
  CHECK(accepts(broken_old));
}

TEST_CASE("surge signatures: the old header may have several v1 and unknown keys") {
  const std::string good = old_v1;
  const std::string bad = "v1=00d4118239a0582346de4552fb796fc9d2c6500b2182c6800a11f5962a4c0560";
  for (const std::string& header :
       {"t=1767225600," + bad + "," + good, "t=1767225600," + good + "," + bad,
        "v0=zz,t=1767225600,v2=00," + good, good + ",t=1767225600",
        "t=1767225600, " + good}) {
    CAPTURE(header);
    CHECK(accepts(old_scheme(header)));
  }
  std::string upper = good;
  upper[4] = 'A';
  std::string many = "t=1767225600";
  for (int i = 0; i < 9; ++i) many += "," + bad;
  const std::string t = "t=1767225600,";
  const std::vector<std::string> wrong = {
      "",          "t=1767225600",  good,
      "t=," + good, "t=x," + good,  t + t + good,
      t + upper,   t + "v1=",       t + bad,
      t + "x," + good, many + "," + good, "t=1767225600;" + good,
      t + "v2" + good.substr(2), "t=-1767225600," + good, "t=1767225600.0," + good,
      t + good + std::string(1'024, ' ')};
  for (const std::string& header : wrong) {
    CAPTURE(header);
    CHECK_FALSE(accepts(old_scheme(header)));
  }
  carrier_webhook twice = old_scheme();
  twice.headers.push_back(twice.headers.front());
  CHECK_FALSE(accepts(twice));
}

}  // namespace dialplane::surge
