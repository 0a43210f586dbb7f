// The router: literals before parameters, HEAD as GET, 405 with the methods a path takes; and the
// real table.
#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

#include "edge/rest/router.hpp"

using namespace dialplane;

namespace {

void answer_nothing(rest_context) {}

constexpr auto naive = wire_dialect::naive;
constexpr auto small_table = std::to_array<endpoint>({
    {"GET", "/", naive, access::anyone, answer_nothing},
    {"GET", "/phone", naive, access::any_key, answer_nothing},
    {"POST", "/phone", naive, access::any_key, answer_nothing},
    {"GET", "/phone/status", naive, access::any_key, answer_nothing},
    {"GET", "/phone/{id}", naive, access::any_key, answer_nothing},
    {"DELETE", "/phone/{id}", naive, access::any_key, answer_nothing},
    {"POST", "/phone/{id}/assign", naive, access::any_key, answer_nothing},
    {"DELETE", "/phone/{id}/assign/{agent_id}", naive, access::any_key, answer_nothing},
});

std::string pattern_of(const route_match& match) {
  return match.found != nullptr ? std::string(match.found->pattern) : "none";
}

}  // namespace

TEST_CASE("a literal segment wins over a parameter") {
  const router routes(small_table);
  CHECK(pattern_of(routes.match("GET", "/phone/status")) == "/phone/status");
  CHECK(pattern_of(routes.match("GET", "/phone/statu")) == "/phone/{id}");
  CHECK(pattern_of(routes.match("GET", "/")) == "/");
}

TEST_CASE("a path that is literal for one method is that path for every other") {
  const router routes(small_table);
  const route_match match = routes.match("DELETE", "/phone/status");
  CHECK(match.found == nullptr);  // never a number called "status"
  CHECK(match.allow == "GET, HEAD");
}

TEST_CASE("parameters carry their names and values, and never an empty value") {
  const router routes(small_table);
  const std::string path = "/phone/a b/assign/agent_1";
  const route_match match = routes.match("DELETE", path);
  REQUIRE(match.parameters.size() == 2);
  CHECK(match.parameters[0].first == "id");
  CHECK(match.parameters[0].second == "a b");
  CHECK(match.parameters[1].first == "agent_id");
  CHECK(match.parameters[1].second == "agent_1");
  CHECK(routes.match("DELETE", "/phone//assign/agent_1").found == nullptr);
  CHECK(routes.match("GET", "/phone/").found == nullptr);
  CHECK(routes.match("GET", "/phone/x/").found == nullptr);
}

TEST_CASE("HEAD finds GET; another method gets the list of those that exist") {
  const router routes(small_table);
  CHECK(pattern_of(routes.match("HEAD", "/phone")) == "/phone");
  const route_match wrong = routes.match("PATCH", "/phone");
  CHECK(wrong.found == nullptr);
  CHECK(wrong.allow == "GET, HEAD, POST");
  CHECK(routes.match("HEAD", "/phone/x/assign").allow == "POST");
  CHECK(routes.match("GET", "/nowhere").allow.empty());
  CHECK(routes.match("OPTIONS", "*").allow.empty());
  CHECK(routes.match("GET", "").found == nullptr);
}

TEST_CASE("every row of the table is found under its own pattern") {
  const router routes(all_endpoints());
  std::set<std::string> seen;
  for (const endpoint& row : all_endpoints()) {
    std::string path(row.pattern);
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
      path.replace(open, path.find('}') - open + 1, "0198c2a4");
    }
    CAPTURE(path);
    CHECK(routes.match(row.method, path).found == &row);
    CHECK(seen.insert(std::string(row.method) + " " + path).second);
  }
}

TEST_CASE("the dialect of an unknown path is that of its first segments") {
  for (const auto* path : {"/", "/agents", "/agents/x/y", "/v1/agents", "/v1/agents/x",
                           "/access-token"}) {
    CAPTURE(path);
    CHECK(dialect_of_path(path) == wire_dialect::cartesia);
  }
  for (const auto* path : {"/v1/phone", "/agentsx", "/v1/agentsx", "/v1", "", "*", "/health"}) {
    CAPTURE(path);
    CHECK(dialect_of_path(path) == wire_dialect::naive);
  }
}
