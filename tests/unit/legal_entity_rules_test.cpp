#include "domain/legal_entity_rules.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <boost/json.hpp>

#include <string>

#include "support/json_object_of.hpp"

using namespace dialplane;
using test::object_of;

namespace {

boost::json::object complete_record() {
  return object_of(R"({
    "entity_type": "llc", "registered_name": "Quay Goods LLC", "country": "US",
    "address": {"line1": "1 Pier", "locality": "Oakland", "region": "CA", "postal_code": "94607"},
    "contact": {"first_name": "Ada", "last_name": "Quay", "email": "ada@quay.example",
                "phone_number": "+15105550100", "title": "ceo"},
    "website": "https://quay.example", "industry": "retail",
    "regions_of_operation": ["usa_and_canada"],
    "messaging": {"description": "Order updates", "consent_flow": "Ticked at checkout",
      "message_samples": ["Your order left", "Reply STOP"], "use_cases": ["customer_care"],
      "volume": "low", "privacy_policy_url": "https://quay.example/privacy",
      "terms_and_conditions_url": "https://quay.example/terms"}})");
}

std::string wrong_field(std::string_view text) {
  const auto read = read_legal_entity_changes(object_of(text));
  return read ? "" : read.error().field;
}

bool lists(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

TEST_CASE("legal entity rules: a complete record lacks nothing and reads back unchanged") {
  const auto record = complete_record();
  CHECK(missing_entity_fields(record).empty());
  const auto read = read_legal_entity_changes(record);
  REQUIRE(read.has_value());
  CHECK_FALSE(read->ein.present);
  boost::json::object stored;
  apply_changes(stored, read->record);
  CHECK(boost::json::value(stored) == boost::json::value(record));
}

TEST_CASE("legal entity rules: each needed member is missed by its path") {
  for (const char* path : {"entity_type",
                           "registered_name",
                           "country",
                           "address.line1",
                           "address.locality",
                           "address.region",
                           "address.postal_code",
                           "contact.first_name",
                           "contact.last_name",
                           "contact.email",
                           "contact.phone_number",
                           "contact.title",
                           "website",
                           "industry",
                           "regions_of_operation",
                           "messaging.description",
                           "messaging.consent_flow",
                           "messaging.message_samples",
                           "messaging.use_cases",
                           "messaging.volume",
                           "messaging.privacy_policy_url",
                           "messaging.terms_and_conditions_url"}) {
    CAPTURE(path);
    auto record = complete_record();
    const std::string_view text(path);
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) {
      record.erase(text);
    } else {
      record.at(text.substr(0, dot)).as_object().erase(text.substr(dot + 1));
    }
    CHECK(missing_entity_fields(record) == std::vector<std::string>{path});
  }
  CHECK(missing_entity_fields({}).size() == 22);
}

TEST_CASE("legal entity rules: one sample is not enough, null counts as missing") {
  auto record = complete_record();
  record.at("messaging").as_object()["message_samples"] = boost::json::array{"one"};
  CHECK(missing_entity_fields(record) == std::vector<std::string>{"messaging.message_samples"});
  record = complete_record();
  record["website"] = nullptr;
  record["address"] = nullptr;
  const auto missing = missing_entity_fields(record);
  CHECK(lists(missing, "website"));
  CHECK(lists(missing, "address.line1"));
  CHECK_FALSE(lists(missing, "ein"));
}

TEST_CASE("legal entity rules: what depends on the type of company") {
  auto record = complete_record();
  record["entity_type"] = "public_corporation";
  CHECK(missing_entity_fields(record) ==
        std::vector<std::string>{"email", "stock_symbol", "stock_exchange"});
  record["entity_type"] = "sole_proprietor";
  CHECK(missing_entity_fields(record) == std::vector<std::string>{"mobile_number"});
}

TEST_CASE("legal entity rules: wrong members are named, nested ones with their path") {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"registerd_name":"x"})", "registerd_name"},
      {R"({"entity_type":"club"})", "entity_type"},
      {R"({"registered_name":5})", "registered_name"},
      {R"({"registered_name":"  "})", "registered_name"},
      {R"({"country":"usa"})", "country"},
      {R"({"country":"us"})", "country"},
      {R"({"address":"Pier 1"})", "address"},
      {R"({"address":{"street":"x"}})", "address.street"},
      {R"({"contact":{"first_name":[]}})", "contact.first_name"},
      {R"({"contact":{"email":"nobody"}})", "contact.email"},
      {R"({"contact":{"phone_number":"555-0100"}})", "contact.phone_number"},
      {R"({"mobile_number":"+1"})", "mobile_number"},
      {R"({"website":"http://quay.example"})", "website"},
      {R"({"website":"https://localhost"})", "website"},
      {R"({"messaging":{"message_samples":["a","b","c","d","e","f"]}})",
       "messaging.message_samples"},
      {R"({"messaging":{"use_cases":"customer_care"}})", "messaging.use_cases"},
      {R"({"messaging":{"volume":"huge"}})", "messaging.volume"},
      {R"({"messaging":{"privacy_policy_url":"ftp://x.example"}})", "messaging.privacy_policy_url"},
      {R"({"ein":"1"})", "ein"},
      {R"({"ein":5})", "ein"},
      {R"({"status":"formation_completed"})", "status"},
  };
  for (const auto& [text, field] : cases) {
    CAPTURE(text);
    CHECK(wrong_field(text) == field);
  }
}

TEST_CASE("legal entity rules: an EIN never shows in the record or in an error") {
  const auto read = read_legal_entity_changes(object_of(R"({"ein":"12-3456789"})"));
  REQUIRE(read.has_value());
  CHECK(read->record.empty());
  REQUIRE(read->ein.value.has_value());
  CHECK(read->ein.value->masked() == "**-***6789");
  const auto emptied = read_legal_entity_changes(object_of(R"({"ein":null})"));
  REQUIRE(emptied.has_value());
  CHECK(emptied->ein.present);
  CHECK_FALSE(emptied->ein.value.has_value());
  const auto bad = read_legal_entity_changes(object_of(R"({"ein":"00-9876543"})"));
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().code == error_code::ein_invalid);
  CHECK(bad.error().message.find("9876543") == std::string::npos);
}

TEST_CASE("legal entity rules: given members replace whole ones, null empties, the rest stays") {
  auto record = complete_record();
  apply_changes(record, object_of(R"({"address":{"line1":"2 Pier"},"website":null})"));
  CHECK(record.at("address").as_object().size() == 1);
  CHECK(record.at("website").is_null());
  CHECK(record.at("industry").as_string() == "retail");
}

TEST_CASE("legal entity rules: the error lists what is missing") {
  const error failure = entity_is_incomplete({"website", "contact.email"});
  CHECK(failure.code == error_code::entity_incomplete);
  CHECK(boost::json::serialize(failure.details) == R"({"missing":["website","contact.email"]})");
}

TEST_CASE("legal entity rules: shapes of addresses") {
  for (const char* good : {"a@b.co", "first.last+tag@mail.example.com"}) {
    CAPTURE(good);
    CHECK(is_email_shape(good));
  }
  for (const char* bad : {"", "@b.co", "a@", "a@b", "a@@b.co", "a b@c.co", "a@b.co\n", "a@.co",
                          "a@b..co", "a@b.co."}) {
    CAPTURE(bad);
    CHECK_FALSE(is_email_shape(bad));
  }
  for (const char* good :
       {"https://x.example", "https://x.example/a?b#c", "https://x.example:8443/"}) {
    CAPTURE(good);
    CHECK(is_https_url_shape(good));
  }
  for (const char* bad : {"", "https://", "http://x.example", "https:///x", "https://x",
                          "https://x.example/a b", "HTTPS://x.example"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_https_url_shape(bad));
  }
}
