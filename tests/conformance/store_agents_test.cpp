#include "conformance/store_fixture.hpp"

namespace dialplane::test {

STORE_TEST_CASE("agents keep every field and belong to their organization") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  agent row = make_agent(at, mine, "Customer support");
  row.description = "answers";
  row.webhook = "wh_1";
  row.config["deep"] = boost::json::object{{"list", boost::json::array{1.5, true}}};
  at.must_write([&](session& work) { return work.agents().insert(row); });
  row.version = 2;
  row.webhook.reset();
  row.updated_at = timestamp{77};
  at.must_write([&](session& work) { return work.agents().update(row); });
  const auto find = [&](const tenant& of) {
    return at.must_read([&](session& work) { return work.agents().find(of.company.id, row.id); });
  };
  REQUIRE(find(mine).has_value());
  CHECK(shown(*find(mine)) == shown(row));
  CHECK_FALSE(find(other).has_value());

  at.must_write([&](session& work) { return work.agents().remove(other.company.id, row.id); });
  CHECK(find(mine).has_value());
  at.must_write([&](session& work) { return work.agents().remove(mine.company.id, row.id); });
  CHECK_FALSE(find(mine).has_value());
  const auto gone = at.write([&](session& work) { return work.agents().update(row); });
  REQUIRE_FALSE(gone.has_value());
  CHECK(gone.error().kind == error_class::conflict);
}

STORE_TEST_CASE("agents are searched by a part of the name, literally") {
  const tenant mine = make_tenant(at);
  std::vector<agent> rows;
  for (const char* name : {"Sales 100%", "sales_team", "SALES", "Support \\ 24"}) {
    rows.push_back(make_agent(at, mine, name));
    at.must_write([&](session& work) { return work.agents().insert(rows.back()); });
  }
  const auto search = [&](const std::string& part) {
    const auto found = at.must_read([&](session& work) {
      return work.agents().page_of(mine.company.id, part, {.limit = 10});
    });
    std::vector<std::string> names;
    for (const agent& each : found.rows) names.push_back(each.name);
    return names;
  };
  using names = std::vector<std::string>;
  CHECK(search("") == names{"Support \\ 24", "SALES", "sales_team", "Sales 100%"});
  CHECK(search("sales") == names{"SALES", "sales_team", "Sales 100%"});
  CHECK(search("%") == names{"Sales 100%"});
  CHECK(search("_") == names{"sales_team"});
  CHECK(search("\\") == names{"Support \\ 24"});
  CHECK(search("nobody").empty());
}

}  // namespace dialplane::test
