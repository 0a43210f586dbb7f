#include "carriers/twilio/signature.hpp"

#include <doctest/doctest.h>

#include "support/show_results.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::string_view auth_token = "0123456789abcdef0123456789abcdef";
const std::string sms_url = "https://dialplane.example/hooks/twilio/sms?tenant=t1";
const std::string sms_body =
    "To=%2B15005550006&From=%2B14155550100&Body=hello&"
    "MessageSid=SM00000000000000000000000000000001&NumMedia=0";
const std::string json_url =
    "https://dialplane.example/hooks/twilio/json?bodySHA256="
    "2e7cda3ca871a2f6dadd2ace4a66385bdefba7d32c11f8846fb0b628f354f82c";

carrier_webhook posted(std::string url, std::string body, std::string signature,
                       std::string type = "application/x-www-form-urlencoded; charset=utf-8") {
  return {.headers = {{"content-type", std::move(type)},
                      {"x-twilio-signature", std::move(signature)}},
          .body = std::move(body),
          .url = std::move(url)};
}

bool is_genuine(const carrier_webhook& received, std::string_view with = auth_token) {
  const auto judged = judge_signature(received, with);
  if (!judged) {
    CHECK(judged.error().kind == error_class::refused);
    CHECK(judged.error().code == error_code::unauthorized);
  }
  return judged.has_value();
}

const carrier_webhook sms = posted(sms_url, sms_body, "DVwRLDW3vOEpfccRYQv59I5PzRE=");
const carrier_webhook ping =
    posted(json_url, "{\"event\":\"ping\"}", "m0DMVVkLD08uFiuGCUZ4zTZmGa4=", "application/json");

}  // namespace

TEST_CASE("twilio signature: the published vectors") {
  CHECK(is_genuine(sms));
  CHECK(is_genuine(ping));
}

TEST_CASE("twilio signature: every changed byte is refused") {
  for (const carrier_webhook& right : {sms, ping}) {
    for (std::size_t at = 0; at < right.body.size(); ++at) {
      carrier_webhook changed = right;
      changed.body[at] = changed.body[at] == 'z' ? 'y' : 'z';
      CHECK_FALSE(is_genuine(changed));
    }
    for (std::size_t at = 0; at < right.url.size(); ++at) {
      carrier_webhook changed = right;
      changed.url[at] = changed.url[at] == 'z' ? 'y' : 'z';
      CHECK_FALSE(is_genuine(changed));
    }
    const std::string& signature = right.headers[1].second;
    for (std::size_t at = 0; at < signature.size(); ++at) {
      carrier_webhook changed = right;
      changed.headers[1].second[at] = signature[at] == 'A' ? 'B' : 'A';
      CHECK_FALSE(is_genuine(changed));
    }
    CHECK_FALSE(is_genuine(right, "0123456789abcdef0123456789abcdee"));
    CHECK_FALSE(is_genuine(right, ""));
  }
}

TEST_CASE("twilio signature: absent, doubled, cut and overlong ones are refused") {
  carrier_webhook changed = sms;
  changed.headers.pop_back();
  CHECK_FALSE(is_genuine(changed));
  changed = sms;
  changed.headers.push_back(changed.headers[1]);
  CHECK_FALSE(is_genuine(changed));
  for (const std::string& wrong : {std::string(), std::string("DVwRLDW3vOEpfccRYQv59I5PzRE"),
                                   std::string(100'000, 'A')}) {
    changed = sms;
    changed.headers[1].second = wrong;
    CHECK_FALSE(is_genuine(changed));
  }
}

TEST_CASE("twilio signature: fields added, removed or renamed are refused, order is nothing") {
  carrier_webhook changed = sms;
  changed.body += "&Extra=1";
  CHECK_FALSE(is_genuine(changed));
  changed = sms;
  changed.body = sms_body.substr(0, sms_body.rfind('&'));
  CHECK_FALSE(is_genuine(changed));
  changed.body = "NumMedia=0&" + sms_body.substr(0, sms_body.rfind('&'));
  CHECK(is_genuine(changed));
  changed.body = "%zz=1";
  CHECK_FALSE(is_genuine(changed));
}

// What the carrier's own client (6.2.0) computes.
TEST_CASE("twilio signature: repeated fields, distinct values, Unicode") {
  const std::string url = "https://dialplane.example/a";
  const std::string signature = "9JlVQwOrSDvNc5NLIPrP9ZremX4=";
  const std::string tail = "&Body=Gr%C3%BC%C3%9Fe+%26+%F0%9F%98%80";
  CHECK(is_genuine(posted(url, "MediaUrl=b&MediaUrl=a&MediaUrl=b" + tail, signature)));
  CHECK(is_genuine(posted(url, "MediaUrl=a&MediaUrl=b" + tail, signature)));
  CHECK_FALSE(is_genuine(posted(url, "MediaUrl=a" + tail, signature)));
  CHECK_FALSE(is_genuine(posted(url, "MediaUrl=a&MediaUrl=b&MediaUrl=c" + tail, signature)));
}

TEST_CASE("twilio signature: a GET is signed by its address alone") {
  CHECK(is_genuine(posted("https://dialplane.example/a", "", "kZimHZxrWPdR1EhCmNdt90RIsdg=")));
  CHECK_FALSE(
      is_genuine(posted("https://dialplane.example/b", "", "kZimHZxrWPdR1EhCmNdt90RIsdg=")));
  // And a body that nothing signs does not ride on it.
  CHECK_FALSE(is_genuine(posted("https://dialplane.example/a", "{}",
                                "kZimHZxrWPdR1EhCmNdt90RIsdg=", "application/json")));
  CHECK_FALSE(
      is_genuine(posted("https://dialplane.example/a", "A=1", "kZimHZxrWPdR1EhCmNdt90RIsdg=")));
}

TEST_CASE("twilio signature: the default port may be there or not, another may not be made up") {
  const std::string tls = "hg8pXB5o82UkaPBVkL4ceEotwjY=";    // signed with :443
  const std::string plain = "NYXP4XP1Df2gUzsC09an34M0bSs=";  // signed with :80
  const std::string other = "99jvCJVTMm/B4Qu889EyuNRxDDc=";  // signed with :8443
  CHECK(is_genuine(posted("https://dialplane.example/a?x=1", "A=1", tls)));
  CHECK(is_genuine(posted("https://dialplane.example:443/a?x=1", "A=1", tls)));
  CHECK(is_genuine(posted("http://dialplane.example/a?x=1", "A=1", plain)));
  CHECK(is_genuine(posted("https://dialplane.example:8443/a?x=1", "A=1", other)));
  CHECK_FALSE(is_genuine(posted("https://dialplane.example/a?x=1", "A=1", plain)));
  CHECK_FALSE(is_genuine(posted("https://dialplane.example/a?x=1", "A=1", other)));
  CHECK_FALSE(is_genuine(posted("http://dialplane.example/a?x=1", "A=1", tls)));
}

TEST_CASE("twilio signature: percent-encoded and rewritten queries") {
  // Signed percent-encoded, configured without.
  CHECK(is_genuine(
      posted("https://dialplane.example/a?who=o'neil", "A=1", "s0DuUqQGkJAcJKag5FyVQSyhHrk=")));
  CHECK_FALSE(is_genuine(
      posted("https://dialplane.example/a?who=o'neal", "A=1", "s0DuUqQGkJAcJKag5FyVQSyhHrk=")));
  // Signed with the fields of one name together.
  const std::string together = "+fOGsvpvfV99eWlm8Hj70WnnRRc=";
  CHECK(is_genuine(posted("https://dialplane.example/a?b=1&a=2&b=3", "A=1", together)));
  CHECK(is_genuine(posted("https://dialplane.example/a?b=1&b=3&a=2", "A=1", together)));
  CHECK_FALSE(is_genuine(posted("https://dialplane.example/a?b=3&a=2&b=1", "A=1", together)));
}

TEST_CASE("twilio signature: a body's hash must be in the address, and be its own") {
  carrier_webhook changed = ping;
  changed.url = "https://dialplane.example/hooks/twilio/json?bodySHA256=";
  changed.headers[1].second = signature_of(auth_token, changed.url, {});
  CHECK_FALSE(is_genuine(changed));
  changed.url = "https://dialplane.example/hooks/twilio/json";
  changed.headers[1].second = signature_of(auth_token, changed.url, {});
  CHECK_FALSE(is_genuine(changed));
}

}  // namespace dialplane::twilio
