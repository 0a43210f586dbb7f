#include "carriers/twilio/answers.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include "carriers/twilio/api.hpp"
#include "carriers/twilio/brand_rows.hpp"
#include "carriers/twilio/number_rows.hpp"
#include "support/json_object_of.hpp"
#include "support/show_results.hpp"

namespace dialplane::twilio {

namespace {

using test::object_of;

const std::string owned_row =
    R"({"sid":"PN00000000000000000000000000000001","phone_number":"+14155550100",)"
    R"("friendly_name":"mark","date_created":"Thu, 01 Jan 2026 00:00:00 +0000","sms_url":"a",)"
    R"("voice_url":"b","voice_application_sid":null,"trunk_sid":null})";

}  // namespace

TEST_CASE("twilio answers: dates both ways, and none") {
  CHECK(parse_time("Thu, 01 Jan 2026 00:00:00 +0000")->unix_ms == 1'767'225'600'000);
  CHECK(parse_time("Thu, 1 Jan 2026 02:00:00 +0200")->unix_ms == 1'767'225'600'000);
  CHECK(parse_time("2026-01-01T00:00:00Z")->unix_ms == 1'767'225'600'000);
  for (const char* bad : {"", "Thu, ", "Thu, 32 Jan 2026 00:00:00 +0000",
                          "Thu, 01 Foo 2026 00:00:00 +0000", "Thu, 01 Jan 2026 24:00:00 +0000",
                          "Thu, 01 Jan 2026 00:00:00 UTC  ", "yesterday",
                          "Thu, -1 Jan 2026 00:00:00 +0000"}) {
    INFO(bad);
    CHECK_FALSE(parse_time(bad));
  }
}

TEST_CASE("twilio answers: money as text") {
  CHECK(parse_micros("12.34") == 12'340'000);
  CHECK(parse_micros("-0.5") == -500'000);
  CHECK(parse_micros("7") == 7'000'000);
  CHECK(parse_micros("1.2345678") == 1'234'567);
  for (const char* bad : {"", "-", ".5", "1.-2", "--1", "1e3", "abc", "99999999999999"}) {
    INFO(bad);
    CHECK_FALSE(parse_micros(bad));
  }
}

TEST_CASE("twilio answers: a number's row, and rows of the wrong types") {
  const auto row = read_number_row(object_of(owned_row));
  REQUIRE(row);
  CHECK(row->bought_at.unix_ms == 1'767'225'600'000);
  CHECK(as_carrier_number(*row).routing.voice_url == "b");
  for (const char* member :
       {R"({"sid":1})", R"({"sid":"PN1"})", R"({"sid":null})", R"({"phone_number":null})",
        R"({"phone_number":"+1415555010000000000000000000000000000"})",
        R"({"friendly_name":[]})", R"({"date_created":"soon"})", R"({"date_created":7})",
        R"({"sms_url":{}})", R"({"trunk_sid":3})"}) {
    json::object wrong = object_of(owned_row);
    for (const auto& [name, value] : object_of(member)) wrong[name] = value;
    INFO(member);
    CHECK_FALSE(read_number_row(wrong));
  }
}

TEST_CASE("twilio answers: an application or a trunk takes the calls, whatever the address says") {
  for (const char* member : {"voice_application_sid", "trunk_sid"}) {
    json::object row = object_of(owned_row);
    row[member] = "AP1";
    const auto read = read_number_row(row);
    REQUIRE(read);
    CHECK(as_carrier_number(*read).routing.voice_url.empty());
    CHECK(as_carrier_number(*read).routing.text_url == "a");
  }
}

TEST_CASE("twilio answers: names of abilities in any case") {
  json::object row = object_of(
      R"({"phone_number":"+14155550100","capabilities":{"voice":true,"SMS":true,"MMS":false}})");
  CHECK((*read_offer(row))->features == number_features{.texts = true, .calls = true});
  row["capabilities"] = {{"Voice", false}, {"sms", true}, {"mms", true}};
  CHECK((*read_offer(row))->features == number_features{.texts = true, .media = true});
  row["capabilities"] = {{"sms", "yes"}};
  CHECK_FALSE(read_offer(row));
  row["capabilities"] = nullptr;
  CHECK_FALSE(read_offer(row));
}

TEST_CASE("twilio answers: offers are checked against what was asked") {
  const number_offer offer{.e164 = "+14155550100", .locality = "Oakland", .region = "CA",
                           .features = {.texts = true}};
  CHECK(offer_fits(offer, {}, "415"));
  CHECK_FALSE(offer_fits(offer, {}, "212"));
  CHECK_FALSE(offer_fits(offer, {.type = number_type::toll_free}, ""));
  CHECK_FALSE(offer_fits(offer, {.contains = "9999"}, ""));
  CHECK(offer_fits(offer, {.contains = "555", .locality = "oakland", .region = "ca"}, ""));
  CHECK_FALSE(offer_fits(offer, {.region = "NY"}, ""));
  CHECK_FALSE(offer_fits(offer, {.features = {.media = true}}, ""));
  CHECK(is_toll_free("+18885550100"));
  CHECK(is_toll_free("+18005550100"));
  CHECK_FALSE(is_toll_free("+18015550100"));
  CHECK_FALSE(is_toll_free("+18225550100"));
}

TEST_CASE("twilio answers: the next page is under the list's own address, or it is refused") {
  const std::string base = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json";
  const auto next = [&](json::value uri) {
    json::object page;
    page["next_page_uri"] = std::move(uri);
    return next_page_of(page, base);
  };
  CHECK(**next("/2010-04-01/Accounts/AC1/Messages.json?Page=1&PageToken=PA1") ==
        base + "?Page=1&PageToken=PA1");
  CHECK_FALSE(next(nullptr)->has_value());
  CHECK_FALSE(next("https://evil.example/x?Page=1"));
  CHECK_FALSE(next("/other?Page=1"));
  CHECK_FALSE(next("/2010-04-01/Accounts/AC1/Messages.json"));
  CHECK_FALSE(next(17));
  json::object newer;
  newer["meta"] = {{"next_page_url", base + "?Page=2"}};
  CHECK(**next_page_of(newer, base) == base + "?Page=2");
  newer["meta"] = 3;
  CHECK_FALSE(next_page_of(newer, base));
}

TEST_CASE("twilio errors: the code decides the class") {
  const auto kind_of = [](int status, std::int64_t code, intent what = intent::change) {
    return error_of(status, code, "", what).kind;
  };
  CHECK(error_of(401, 20003, "", intent::read).code == error_code::carrier_credentials_rejected);
  CHECK(error_of(403, 20005, "", intent::change).code == error_code::carrier_out_of_funds);
  CHECK(kind_of(429, 20429) == error_class::not_done);
  CHECK(kind_of(429, 0) == error_class::not_done);
  CHECK(kind_of(429, 21611) == error_class::not_done);
  CHECK(kind_of(400, 21422) == error_class::conflict);
  CHECK(kind_of(400, 21452) == error_class::conflict);
  CHECK(kind_of(400, 21421) == error_class::refused);
  CHECK(error_of(400, 21610, "", intent::change).code == error_code::recipient_opted_out);
  CHECK(kind_of(400, 99999) == error_class::refused);
  CHECK(kind_of(404, 0) == error_class::refused);
  CHECK(kind_of(500, 0) == error_class::unknown);
  CHECK(kind_of(503, 20503) == error_class::unknown);
  CHECK(kind_of(302, 0) == error_class::unknown);
  CHECK(kind_of(408, 0) == error_class::unknown);
  CHECK(kind_of(503, 20503, intent::read) == error_class::not_done);
  const error failure = error_of(400, 21421, "secret words of the carrier", intent::change);
  CHECK(failure.message.find("secret") == std::string::npos);
  CHECK(failure.internal.find("21421") != std::string::npos);
}

TEST_CASE("twilio answers: brands and campaigns, and words nobody knows") {
  json::object brand = object_of(
      R"({"sid":"BN00000000000000000000000000000001","status":"FAILED","brand_type":"STANDARD",)"
      R"("failure_reason":"No.","brand_feedback":["TAX_ID","NEW"],"errors":[]})");
  const auto failed = read_brand(brand);
  REQUIRE(failed);
  CHECK(failed->status == brand_status::failed);
  CHECK(failed->failure_reason == "No.");
  CHECK(failed->fields == std::vector<std::string>{"ein"});
  brand["status"] = "PONDERING";
  CHECK(read_brand(brand)->status == brand_status::pending);
  brand["status"] = 3;
  CHECK_FALSE(read_brand(brand));
  const auto campaign = read_campaign(
      object_of(R"({"campaign_status":"FAILED","errors":[{"description":"Why?",)"
                R"("fields":["MESSAGE_FLOW"]},{"description":"And."},7]})"),
      "MG1");
  REQUIRE(campaign);
  CHECK(campaign->status == campaign_status::rejected);
  CHECK(campaign->rejection_reason == "Why? And.");
  CHECK(campaign->fields == std::vector<std::string>{"messaging.consent_flow"});
  CHECK(read_campaign(object_of(R"({"campaign_status":"NEW"})"), "MG1")->status ==
        campaign_status::in_review);
  CHECK_FALSE(read_campaign(object_of(R"({"campaign_status":"FAILED","errors":{}})"), "MG1"));
}

TEST_CASE("twilio answers: names that carry a submission") {
  CHECK(name_with_submission("m", 2) == "m.2");
  CHECK(submission_in("m.2", "m") == 2);
  CHECK(submission_in("m", "m") == 0);
  CHECK(submission_in("m.ended", "m") == -1);
  for (const char* other : {"m2", "n.2", "m.", "m.x", "m.99999999999", "m.-1"}) {
    INFO(other);
    CHECK_FALSE(submission_in(other, "m"));
  }
}

}  // namespace dialplane::twilio
