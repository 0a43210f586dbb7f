// What Surge's answers mean: the table of its errors, ids, marks, and the bodies of its objects.
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include "carriers/surge/api_errors.hpp"
#include "carriers/surge/attachments.hpp"
#include "carriers/surge/brands.hpp"
#include "carriers/surge/campaigns.hpp"
#include "carriers/surge/number_keeping.hpp"
#include "carriers/surge/number_search.hpp"
#include "carriers/surge/organization.hpp"
#include "carriers/surge/owned_number.hpp"
#include "carriers/surge/wire_reading.hpp"
#include "support/json_object_of.hpp"
#include "support/show_results.hpp"

namespace dialplane::surge {
namespace {

using boost::json::object;
using test::object_of;
using enum error_class;

api_failure failed(int status, std::string type, call_effect effect = call_effect::writes) {
  http_answer answer;
  answer.status = status;
  if (!type.empty()) answer.body = R"({"error":{"type":")" + type + R"(","message":"No."}})";
  return failure_of(answer, effect);
}

struct expected {
  int status;
  const char* type;
  error_class kind;
  error_code code;
};

}  // namespace

TEST_CASE("surge errors: the table of types") {
  for (const expected& each : {
           expected{400, "bad_request", refused, error_code::carrier_refused},
           {401, "missing_api_key", refused, error_code::carrier_credentials_rejected},
           {401, "invalid_api_key", refused, error_code::carrier_credentials_rejected},
           {401, "", refused, error_code::carrier_credentials_rejected},
           {402, "", refused, error_code::carrier_out_of_funds},
           {403, "demo_api_key", refused, error_code::carrier_credentials_rejected},
           {403, "platform_locked", refused, error_code::carrier_out_of_funds},
           {403, "demo_message_limit", refused, error_code::carrier_out_of_funds},
           {404, "not_found", refused, error_code::resource_not_found},
           {404, "account_not_found", refused, error_code::resource_not_found},
           {409, "", conflict, error_code::conflict},
           {410, "account_archived", refused, error_code::carrier_refused},
           {422, "validation_error", refused, error_code::carrier_refused},
           {422, "account_not_ready", refused, error_code::carrier_refused},
           {422, "accounts_limit_exceeded", refused, error_code::carrier_refused},
           {422, "opted_out", refused, error_code::recipient_opted_out},
           {422, "campaign_locked", conflict, error_code::conflict},
           {422, "no_matching_numbers", conflict, error_code::number_unavailable},
           {422, "phone_number_limit", refused, error_code::carrier_refused},
           {422, "a_new_word", refused, error_code::carrier_refused},
           {429, "", not_done, error_code::carrier_unavailable},
           {429, "opted_out", not_done, error_code::carrier_unavailable},
           {408, "", unknown, error_code::carrier_outcome_unknown},
           {422, "", unknown, error_code::carrier_outcome_unknown},
           {404, "", unknown, error_code::carrier_outcome_unknown},
           {302, "", unknown, error_code::carrier_outcome_unknown},
           {500, "", unknown, error_code::carrier_outcome_unknown},
           {503, "no_matching_numbers", unknown, error_code::carrier_outcome_unknown},
       }) {
    CAPTURE(each.status);
    CAPTURE(each.type);
    const api_failure failure = failed(each.status, each.type);
    CHECK(failure.what.kind == each.kind);
    CHECK(failure.what.code == each.code);
    CHECK_FALSE(failure.what.message.empty());
  }
}

TEST_CASE("surge errors: only Surge's own words say that something is not there") {
  CHECK(failed(404, "not_found").says_absent());
  CHECK(failed(404, "account_not_found").says_absent());
  CHECK(failed(410, "").says_absent());
  CHECK(failed(422, "account_archived").says_absent());
  CHECK_FALSE(failed(404, "").says_absent());
  CHECK_FALSE(failed(401, "invalid_api_key").says_absent());
  CHECK_FALSE(failed(500, "not_found", call_effect::reads).says_absent());
}

TEST_CASE("surge errors: a call that only reads has certainly done nothing") {
  CHECK(failed(500, "", call_effect::reads).what.kind == not_done);
  const error lost = outcome_unknown(error_code::carrier_outcome_unknown, "Lost.", "cut");
  CHECK(failure_of(lost, call_effect::reads).what.kind == not_done);
  CHECK(failure_of(lost, call_effect::writes).what.kind == unknown);
  CHECK(strange_answer("x", call_effect::reads).kind == not_done);
  CHECK(strange_answer("x", call_effect::writes).kind == unknown);
}

TEST_CASE("surge errors: details name fields; hostile error bodies are only that") {
  http_answer answer;
  answer.status = 422;
  answer.body = R"({"error":{"type":"validation_error","message":"No.","detail":
      {"organization":{"address":{"region":["is missing","is bad"]}},"name":["is blank"],
       "odd":7}}})";
  const api_failure told = failure_of(answer, call_effect::writes);
  CHECK(told.fields == std::vector<std::string>{"organization.address.region", "name", "odd"});
  CHECK(told.complaints == std::vector<std::string>{"is missing", "is blank", ""});
  for (const char* body : {"", "<html>", "[]", R"({"error":"no"})", R"({"error":{"type":5}})",
                           R"({"error":{"detail":[]}})", "\xff"}) {
    answer.body = body;
    const api_failure failure = failure_of(answer, call_effect::writes);
    CHECK(failure.type.empty());
    CHECK(failure.what.kind == unknown);
  }
  answer.body = R"({"error":{"type":")" + std::string(500, 'x') + R"("}})";
  CHECK(failure_of(answer, call_effect::writes).type.empty());
}

TEST_CASE("surge ids: the time of a TypeID") {
  // UUIDv7 0188bac7-4afa-78aa-bc3b-bd1eef28d881, of the TypeID specification.
  const auto at = time_of_id("prefix_01h2xcejqtf2nbrexx3vqjhp41");
  REQUIRE(at);
  CHECK(at->unix_ms == 0x0188bac74afaLL);
  CHECK(time_of_id("pn_00000000000000000000000000")->unix_ms == 0);
  for (const char* text : {"", "pn_", "pn_1", "01h2xcejqtf2nbrexx3vqjhp41",
                           "pn_81h2xcejqtf2nbrexx3vqjhp41", "pn_01h2xcejqtf2nbrexx3vqjhp4u",
                           "pn_01H2XCEJQTF2NBREXX3VQJHP41"}) {
    CAPTURE(text);
    CHECK_FALSE(time_of_id(text));
  }
}

TEST_CASE("surge numbers: the mark is the first word of the name") {
  CHECK(mark_in_name("dp1_inst00_a_b") == "dp1_inst00_a_b");
  CHECK(mark_in_name("dp1_inst00_a_b Front desk") == "dp1_inst00_a_b");
  CHECK(mark_in_name("(415) 555-0100") == "(415) 555-0100");
  CHECK(mark_in_name("") == "");
  CHECK(mark_in_name(std::string(65, 'a')) == std::string(65, 'a'));
}

TEST_CASE("surge numbers: rows with members of the wrong type are errors") {
  const auto good = object_of(R"({"id":"pn_1","number":"+14155550100","type":"local","name":null,
      "campaign":{"id":"cpn_1","attachment_status":"attached"},"new":1})");
  const auto number = read_number(good, "acct_1");
  REQUIRE(number);
  CHECK(number->campaign == "cpn_1");
  CHECK(number->attachment == "attached");
  CHECK(number->account == "acct_1");
  const char* changes[][2] = {{"id", "5"},           {"id", "\"a/b\""},      {"id", "null"},
                              {"number", "null"},    {"number", "[]"},       {"name", "7"},
                              {"campaign", "\"c\""}, {"campaign", "{}"},
                              {"number", "\"+14155550100+14155550100\""},
                              {"number", "\"14155550100\""},
                              {"number", "\"+1415555x100\""}};
  for (const auto& [member, value] : changes) {
    object bad = good;
    bad[member] = boost::json::parse(value);
    CAPTURE(member);
    CHECK_FALSE(read_number(bad, "acct_1"));
  }
}

TEST_CASE("surge attachments: by the number's own word") {
  owned_number number;
  number.campaign = "cpn_1";
  const auto status = [&](const char* word) {
    number.attachment = word;
    return attachment_of(number, "cpn_1").status;
  };
  CHECK(status("attached") == attachment_status::attached);
  CHECK(status("attachment_pending") == attachment_status::pending);
  CHECK(status("detached") == attachment_status::failed);
  CHECK(status("detachment_pending") == attachment_status::failed);
  CHECK(status("a_new_word") == attachment_status::pending);
  CHECK(attachment_of(number, "cpn_2").status == attachment_status::failed);
}

TEST_CASE("surge campaigns: words and states") {
  const auto state = [](const char* word) {
    return status_of_word(word, campaign_status::suspended);
  };
  CHECK(state("created") == campaign_status::created);
  CHECK(state("in_review") == campaign_status::in_review);
  CHECK(state("pending") == campaign_status::in_review);
  CHECK(state("active") == campaign_status::active);
  for (const char* word : {"rejected", "changes_needed", "deactivated", "canceled"}) {
    CHECK(state(word) == campaign_status::rejected);
  }
  CHECK(state("a_new_word") == campaign_status::suspended);
}

TEST_CASE("surge campaigns: what is filed") {
  campaign_filing filing;
  filing.use_case = "marketing";
  filing.entity = object_of(R"({"messaging":{"description":"d","use_cases":["customer_care",
      "marketing"],"message_samples":["a","b"],"volume":"low","link_sample":null,"other":1}})");
  const object body = campaign_body(filing);
  CHECK(body.at("use_cases") == boost::json::array({"marketing", "customer_care"}));
  CHECK(body.at("description") == "d");
  CHECK_FALSE(body.contains("link_sample"));
  CHECK_FALSE(body.contains("other"));
  filing.entity = object_of(R"({"messaging":{"description":"d","tcr_id":"CABC123"}})");
  CHECK(campaign_body(filing) == object_of(R"({"tcr_id":"CABC123"})"));
  filing.entity = object_of(R"({"messaging":{"consent_flow":"They text first."}})");
  CHECK(toll_free_body(filing, "pn_1").at("consent_flows") ==
        boost::json::parse(R"([{"type":"verbal","script":"They text first."}])"));
}

TEST_CASE("surge companies: our record in its words, and its complaints in ours") {
  const auto entity = object_of(R"({"entity_type":"llc","registered_name":"Bluebird Supply LLC",
      "display_name":"Bluebird","country":"US","industry":"Real Estate","time_zone":"UTC",
      "stock_exchange":"NASDAQ","contact":{"first_name":"Ada","title":"Chief Executive Officer"},
      "address":{"line1":"1 Main St"},"regions_of_operation":["USA and Canada"],"x":1})");
  const object changes = account_changes("org1", entity, secret_string("123456789"), false);
  CHECK(changes.at("name") == "org1 Bluebird");
  CHECK(changes.at("brand_name") == "Bluebird");
  const object& made = changes.at("organization").as_object();
  CHECK(made.at("identifier") == "123456789");
  CHECK(made.at("identifier_type") == "ein");
  CHECK(made.at("industry") == "real_estate");
  CHECK(made.at("stock_exchange") == "nasdaq");
  CHECK(made.at("contact").as_object().at("title") == "ceo");
  CHECK(made.at("regions_of_operation") == boost::json::array({"usa_and_canada"}));
  CHECK_FALSE(made.contains("x"));
  const object alone = account_changes("org1", entity, secret_string("123456789"), true);
  CHECK(alone.at("organization").as_object().at("type") == "sole_proprietor");
  CHECK_FALSE(alone.at("organization").as_object().contains("identifier"));
  CHECK(known_title("Head of bicycles").empty());
  CHECK(entity_path("organization.address.region") == "address.region");
  CHECK(entity_path("organization.identifier") == "ein");
  CHECK(entity_path("organization.type") == "entity_type");
  CHECK(entity_path("organization.contact.title_other") == "contact.title");
  CHECK(entity_path("brand_name") == "display_name");
}

TEST_CASE("surge companies: readiness") {
  const auto read = [](const char* texting, bool alone = false) {
    return read_readiness(
        object_of((std::string(R"({"capabilities":{"local_messaging":)") + texting + "}}").c_str()),
        "acct_1", alone);
  };
  CHECK(read(R"({"status":"ready","fields_needed":[],"errors":[]})")->status ==
        brand_status::verified);
  const auto lacks =
      read(R"({"status":"incomplete","fields_needed":["organization.address.region"]})");
  REQUIRE(lacks);
  CHECK(lacks->status == brand_status::failed);
  CHECK(lacks->fields == std::vector<std::string>{"address.region"});
  const auto wrong = read(R"({"status":"error","errors":[{"field":"organization.registered_name",
      "message":"No match.","type":"invalid"}]})");
  REQUIRE(wrong);
  CHECK(wrong->failure_reason == "No match.");
  CHECK(wrong->fields == std::vector<std::string>{"registered_name"});
  CHECK(read(R"({"status":"incomplete"})", true)->awaits_code);
  CHECK_FALSE(read(R"({"status":"incomplete"})")->awaits_code);
  CHECK(read(R"({"status":"a_new_word"})")->status == brand_status::pending);
  for (const char* bad : {"5", "{}", R"({"status":5})", R"({"status":"error","errors":{}})",
                          R"({"status":"error","errors":[5]})",
                          R"({"status":"incomplete","fields_needed":[5]})"}) {
    CAPTURE(bad);
    CHECK_FALSE(read(bad));
  }
}

TEST_CASE("surge lists: a position goes into a cursor and back") {
  const list_position position{"acct_01h2xcejqtf2nbrexx3vqjhp41", "a.b/c=\n", 49};
  const auto back = parse_list_position(to_text(position));
  REQUIRE(back);
  CHECK(back->account == position.account);
  CHECK(back->page_cursor == position.page_cursor);
  CHECK(back->given == 49);
  for (const char* text : {"", "x", "-1", "a.b", "a.1.!", "a.-1.", ".1.", "a.99999999999999999999.",
                           "a.10001.", "a/b.1."}) {
    CAPTURE(text);
    const auto bad = parse_list_position(text);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().field == "cursor");
  }
}

TEST_CASE("surge offers: of an area code") {
  CHECK(is_area_offer("+1"));
  CHECK(is_area_offer("+1415"));
  for (const char* text : {"", "+", "415", "+1911", "+14155550100", "+44", "+1000"}) {
    CHECK_FALSE(is_area_offer(text));
  }
}

}  // namespace dialplane::surge
