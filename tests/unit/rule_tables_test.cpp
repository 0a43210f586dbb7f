#include "domain/rule_tables.hpp"

#include <doctest/doctest.h>

using namespace dialplane;

TEST_CASE("rule tables: the version names exactly these texts") {
  auto files = built_in_rule_files();
  const auto same = read_rule_tables(files);
  REQUIRE(same.has_value());
  CHECK((*same)->version == built_in_rule_tables()->version);
  CHECK((*same)->version.size() == 12);
  for (rule_file& each : files) each.text += "# a comment\n";
  const auto other = read_rule_tables(files);
  REQUIRE(other.has_value());
  CHECK((*other)->version != built_in_rule_tables()->version);
}

TEST_CASE("rule tables: a wrong or missing file is named") {
  for (std::size_t at = 0; at < built_in_rule_files().size(); ++at) {
    auto files = built_in_rule_files();
    files[at].text = "nonsense\n";
    const auto wrong = read_rule_tables(files);
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().message.find(files[at].name) != std::string::npos);
  }
}
