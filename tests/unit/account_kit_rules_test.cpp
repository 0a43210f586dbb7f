#include "domain/account_kit_rules.hpp"

#include <doctest/doctest.h>
#include <boost/json.hpp>

#include <string>

#include "support/json_object_of.hpp"

using namespace dialplane;
using test::object_of;

namespace {

// The field that is wrong; empty if nothing is.
std::string wrong_in_primitives(std::string_view text) {
  const auto checked = check_primitives_config(object_of(text));
  return checked ? "" : checked.error().field;
}

}  // namespace

TEST_CASE("account kit rules: what primitives_config may say") {
  for (const char* good : {
           R"({})",
           R"({"phone":{}})",
           R"({"phone":{"enabled":false}})",
           R"({"phone":{"enabled":true,"requiresApproval":true,"defaults":{}}})",
           R"({"phone":{"defaults":{"area_code":"415","max_numbers":0}}})",
           R"({"phone":{"defaults":{"monthly_credit_limit":0.5}}})",
           R"({"phone":{"defaults":{"monthly_credit_limit":100}}})",
           R"({"email":{"enabled":true},"cards":{"requiresApproval":false}})",
       }) {
    CAPTURE(good);
    CHECK(wrong_in_primitives(good) == "");
  }
}

TEST_CASE("account kit rules: what is wrong is named with its path") {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"phone":true})", "primitives_config.phone"},
      {R"({"phone":{"enabled":"yes"}})", "primitives_config.phone.enabled"},
      {R"({"phone":{"requiresApproval":1}})", "primitives_config.phone.requiresApproval"},
      {R"({"phone":{"requires_approval":true}})", "primitives_config.phone.requires_approval"},
      {R"({"phone":{"defaults":[]}})", "primitives_config.phone.defaults"},
      {R"({"phone":{"defaults":{"area_code":"4"}}})", "primitives_config.phone.defaults.area_code"},
      {R"({"phone":{"defaults":{"area_code":"800"}}})",
       "primitives_config.phone.defaults.area_code"},
      {R"({"phone":{"defaults":{"area_code":"416"}}})",
       "primitives_config.phone.defaults.area_code"},
      {R"({"phone":{"defaults":{"max_numbers":-1}}})",
       "primitives_config.phone.defaults.max_numbers"},
      {R"({"phone":{"defaults":{"max_numbers":1.5}}})",
       "primitives_config.phone.defaults.max_numbers"},
      {R"({"phone":{"defaults":{"monthly_credit_limit":-1}}})",
       "primitives_config.phone.defaults.monthly_credit_limit"},
      {R"({"phone":{"defaults":{"monthly_credit_limit":"5"}}})",
       "primitives_config.phone.defaults.monthly_credit_limit"},
      {R"({"email":{"enable":true}})", "primitives_config.email.enable"},
  };
  for (const auto& [text, field] : cases) {
    CAPTURE(text);
    CHECK(wrong_in_primitives(text) == field);
  }
}

TEST_CASE("account kit rules: an area code that is not ours has a code of its own") {
  const auto checked =
      check_primitives_config(object_of(R"({"phone":{"defaults":{"area_code":"416"}}})"));
  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().code == error_code::area_code_invalid);
}

TEST_CASE("account kit rules: number of primitives is bounded") {
  boost::json::object many;
  for (std::size_t i = 0; i < primitives_max; ++i) {
    many["p" + std::to_string(i)] = boost::json::object{};
  }
  CHECK(check_primitives_config(many).has_value());
  many["one_more"] = boost::json::object{};
  CHECK_FALSE(check_primitives_config(many).has_value());
}

TEST_CASE("account kit rules: connections_config is kept as it is, within bounds") {
  CHECK(check_connections_config(object_of(R"({})")).has_value());
  const auto kept = check_connections_config(object_of(R"({"mode":"allowlist","kits":["mail"]})"));
  CHECK(kept.has_value());
  CHECK_FALSE(check_connections_config(object_of(R"({"mode":"all"})")).has_value());
  CHECK_FALSE(check_connections_config(object_of(R"({"mode":1})")).has_value());
  boost::json::object large;
  large["x"] = std::string(connections_config_bytes_max, 'x');
  CHECK_FALSE(check_connections_config(large).has_value());
}
