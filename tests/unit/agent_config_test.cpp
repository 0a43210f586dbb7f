// The configuration of managed agents: defaults, limits, and how a change is merged.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "app/agent_config.hpp"
#include "support/json_object_of.hpp"

using namespace dialplane;
using test::object_of;
namespace json = boost::json;

namespace {

std::string refused_field(std::string_view text) {
  const auto config = complete_agent_config(object_of(text));
  REQUIRE(config.has_error());
  CHECK(config.error().code == error_code::invalid_input);
  return config.error().field;
}

}  // namespace

TEST_CASE("an empty configuration is completed; the three system tools are there and off") {
  const auto config = complete_agent_config({});
  REQUIRE(config.has_value());
  CHECK(config->at("system_tools") ==
        object_of(R"({"end_call":null,"send_dtmf":null,"transfer_to_number":null})"));
  CHECK(config->at("tools").as_array().empty());
  CHECK(config->at("initial_message").is_null());
  CHECK(config->at("language") == object_of(R"({"primary":"en"})"));
  CHECK(complete_agent_config(*config).has_value());
  CHECK(*complete_agent_config(*config) == *config);
}

TEST_CASE("what is given is kept as given") {
  const json::object given = object_of(
      R"({"model":{"id":"m","temperature":null},"audio":{"output":{"background_sound":null}}})");
  const auto config = complete_agent_config(given);
  REQUIRE(config.has_value());
  CHECK(config->at("model") == given.at("model"));
  CHECK(config->at("audio") == given.at("audio"));
}

TEST_CASE("what does not belong or is out of bounds is refused, naming the member") {
  CHECK(refused_field(R"({"instruction":"x"})") == "config.instruction");
  CHECK(refused_field(R"({"instructions":1})") == "config.instructions");
  CHECK(refused_field(R"({"model":{"temperature":3}})") == "config.model.temperature");
  CHECK(refused_field(R"({"audio":{"output":{"speed":1.6}}})") == "config.audio.output.speed");
  CHECK(refused_field(R"({"audio":{"input":{"noise_suppression":"on"}}})") ==
        "config.audio.input.noise_suppression");
  CHECK(refused_field(R"({"tools":{}})") == "config.tools");
  CHECK(refused_field(R"({"tools":[{"id":1}]})") == "config.tools.0.id");
  CHECK(refused_field(R"({"system_tools":{"end_call":true}})") == "config.system_tools.end_call");
  CHECK(refused_field(R"({"system_tools":{"transfer_to_number":{}}})") ==
        "config.system_tools.transfer_to_number.transfers");
  json::array many;
  for (int i = 0; i < 33; ++i) many.push_back(json::object{{"id", "t"}});
  CHECK(refused_field(json::serialize(json::object{{"tools", many}})) == "config.tools");
}

TEST_CASE("a transfer goes to a number or a SIP address") {
  const auto transfer = [](std::string_view destination) {
    json::object config = object_of(
        R"({"system_tools":{"transfer_to_number":{"transfers":[{"condition":"asked"}]}}})");
    config.at("system_tools").at("transfer_to_number").at("transfers").at(0).as_object()
        ["destination"] = json::parse(destination);
    return complete_agent_config(config);
  };
  CHECK(transfer(R"({"type":"phone","phone_number":"+14155550100"})").has_value());
  CHECK(transfer(R"({"type":"sip_uri","sip_uri":"sip:a@b.example"})").has_value());
  CHECK(transfer(R"({"type":"phone","phone_number":"4155550100"})").has_error());
  CHECK(transfer(R"({"type":"phone","phone_number":"+0155550100"})").has_error());
  CHECK(transfer(R"({"type":"sip_uri","sip_uri":"http://b"})").has_error());
  CHECK(transfer(R"({"type":"fax","phone_number":"+14155550100"})").has_error());
}

TEST_CASE("a change replaces given members whole and leaves the others") {
  const json::object before = *complete_agent_config(
      object_of(R"({"instructions":"a","audio":{"output":{"voice_id":"v","speed":1.2}}})"));
  const auto after = merge_agent_config(before, object_of(R"({"audio":{"output":{"speed":0.8}}})"));
  REQUIRE(after.has_value());
  CHECK(after->at("instructions") == "a");
  CHECK(after->at("audio") == object_of(R"({"output":{"speed":0.8}})"));
  CHECK(*merge_agent_config(before, {}) == before);
}

TEST_CASE("a system tool left out stays, null turns it off, an object turns it on") {
  const json::object with_end =
      *complete_agent_config(object_of(R"({"system_tools":{"end_call":{}}})"));
  CHECK(with_end.at("system_tools").at("end_call").is_object());
  const json::object both =
      *merge_agent_config(with_end, object_of(R"({"system_tools":{"send_dtmf":{}}})"));
  CHECK(both.at("system_tools").at("end_call").is_object());
  CHECK(both.at("system_tools").at("send_dtmf").is_object());
  const json::object off =
      *merge_agent_config(both, object_of(R"({"system_tools":{"end_call":null}})"));
  CHECK(off.at("system_tools").at("end_call").is_null());
  CHECK(off.at("system_tools").at("send_dtmf").is_object());
}
