// What Telnyx answers, read: prices, rows, errors, and the words of registrations.
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <optional>
#include <string>

#include "carriers/telnyx/answer_reader.hpp"
#include "carriers/telnyx/errors.hpp"
#include "carriers/telnyx/filing_fields.hpp"
#include "carriers/telnyx/prices.hpp"
#include "carriers/telnyx/rows.hpp"
#include "support/json_object_of.hpp"
#include "support/show_results.hpp"

namespace dialplane::telnyx {
namespace {

namespace json = boost::json;

using test::object_of;

TEST_CASE("telnyx prices: decimal text to millionths, never lower than it is") {
  struct row {
    std::string_view text;
    std::optional<std::int64_t> micros;
  };
  for (const row& each : {row{"1", 1'000'000}, row{"1.00000", 1'000'000}, row{"0.0040", 4'000},
                          row{"0.1", 100'000}, row{"00.10", 100'000}, row{"-2.5", -2'500'000},
                          row{"0.0000001", 1}, row{"0.0000000", 0}, row{"1.2345675", 1'234'568},
                          row{"1000000000000", 1'000'000'000'000'000'000}, row{"", {}},
                          row{"-", {}}, row{".5", {}}, row{"1.", {}}, row{"1,5", {}},
                          row{"1e3", {}}, row{" 1", {}}, row{"+1", {}}, row{"$1", {}},
                          row{"0x1", {}}, row{"--1", {}},
                          row{"1000000000001", {}}, row{"99999999999999999999999", {}}}) {
    INFO(each.text);
    CHECK(parse_micro_usd(each.text) == each.micros);
  }
  CHECK_FALSE(parse_micro_usd("0." + std::string(100, '0')));
}

http_answer answered(int status, std::string_view code) {
  http_answer answer;
  answer.status = status;
  answer.body = R"({"errors":[{"code":")" + std::string(code) + R"(","title":"T","detail":"D."}]})";
  return answer;
}

TEST_CASE("telnyx errors: class and code by Telnyx's code, else by the status") {
  struct row {
    int status;
    std::string_view code;
    error_class kind;
    error_code ours;
  };
  for (const row& each :
       {row{401, "10009", error_class::refused, error_code::carrier_credentials_rejected},
        row{403, "10010", error_class::refused, error_code::carrier_refused},
        row{429, "10011", error_class::not_done, error_code::carrier_unavailable},
        row{429, "40318", error_class::not_done, error_code::carrier_unavailable},
        row{404, "10005", error_class::refused, error_code::carrier_refused},
        row{400, "10002", error_class::refused, error_code::carrier_refused},
        row{400, "10015", error_class::refused, error_code::carrier_refused},
        row{422, "10016", error_class::refused, error_code::carrier_refused},
        row{422, "10012", error_class::conflict, error_code::number_unavailable},
        row{409, "", error_class::conflict, error_code::number_unavailable},
        row{403, "20100", error_class::refused, error_code::carrier_out_of_funds},
        row{402, "", error_class::refused, error_code::carrier_out_of_funds},
        row{403, "40300", error_class::refused, error_code::recipient_opted_out},
        row{400, "40010", error_class::refused, error_code::compliance_pending},
        row{400, "40305", error_class::refused, error_code::carrier_refused},
        row{400, "40310", error_class::refused, error_code::carrier_refused},
        row{418, "77777", error_class::refused, error_code::carrier_refused},
        row{500, "10007", error_class::unknown, error_code::carrier_outcome_unknown},
        row{503, "10011", error_class::unknown, error_code::carrier_outcome_unknown},
        row{502, "", error_class::unknown, error_code::carrier_outcome_unknown},
        row{301, "", error_class::unknown, error_code::carrier_outcome_unknown}}) {
    INFO(each.status, " ", each.code);
    const http_answer answer = answered(each.status, each.code);
    const failure_meaning meaning = meaning_of(answer, object_of(answer.body));
    CHECK(meaning.failure.kind == each.kind);
    CHECK(meaning.failure.code == each.ours);
    CHECK(meaning.code == each.code);
    CHECK(meaning.failure.internal.find("D.") != std::string::npos);
  }
}

TEST_CASE("telnyx errors: strange bodies are judged by their status") {
  for (const char* body : {"{}", R"({"errors":[]})", R"({"errors":"no"})", R"({"errors":[7]})",
                           R"({"errors":[{"code":{}}]})", R"({"errors":{"code":"10009"}})",
                           R"({"message":"no"})"}) {
    INFO(body);
    http_answer answer;
    answer.status = 422;
    const failure_meaning meaning = meaning_of(answer, object_of(body));
    CHECK(meaning.failure.kind == error_class::refused);
    CHECK(meaning.failure.code == error_code::carrier_refused);
    CHECK(meaning.code.empty());
  }
  http_answer waits = answered(429, "10011");
  waits.headers.push_back({"x-ratelimit-reset", "7"});
  const failure_meaning meaning = meaning_of(waits, object_of(waits.body));
  CHECK(meaning.failure.internal.find("7000 ms") != std::string::npos);
}

TEST_CASE("telnyx rows: a number, an order, an offer") {
  const auto number = read_number_row(object_of(
      R"({"id":"1293","phone_number":"+14157300001","status":"active","customer_reference":null,)"
      R"("connection_id":17,"deletion_lock_enabled":true,"purchased_at":"2026-01-01T00:00:00Z",)"
      R"("surprise":{"a":[1]}})"));
  REQUIRE(number);
  CHECK(number->connection == "17");
  CHECK(number->locked);
  CHECK(number->mark.empty());

  const auto order = read_order_row(object_of(
      R"({"id":"o","status":"pending","phone_numbers":[{"phone_number":"+14157300001"}]})"));
  REQUIRE(order);
  CHECK(order->has("+14157300001"));
  CHECK_FALSE(order->has("+14157300002"));

  const auto offer = read_offer_row(object_of(
      R"({"phone_number":"+14157300001","best_effort":true,"reservable":true,"features":)"
      R"([{"name":"sms"},"voice",7],"cost_information":{"upfront_cost":"1.0","monthly_cost":)"
      R"("2.00000","currency":"USD"},"region_information":[{"region_type":"state",)"
      R"("region_name":"CA"},{"region_type":"rate_center","region_name":"SF"}]})"));
  REQUIRE(offer);
  CHECK(offer->best_effort);
  CHECK(offer->offer.reservable);
  CHECK(offer->offer.features == number_features{.texts = true, .media = false, .calls = true});
  CHECK(offer->offer.price == carrier_price{2'000'000, 1'000'000, false});
  CHECK(offer->offer.region == "CA");
  CHECK(offer->offer.locality == "SF");
}

TEST_CASE("telnyx rows: a price that cannot be read is no price, never a wrong one") {
  for (const char* cost : {R"({"upfront_cost":1,"monthly_cost":"1","currency":"USD"})",
                           R"({"upfront_cost":"1","monthly_cost":"-1","currency":"USD"})",
                           R"({"upfront_cost":"1","monthly_cost":"1","currency":"EUR"})",
                           R"({"monthly_cost":"1","currency":"USD"})", "{}"}) {
    INFO(cost);
    const auto offer = read_offer_row(object_of(R"({"phone_number":"+14157300001",)"
                                                R"("cost_information":)" +
                                                std::string(cost) + "}"));
    REQUIRE(offer);
    CHECK_FALSE(offer->offer.price);
  }
}

TEST_CASE("telnyx rows: wrong types are errors") {
  for (const char* row : {"{}", R"({"id":"1"})", R"({"id":[],"phone_number":"+1"})",
                          R"({"id":"1","phone_number":1.5})",
                          R"({"id":"1","phone_number":"+1","status":7})",
                          R"({"id":"1","phone_number":"+1","deletion_lock_enabled":"yes"})",
                          R"({"id":"1","phone_number":"+1","purchased_at":"soon"})"}) {
    INFO(row);
    CHECK_FALSE(read_number_row(object_of(row)));
  }
  const json::object long_id{{"id", std::string(5'000, 'x')}, {"phone_number", "+1"}};
  CHECK_FALSE(read_number_row(long_id));
  CHECK_FALSE(read_order_row(object_of(R"({"id":"o","phone_numbers":[1]})")));
  CHECK_FALSE(read_order_row(object_of(R"({"id":"o","phone_numbers":{}})")));
  CHECK_FALSE(read_offer_row(object_of(R"({"phone_number":"+1","best_effort":1})")));
}

TEST_CASE("telnyx rows: what a number's status means") {
  CHECK(standing_of("active") == order_standing::owned);
  for (const char* word : {"purchase-pending", "provision-pending", "requirement-info-pending",
                           "requirement-info-under-review", "requirement-info-exception",
                           "something-new", ""}) {
    CHECK(standing_of(word) == order_standing::pending);
  }
  for (const char* word : {"purchase-failed", "port-failed"}) {
    CHECK(standing_of(word) == order_standing::failed);
  }
  for (const char* word : {"deleted", "ported-out"}) CHECK_FALSE(standing_of(word));
}

TEST_CASE("telnyx filings: our mark in an address, and the registry's words") {
  const filing_mark found = mark_in("https://us/t?" + mark_query("dp1_a_b", 3));
  CHECK(found.mark == "dp1_a_b");
  CHECK(found.submission == 3);
  for (const char* other : {"", "https://us/t", "https://us/t?mark=a", "https://us/t?submission=1x",
                            "https://us/t?mark=a&submission=0", "https://us/t?mark=%zz"}) {
    CHECK(mark_in(other).submission == 0);
  }
  CHECK(vertical_of("Real estate") == "REAL_ESTATE");
  CHECK(vertical_of("software") == "TECHNOLOGY");
  CHECK(vertical_of("Fortune telling") == "PROFESSIONAL");
  CHECK(use_case_word("customer_care") == "CUSTOMER_CARE");
  CHECK(use_case_word("two_factor_authentication") == "2FA");
}

TEST_CASE("telnyx filings: a sole proprietor's brand has no tax number") {
  brand_filing filing;
  filing.sole_proprietor = true;
  filing.ein = secret_string("123456789");
  filing.entity = {{"registered_name", "Ada"}, {"mobile_number", "+14155550111"}};
  const json::object body = brand_body(filing, "https://us/t");
  CHECK_FALSE(body.contains("ein"));
  CHECK(body.at("mobilePhone").as_string() == "+14155550111");
  CHECK(body.at("entityType").as_string() == "SOLE_PROPRIETOR");
  filing.sole_proprietor = false;
  CHECK(brand_body(filing, "").at("ein").as_string() == "123456789");
}

TEST_CASE("telnyx reasons: texts, lists and objects become words of bounded length") {
  const auto words = [](std::string_view text) {
    const json::value value = json::parse(text);
    return words_of(&value);
  };
  CHECK(words(R"("No.")") == "No.");
  CHECK(words(R"(["a","b"])") == "a; b");
  CHECK(words(R"([{"description":"a"},{"fields":["x"]},7,null])") == "a");
  CHECK(words(R"("EIN 12-3456789 is not Bluebird's")") == "EIN **-***6789 is not Bluebird's");
  CHECK(words(R"(["123456789"])") == "*****6789");
  CHECK(words(R"("+14155550123 and 1234567890")") == "+14155550123 and 1234567890");
  CHECK(words("7").empty());
  CHECK(words_of(nullptr).empty());
  std::string long_text = "\"";
  for (int each = 0; each < 2'000; ++each) long_text += "\xC3\xA4";
  CHECK(words(long_text + "\"").size() <= 1'000);
  CHECK(words(long_text + "\"").size() % 2 == 0);  // no half characters
}

}  // namespace
}  // namespace dialplane::telnyx
