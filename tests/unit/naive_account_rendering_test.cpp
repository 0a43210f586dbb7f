#include "edge/rest/naive_account_rendering.hpp"

#include <doctest/doctest.h>
#include <boost/json.hpp>

#include <string>

#include "domain/provision_plan.hpp"
#include "edge/rest/json_decimals.hpp"

using namespace dialplane;

namespace {

namespace json = boost::json;

ledger_entry entry_of(ledger_kind kind, ledger_account from, ledger_account to) {
  ledger_entry entry;
  entry.kind = kind;
  entry.from = from;
  entry.to = to;
  entry.amount = {40'000};
  entry.available_after = micro_credits::credits(950);
  return entry;
}

double shown_credits(const ledger_entry& entry) {
  return render_usage_entry(entry).at("credits").to_number<double>();
}

}  // namespace

TEST_CASE("naive account rendering: what comes in is above zero, what goes out below") {
  using account = ledger_account;
  CHECK(shown_credits(entry_of(ledger_kind::topup, account::granted, account::available)) == 0.04);
  CHECK(shown_credits(entry_of(ledger_kind::hold, account::available, account::held)) == -0.04);
  CHECK(shown_credits(entry_of(ledger_kind::refund, account::held, account::available)) == 0.04);
  CHECK(shown_credits(entry_of(ledger_kind::charge, account::held, account::spent)) == -0.04);
  CHECK(shown_credits(entry_of(ledger_kind::rental, account::available, account::spent)) == -0.04);
}

TEST_CASE("naive account rendering: a reference is shown where it is an id") {
  ledger_entry entry =
      entry_of(ledger_kind::topup, ledger_account::granted, ledger_account::available);
  entry.reference = "small";
  CHECK(render_usage_entry(entry).at("ref_id").is_null());
  entry.reference = operation_id{}.uuid();
  CHECK(render_usage_entry(entry).at("ref_id").as_string() == entry.reference);
}

TEST_CASE("naive account rendering: a legal entity with nothing in it has all members") {
  legal_entity row;
  const json::object empty = render_legal_entity(row);
  CHECK(empty.size() == 22);
  CHECK(empty.at("ein").is_null());
  CHECK(empty.at("messaging").is_null());
  CHECK(empty.at("regions_of_operation").as_array().empty());
  row.sealed_ein = "sealed bytes";
  row.ein_last_four = "6789";
  const std::string text = json_decimals(render_legal_entity(row));
  CHECK(text.find(R"("ein":"**-***6789")") != std::string::npos);
  CHECK(text.find("sealed bytes") == std::string::npos);
}

TEST_CASE("naive account rendering: verification follows the operator's attestation") {
  verification_view view;
  CHECK(json_decimals(render_verification(view)) ==
        R"({"members":[],"ready_for_formation":false})");
  view.entity.emplace().record =
      json::parse(R"({"contact":{"first_name":"Ada","last_name":"Quay"}})").as_object();
  json::object shown = render_verification(view);
  const auto word = [&] {
    return std::string(shown.at("members").as_array().at(0).as_object().at("status").as_string());
  };
  CHECK(word() == "pending");
  CHECK_FALSE(shown.at("ready_for_formation").as_bool());
  view.entity->status = formation_status::formation_completed;
  shown = render_verification(view);
  CHECK(word() == "pass");
  CHECK(shown.at("ready_for_formation").as_bool());
  CHECK(shown.at("members").as_array().at(0).as_object().at("name").as_string() == "Ada Quay");
}

TEST_CASE("naive account rendering: an operation shows its error once failed") {
  operation row;
  row.outcome = failure_outcome_json(refused(error_code::carrier_refused, "The carrier said no."));
  CHECK(render_operation(row).at("error").is_null());
  row.state = operation_state::failed;
  const json::object failed = render_operation(row).at("error").as_object();
  CHECK(failed.at("code").as_string() == "carrier_refused");
  CHECK(failed.at("message").as_string() == "The carrier said no.");
}

TEST_CASE("naive account rendering: an audit entry") {
  audit_entry entry;
  entry.sequence = 7;
  entry.actor_type = "operator";
  entry.action = "user.created";
  entry.object = "x";
  entry.detail = R"({"a":1})";
  entry.price = micro_credits{1'500'000};
  const std::string text = json_decimals(render_audit_entry(entry));
  CHECK(text.find(R"("sequence":7)") != std::string::npos);
  CHECK(text.find(R"("price":1.5,"detail":{"a":1})") != std::string::npos);
  CHECK(text.find(R"("key_id":null)") != std::string::npos);
  CHECK(text.find(R"("hash":")" + std::string(64, '0')) != std::string::npos);
}

TEST_CASE("naive account rendering: decimals are written as people write them") {
  CHECK(json_decimals(json::value(949.96)) == "949.96");
  CHECK(json_decimals(json::parse(R"({"a":[0.04,{"b":-1.5}],"c":"x\"y","d":{},"e":[]})")) ==
        R"({"a":[0.04,{"b":-1.5}],"c":"x\"y","d":{},"e":[]})");
  CHECK(json_decimals(json::value(1e300)).find('E') != std::string::npos);
}
