#include "edge/cli/plan_file.hpp"

#include <doctest/doctest.h>

#include "edge/cli/plan_difference.hpp"

namespace dialplane::cli {

namespace {

std::string complaint(const std::string& yaml) {
  const auto wish = parse_plan(yaml);
  return wish ? "read" : wish.error().message;
}

}  // namespace

TEST_CASE("plan file: every member is read") {
  const auto wish = parse_plan(R"(
kits:
  - { name: Careful, requires_approval: true, max_numbers: 2, monthly_credits: 9 }
agents:
  - name: Front
    was: Desk
    description: d
    instructions: "one\ntwo"
    voice: { type: sip, uri: "sip:a@example.com" }
webhooks:
  - { url: "https://example.com/", events: [sms.received] }
numbers:
  - { label: Sales, was: Old, area_code: 0212, type: toll_free, agent: Front, ein: 12-3456789 }
  - { label: Two, area_code: 415, area_code_policy: exact }
)");
  // 0212 keeps its zero and is four digits: refused, not turned into 212.
  REQUIRE_FALSE(wish.has_value());
  CHECK(wish.error().field == "numbers[0].area_code");
  const auto good = parse_plan(R"(
kits: [{ name: Careful, requires_approval: false, max_numbers: 2 }]
agents: [{ name: Front, voice: { type: sip, uri: "sip:a@example.com" } }]
numbers: [{ label: Two, area_code: 415, area_code_policy: exact, agent: Front }]
)");
  REQUIRE(good.has_value());
  CHECK(good->kits[0].requires_approval == false);
  CHECK(good->kits[0].max_numbers == 2);
  CHECK(good->agents[0].voice->type == "sip");
  CHECK(good->agents[0].voice->address == "sip:a@example.com");
  CHECK(good->numbers[0].area_code == "415");
  CHECK(good->numbers[0].area_code_policy == "exact");
  CHECK(good->webhooks.empty());
  CHECK(parse_plan("numbers:\n")->numbers.empty());
}

TEST_CASE("plan file: what is wrong is named with its place") {
  CHECK(complaint("numbers:\n  - labl: x\n").find("numbers[0].labl") != std::string::npos);
  CHECK(complaint("numbers:\n  - label: x\n  - label: x\n").find("twice") != std::string::npos);
  CHECK(complaint("kits: [{name: a, max_numbers: many}]").find("whole number") !=
        std::string::npos);
  CHECK(complaint("kits: [{name: a, requires_approval: maybe}]").find("kits[0]") !=
        std::string::npos);
  CHECK(complaint("kits: {name: a}").find("must be a list") != std::string::npos);
  CHECK(complaint("numbers: [x]").find("numbers[0]") != std::string::npos);
  CHECK(complaint("numbers:\n- label: a\n  label: b\n").find("twice") != std::string::npos);
  CHECK(complaint("- a").find("must have members") != std::string::npos);
  CHECK(complaint("").find("must have members") != std::string::npos);
  CHECK(complaint("a: [").find("Line ") == 0);
  CHECK(complaint(std::string("numbers: [{label: \"a\x01\"}]")).find("read") == std::string::npos);
  // Deep, wide, and endless by aliases: refused, not followed.
  std::string deep = "a: ";
  for (int at = 0; at < 50; ++at) deep += "[";
  for (int at = 0; at < 50; ++at) deep += "]";
  CHECK(complaint(deep).find("too much") != std::string::npos);
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name < 'i'; ++name) {
    const std::string before = "*" + std::string(1, static_cast<char>(name - 1));
    laughs += std::string(1, name) + ": &" + name + " [" + before;
    for (int at = 0; at < 9; ++at) laughs += "," + before;
    laughs += "]\n";
  }
  CHECK(complaint(laughs).find("too much") != std::string::npos);
}

TEST_CASE("plan: nothing that is there and not in the file gets a request") {
  plan_present present;
  present.numbers = {boost::json::object{{"id", "n1"}, {"e164", "+14155550100"},
                                         {"label", "Kept"}, {"status", "active"}},
                     boost::json::object{{"id", "n2"}, {"e164", "+14155550101"},
                                         {"label", nullptr}, {"status", "active"}}};
  present.kits = {boost::json::object{{"id", "k1"}, {"name", "Old"}}};
  ids_by_name known;
  const auto steps = difference(plan_wish{}, present, known, "dialplane");
  REQUIRE(steps.size() == 2);
  for (const plan_step& step : steps) {
    CHECK(step.act == plan_act::leave);
    CHECK_FALSE(step.request);
    CHECK(step.sentence.find("dialplane phone release n") != std::string::npos);
  }
}

TEST_CASE("plan: two numbers of one label are one wish, fulfilled") {
  plan_present present;
  for (const char* id : {"n1", "n2"}) {
    present.numbers.push_back(boost::json::object{
        {"id", id}, {"e164", "+14155550100"}, {"label", "Sales"}, {"area_code", "415"},
        {"agents", boost::json::array()}, {"status", "active"}});
  }
  plan_wish wish;
  wish.numbers.push_back({.label = "Sales", .was = {}, .area_code = "415", .area_code_policy = {},
                          .agent = {}, .ein = {}});
  ids_by_name known;
  CHECK(difference(wish, present, known, "dialplane").empty());
}

}  // namespace dialplane::cli
