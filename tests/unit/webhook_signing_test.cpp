#include "webhooks/signing.hpp"

#include <doctest/doctest.h>

#include "support/signing_example.hpp"

namespace dialplane {
namespace {

using test::example_secret;

TEST_CASE("naive signature: the vector of the wire contract") {
  CHECK(naive_signature(
            example_secret,
            R"({"event":"sms.received","data":{"tenant_user_id":null},"ts":1767225600000})") ==
        "ec739f49742928e4d33ea6497e222a1fefe7351d8d763c22806019f7215d8c52");
  CHECK(naive_signature("other", "{}") != naive_signature(example_secret, "{}"));
}

TEST_CASE("standard signature: the vector of the wire contract") {
  const std::string_view body =
      R"({"type":"message.received","account_id":"acct_test",)"
      R"("timestamp":"2026-01-01T00:00:00Z","data":{"id":"msg_test"}})";
  const std::string good = standard_signature(example_secret, "evt_test", 1'767'225'600, body);
  CHECK(good == "v1,kIL/6Xrg1kqDZ++LsGZBzqY20QBicAUtzHv7wYFVOOM=");
  CHECK(standard_signature(example_secret, "evt_test", 1'767'225'601, body) != good);
  CHECK(standard_signature(example_secret, "evt_tesu", 1'767'225'600, body) != good);
}

TEST_CASE("a secret of another form is the key as it is") {
  // "MDEy..." is the base64 of this text.
  CHECK(standard_signature("0123456789abcdef01234567", "a", 1, "b") ==
        standard_signature(example_secret, "a", 1, "b"));
  CHECK(standard_signature("whsec_not base64", "a", 1, "b") !=
        standard_signature("not base64", "a", 1, "b"));
}

TEST_CASE("new secrets differ and have the documented form") {
  seeded_random random(1);
  const secret_string one = new_webhook_secret(random);
  const secret_string two = new_webhook_secret(random);
  CHECK(one.reveal().size() == example_secret.size());
  CHECK(one.reveal().starts_with("whsec_"));
  CHECK(one.reveal() != two.reveal());
}

}  // namespace
}  // namespace dialplane
