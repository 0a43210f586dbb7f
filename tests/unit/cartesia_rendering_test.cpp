// Objects of the cartesia dialect: exact members, and the same bytes for the same outcome.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "app/agent_config.hpp"
#include "domain/ownership_mark.hpp"
#include "domain/provision_outcome.hpp"
#include "domain/provision_plan.hpp"
#include "edge/rest/cartesia_rendering.hpp"
#include "support/json_object_of.hpp"

using namespace dialplane;
using test::object_of;
namespace json = boost::json;

namespace {

const agent_id answering{{1, 9}};

number_view sample_number() {
  number_view view;
  view.row.id = number_id{{1, 2, 3}};
  view.row.status = number_status::active;
  view.row.e164 = "+14155550100";
  view.row.label = "Line \"1\"\n\x01";
  view.row.inbound_agent = answering;
  view.inbound_agent_name = "Customer support";
  view.row.created_at = timestamp{1'772'323'200'000};
  view.row.updated_at = timestamp{1'772'323'200'001};
  return view;
}

std::vector<std::string> names_of(const json::object& members) {
  std::vector<std::string> names;
  for (const auto& member : members) names.emplace_back(member.key());
  return names;
}

error_style style() { return {.dialect = wire_dialect::cartesia, .request_id = "mine"}; }

}  // namespace

TEST_CASE("a number has exactly the documented members") {
  const json::object shown = object_of(cartesia_number_text(sample_number()));
  CHECK(names_of(shown) == std::vector<std::string>{"id", "label", "number", "agent", "created_at",
                                                    "updated_at", "provider"});
  CHECK(shown.at("id").as_string().starts_with("pn_"));
  CHECK(shown.at("label") == "Line \"1\"\n\x01");
  CHECK(shown.at("number") == "+14155550100");
  CHECK(shown.at("agent") ==
        json::object{{"id", answering.prefixed()}, {"name", "Customer support"}});
  CHECK(shown.at("created_at") == "2026-03-01T00:00:00.000Z");
  CHECK(shown.at("provider") == json::object{{"type", "cartesia"}});
}

TEST_CASE("a number without agent and label says null") {
  number_view bare = sample_number();
  bare.row.inbound_agent.reset();
  bare.row.label.reset();
  const json::object shown = object_of(cartesia_number_text(bare));
  CHECK(shown.at("agent").is_null());
  CHECK(shown.at("label").is_null());
}

TEST_CASE("a pending number says so and names its operation") {
  number_view view = sample_number();
  const operation_id work{{7, 7}};
  view.row.status = number_status::pending;
  view.row.e164.clear();
  view.row.mark = to_text({"abc123", organization_id{{5}}, work});
  const json::object read = object_of(cartesia_number_text(view));
  CHECK(read.at("number").is_null());
  CHECK(read.at("status") == "pending");
  CHECK(read.at("operation_id") == json::string(work.uuid()));
  const rest_answer answer = cartesia_pending_answer(view, work);
  CHECK(answer.status == 202);
  const json::object body = object_of(answer.body);
  CHECK(body.at("operation_id") == json::string(work.uuid()));
  CHECK_FALSE(body.contains("provider"));
  REQUIRE(answer.headers.size() == 1);
  CHECK(answer.headers[0].name == "Location");
  CHECK(answer.headers[0].value == "/agents/phone-numbers/" + view.row.id.prefixed());
}

TEST_CASE("a page has data and has_more, and no next_page") {
  page<number_view> numbers;
  CHECK(cartesia_number_page_text(numbers) == R"({"data":[],"has_more":false})");
  numbers.rows = {sample_number(), sample_number()};
  numbers.has_more = true;
  const json::object shown = object_of(cartesia_number_page_text(numbers));
  CHECK(names_of(shown) == std::vector<std::string>{"data", "has_more"});
  CHECK(shown.at("data").as_array().size() == 2);
  CHECK(shown.at("has_more") == true);
}

TEST_CASE("a settled provision is 201 with the base object, the same bytes each time") {
  agent connected;
  connected.id = answering;
  connected.name = "Customer support";
  operation ended;
  ended.state = operation_state::succeeded;
  ended.request_id = "first";
  number bought = sample_number().row;
  bought.type = number_type::local;
  ended.outcome =
      to_json(outcome_of_provision(bought, connected, std::nullopt, std::nullopt, {}, {}));
  const rest_answer answer = cartesia_provision_answer(ended, style());
  CHECK(answer.status == 201);
  const json::object shown = object_of(answer.body);
  CHECK(names_of(shown) == std::vector<std::string>{"id", "label", "number", "agent", "created_at",
                                                    "updated_at"});
  CHECK(shown.at("id") == json::string(bought.id.prefixed()));
  CHECK(shown.at("label") == json::string(*bought.label));
  CHECK(shown.at("agent") ==
        json::object{{"id", answering.prefixed()}, {"name", "Customer support"}});
  CHECK(cartesia_provision_answer(ended, style()).body == answer.body);
}

TEST_CASE("a failed provision answers its error with the first request's id") {
  operation ended;
  ended.state = operation_state::failed;
  ended.request_id = "first";
  ended.outcome = failure_outcome_json(refused(error_code::number_unavailable, "No stock."));
  const rest_answer answer = cartesia_provision_answer(ended, style());
  CHECK(answer.status == 503);
  CHECK(object_of(answer.body).at("error_code") == "number_unavailable");
  CHECK(object_of(answer.body).at("request_id") == "first");
  ended.outcome = "nonsense";
  CHECK(cartesia_provision_answer(ended, style()).status == 500);
}

TEST_CASE("an agent in both generations") {
  agent row;
  row.id = answering;
  row.name = "A";
  row.config = *complete_agent_config({});
  const std::vector<number_view> numbers = {sample_number()};
  const json::object summary = object_of(cartesia_agent_text(row, &numbers));
  for (const auto* name : {"id", "name", "created_at", "updated_at", "tts_voice", "tts_language",
                           "deployment_count", "has_text_to_agent_run", "phone_numbers"}) {
    CAPTURE(name);
    CHECK(summary.contains(name));
  }
  CHECK(summary.at("phone_numbers").as_array().size() == 1);
  CHECK_FALSE(object_of(cartesia_agent_text(row, nullptr)).contains("phone_numbers"));
  const json::object managed = object_of(cartesia_managed_agent_text(row));
  CHECK(names_of(managed) == std::vector<std::string>{"id", "name", "description", "created_at",
                                                      "updated_at", "config", "version"});
  const std::string first_version = cartesia_version_id(row);
  CHECK(first_version.starts_with("av_"));
  CHECK(first_version.size() == 25);
  ++row.version;
  CHECK(cartesia_version_id(row) != first_version);
}

TEST_CASE("a page of managed agents names the next one") {
  agent row;
  row.id = answering;
  page<agent> agents{{row}, true};
  const json::object more = object_of(cartesia_managed_agent_page_text(agents));
  CHECK(more.at("next_page") == json::string(answering.prefixed()));
  CHECK(more.at("data").as_array()[0].as_object().contains("version_id"));
  CHECK_FALSE(more.at("data").as_array()[0].as_object().contains("config"));
  agents.has_more = false;
  CHECK(object_of(cartesia_managed_agent_page_text(agents)).at("next_page").is_null());
}
