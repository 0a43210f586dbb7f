// What is taken out of the traffic with a carrier, and that what is left still fits together.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "carriers/wire_redaction.hpp"
#include "carriers/wire_transcript.hpp"
#include "support/contains_text.hpp"

namespace dialplane::test {

namespace {

namespace json = boost::json;

const std::string account_sid = "AC0123456789abcdef0123456789abcdef";
const std::string account_token = "9f86d081884c7d659a2feaa0c55ad015";
const std::string api_key = "sk_live_Zq81hLw0PxX";

wire_redaction::known known_account() {
  return {.secrets = {account_sid, account_token, api_key},
          .carrier_url = "https://api.carrier.example",
          .public_url = "https://phones.operator.example"};
}

std::string redacted_text(wire_redaction& redaction, const char* given) {
  return json::serialize(redaction.json(json::parse(given)));
}

}  // namespace

TEST_CASE("redaction: credentials become stand-ins of their own shape, wherever they are") {
  wire_redaction redaction(known_account());
  CHECK(wire_redaction::stand_in(account_sid) == "AC0000000000aaaaaa0000000000aaaaaa");
  CHECK(wire_redaction::stand_in(api_key) == "sk_live_Aa00aAa0AaA");
  CHECK(wire_redaction::stand_in("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=").ends_with("A="));
  for (const std::string& secret : {account_sid, account_token, api_key, std::string("short1")}) {
    const std::string once = wire_redaction::stand_in(secret);
    CHECK(once.size() == secret.size());
    CHECK(once != secret);
    CHECK(wire_redaction::stand_in(once) == once);
  }
  for (const std::string& text :
       {"/2010-04-01/Accounts/" + account_sid + "/Calls.json", "x" + account_token + "y",
        "{\"note\":\"" + account_token + "\"}", "https://api.carrier.example/a/" + account_sid,
        "Authentication failed for " + api_key + "."}) {
    const std::string out = redaction.text(text);
    INFO(out);
    CHECK_FALSE(contains_text(out, account_sid));
    CHECK_FALSE(contains_text(out, account_token));
    CHECK_FALSE(contains_text(out, api_key));
  }
  CHECK(contains_text(redaction.text("/Accounts/" + account_sid),
                      wire_redaction::stand_in(account_sid)));
}

TEST_CASE("redaction: what looks like a credential, and fields that are named so") {
  wire_redaction redaction(known_account());
  for (const char* text :
       {"Bearer abcdefghijkl", "basic dXNlcjpwYXNzd29yZA==", "key sk_test_abcdefghijkl",
        "whsec_MDEyMzQ1Njc4OWFi", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk"}) {
    const std::string out = redaction.text(text);
    INFO(out);
    CHECK(contains_text(out, "redacted"));
    CHECK_FALSE(contains_text(out, "abcdefghijk"));
    CHECK_FALSE(contains_text(out, "dXNlcjpw"));
    CHECK_FALSE(contains_text(out, "MDEyMzQ1"));
  }
  for (const char* name : {"password", "Sip-Password", "auth_token", "apiKey", "client_secret",
                           "X-Signature", "key", "accessKeyId", "Set-Cookie"}) {
    INFO(name);
    CHECK(redaction.field(name, "hunter22") == "redacted");
  }
  // Where a page begins is asked for again.
  CHECK(redaction.field("PageToken", "PAabc12") == "PAabc12");
  CHECK(redaction.field("FriendlyName", "dp-mark_1") == "dp-mark_1");
  CHECK(redacted_text(redaction, R"({"a":{"token":{"value":[7,"x",{"y":"deep"}]}}})") ==
        R"({"a":{"token":{"value":[0,"redacted",{"y":"redacted"}]}}})");
}

TEST_CASE("redaction: telephone numbers in every form become invented ones, each always the same") {
  wire_redaction redaction(known_account());
  const std::string one = redaction.text("+14155550987");
  CHECK(one == "+14155550100");
  CHECK(redaction.text("(415) 555-0987") == "(415) 555-0100");
  CHECK(redaction.text("415-555-0987 or 415.555.0987") == "415-555-0100 or 415.555.0100");
  CHECK(redaction.text("1-415-555-0987") == "1-415-555-0100");
  CHECK(redaction.text("14155550987,4155550987") == "14155550100,4155550100");
  CHECK(redaction.text("/phone_numbers/%2B14155550987/x") == "/phone_numbers/%2B14155550100/x");
  CHECK(redaction.text("tel:+1 415 555 0987") == "tel:+1 415 555 0100");
  CHECK(redaction.text("x-4155550987") == "x-4155550100");
  CHECK(redaction.text("+14155551234") == "+14155550101");
  CHECK(redaction.text("+12125550987") == "+12125550100");
  CHECK(redacted_text(redaction, R"({"n":14155550987,"m":4155551234})") ==
        R"({"n":14155550100,"m":4155550101})");
  CHECK(redacted_text(redaction, R"({"+14155550987":1})") == R"({"+14155550100":1})");
  // Of other countries: the form stays.
  const std::string abroad = redaction.text("+442071838750");
  CHECK(abroad.size() == 13);
  CHECK(abroad.starts_with("+44"));
  CHECK_FALSE(contains_text(abroad, "71838750"));
  CHECK(redaction.text("+442071838750") == abroad);
  // In a field that is one, any form.
  for (const char* bare : {"00442071838750", "5550987", "442071838751"}) {
    INFO(bare);
    CHECK(redaction.field("caller_phone", bare) != bare);
  }
  CHECK(redaction.field("To", "whatsapp:+14155550987") == "whatsapp:+14155550100");
}

TEST_CASE("redaction: numbers that are none stay") {
  wire_redaction redaction(known_account());
  for (const char* same :
       {"2026-03-01T00:00:00.000Z", "2026-03-01", "Thu, 01 Jan 2026 00:00:00 +0000",
        "1293384261075731499", "PN0123456789abcdef0123456789abcdef",
        "40019f6e-12c8-4d3b-9123-123456789012", "1767225600", "1767225600000", "10.0.0.1",
        "1.0000", "415", "50", "/v2/phone_numbers/1293384261075731499", "v1.2.3",
        "acct_4155550987", "id4155550987x"}) {
    INFO(same);
    CHECK(redaction.text(same) == same);
  }
  CHECK(redacted_text(redaction, R"({"price":1.5,"ok":true,"none":null,"count":3})") ==
        R"({"price":1.5E0,"ok":true,"none":null,"count":3})");
}

TEST_CASE("redaction: tax numbers, texts and people") {
  wire_redaction redaction(known_account());
  CHECK(redaction.text("EIN 12-3456789.") == "EIN 00-0000000.");
  CHECK(redaction.text("ein:123456789") == "ein:000000000");
  CHECK(redaction.field("business_registration_number", "12 345 6789") == "00 000 0000");
  CHECK(redacted_text(redaction, R"({"ein":123456789})") == R"({"ein":0})");
  CHECK(redaction.field("Body", "Your code is 123456") == "redacted");
  CHECK(redacted_text(redaction,
                      R"({"body":"hi","text":{"a":["b"]},"media_urls":["https://m.e/1"]})") ==
        R"({"body":"redacted","text":{"a":["redacted"]},"media_urls":["redacted"]})");
  CHECK(redacted_text(redaction, R"({"contact":{"first_name":"Ada","email":"ada@x.example"}})") ==
        R"({"contact":{"first_name":"redacted","email":"person@example.com"}})");
  CHECK(redaction.text("write to ada.b+c@mail.x.example, please") ==
        "write to person@example.com, please");
}

TEST_CASE("redaction: of addresses the carrier's and ours stay, without what is secret in them") {
  wire_redaction redaction(known_account());
  CHECK(redaction.address("https://api.carrier.example/v1/x?limit=2&page_token=a&key=s3cret") ==
        "https://api.carrier.example/v1/x?limit=2&page_token=a&key=redacted");
  CHECK(redaction.address("https://user:pass@docs.carrier.example/e/1#top") ==
        "https://docs.carrier.example/e/1");
  CHECK(redaction.address("https://phones.operator.example/carriers/a/texts?key=abc") ==
        "https://dialplane.example/carriers/a/texts?key=redacted");
  // Others may hide a secret in any part.
  const std::string hook = redaction.address("https://hooks.chat.example/services/T0/B0/xyz");
  CHECK(hook == "https://elsewhere.example/1");
  CHECK(redaction.address("https://hooks.chat.example/services/T0/B0/xyz") == hook);
  CHECK(redaction.address("https://api.carrier.example.evil.example/") ==
        "https://elsewhere.example/2");
  CHECK(redaction.text("see https://hooks.chat.example/services/T0/B0/xyz, or "
                       "sip:desk:pw@edge.example;transport=tls") ==
        "see https://elsewhere.example/1, or sip:person@example.com");
  CHECK(redacted_text(redaction, R"({"u":"{\"voice_url\":\"https://a:b@x.example/?t=1\"}"})") ==
        R"({"u":"{\"voice_url\":\"https://elsewhere.example/3\"}"})");
}

TEST_CASE("redaction: hostile input neither breaks it nor slips through") {
  wire_redaction redaction(known_account());
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += "{\"a\":";
  deep += "\"" + account_token + "\"" + std::string(30, '}');
  CHECK_FALSE(contains_text(redaction.text(deep), account_token));
  for (const std::string& text :
       {std::string(), std::string("://"), std::string("http://"), std::string("https://@"),
        std::string("https://["), std::string("+"), std::string("%2B"), std::string("%2b+1"),
        std::string("((((((((("), std::string("@"), std::string("a@"), std::string("@b"),
        std::string("sip:"), std::string("Bearer "), std::string(100'000, '1'),
        std::string(50'000, '('), std::string("\0\xff\xfe", 3), std::string("{\"a\":"),
        std::string("[[[["), std::string("12-"), std::string("12-3456789012")}) {
    CHECK_NOTHROW((void)redaction.text(text));
    CHECK_NOTHROW((void)redaction.field("to", text));
    CHECK_NOTHROW((void)redaction.address(text));
  }
  // Any bytes around a secret: it is never in what comes out.
  const std::uint64_t seed = 20'260'301;
  INFO("seed ", seed);
  seeded_random random(seed);
  constexpr std::string_view alphabet = "{}[]\",:/?&=@+-_ ()%2B19.aA\\\n";
  const std::vector<std::string> secrets{account_sid, account_token, api_key};
  for (int round = 0; round < 3'000; ++round) {
    std::string text;
    const auto noise = [&] {
      for (std::uint64_t left = random.below(12); left > 0; --left) {
        text += alphabet[random.below(alphabet.size())];
      }
    };
    noise();
    const std::string& secret = secrets[random.below(secrets.size())];
    text += secret;
    noise();
    for (const std::string& out :
         {redaction.text(text), redaction.field("to", text), redaction.address(text)}) {
      INFO(text);
      CHECK_FALSE(contains_text(out, secret));
    }
  }
}

TEST_CASE("redaction: what was redacted stays as it is, in the same order") {
  const char* page = R"({"rows":[{"phone_number":"+14155559876","friendly_name":"(415) 555-9876",
    "sms_url":"https://phones.operator.example/c?key=1"},{"phone_number":"+14155551111",
    "sms_url":"https://old.example/x","ein":"12-3456789","body":"hello","cnam":"a@b.example"}]})";
  wire_redaction first(known_account());
  const json::value once = first.json(json::parse(page));
  wire_redaction::known known = known_account();
  for (std::string& secret : known.secrets) secret = wire_redaction::stand_in(secret);
  known.public_url = wire_redaction::shown_public_url(known.public_url);
  wire_redaction again(known);
  CHECK(again.json(once) == once);
  CHECK(json::serialize(once).find("9876") == std::string::npos);
}

TEST_CASE("transcript: headers are chosen, bodies keep their form, and it ends in time") {
  wire_transcript::subject of;
  of.carrier = "toy";
  of.account = "toy";
  of.base_url = "https://api.carrier.example/v2";
  of.public_url = "https://phones.operator.example";
  of.credentials.emplace("auth_token", secret_string(account_token));
  of.options = {{"base_url", "x"}, {"region", "ie1"}};
  wire_transcript transcript(of);
  wire_exchange seen;
  seen.method = "POST";
  seen.url = "https://api.carrier.example/v2/texts?To=%2B14155550987&auth=" + account_token;
  seen.headers = {{"Authorization", "Bearer " + account_token},
                  {"Content-Type", "application/x-www-form-urlencoded"},
                  {"Cookie", "a=b"}};
  seen.body = "From=%2B14155550987&Body=Hello+there&Mark=m1";
  seen.answer = http_answer{.status = 201, .headers = {{"content-type", "application/json"},
                                                       {"set-cookie", "s=1"}},
                            .body = R"({"sid":"SM1","from":"+14155550987"})"};
  transcript.note(seen);
  seen.answer.reset();
  seen.failure = "broken at https://user:pw@api.carrier.example/";
  seen.may_have_arrived = true;
  transcript.note(seen);
  transcript.note_call("look_up", {{"e164", "+14155550987"}}, {{"found", false}});
  const std::string text = transcript.text();
  INFO(text);
  for (const char* part :
       {R"("base_path":"/v2")", R"("region":"ie1")", R"(["To","+14155550100"])",
        R"(["Body","redacted"])", R"(["Mark","m1"])", R"("may_have_arrived":true)",
        R"("headers":{"content-type":"application/x-www-form-urlencoded"})",
        R"("call":"look_up","asked":{"e164":"+14155550100"})"}) {
    INFO(part);
    CHECK(contains_text(text, part));
  }
  for (const std::string& part :
       {account_token, std::string("Hello"), std::string("Cookie"), std::string("cookie"),
        std::string("Bearer"), std::string("user:pw"), std::string("0987")}) {
    INFO(part);
    CHECK_FALSE(contains_text(text, part));
  }
  for (std::size_t i = 0; i < wire_transcript::lines_max + 10; ++i) {
    transcript.note_call("look_up", {}, {});
  }
  const std::string full = transcript.text();
  CHECK(static_cast<std::size_t>(std::count(full.begin(), full.end(), '\n')) ==
        wire_transcript::lines_max);
  CHECK(contains_text(full, "\"cut\""));
}

}  // namespace dialplane::test
