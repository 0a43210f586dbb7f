#include "edge/cli/event_follower.hpp"

#include <doctest/doctest.h>

#include "base/json_gate.hpp"
#include "support/moments.hpp"
#include "support/show_results.hpp"

namespace dialplane::cli {
namespace {

using test::new_year;

TEST_CASE("--since is an event, a time, or how long ago") {
  const std::string id = "0198c2a4-7c1e-7000-8000-000000000001";
  auto wish = read_since(id, new_year);
  REQUIRE(wish.has_value());
  CHECK(wish->after == id);
  CHECK(!wish->since);
  wish = read_since("2025-12-31T23:00:00+00:00", new_year);
  REQUIRE(wish.has_value());
  CHECK(!wish->after);
  CHECK(wish->since == to_rfc3339(timestamp{new_year.unix_ms - 3'600'000}));
  for (const auto& [text, ago_ms] : {std::pair<const char*, std::int64_t>{"90s", 90'000},
                                     {"10m", 600'000},
                                     {"2h", 7'200'000},
                                     {"1d", 86'400'000},
                                     {"0s", 0}}) {
    CAPTURE(text);
    wish = read_since(text, new_year);
    REQUIRE(wish.has_value());
    CHECK(wish->since == to_rfc3339(timestamp{new_year.unix_ms - ago_ms}));
  }
  for (const char* const wrong : {"", "x", "10", "10x", "-1m", "1 d", "100001d", "m",
                                  "99999999999999999999d"}) {
    CAPTURE(wrong);
    CHECK(!read_since(wrong, new_year));
  }
}

TEST_CASE("an event's data and time are read, or empty") {
  const auto read = [](const char* text) {
    return followed_event{"1", "t", text, *parse_json_object(text)};
  };
  CHECK(read(R"({"data":{"a":1},"ts":5})").data().at("a") == 1);
  CHECK(read(R"({"data":{"a":1},"ts":5})").unix_ms() == 5);
  CHECK(read(R"({"data":[],"ts":"x"})").data().empty());
  CHECK(read(R"({"data":[],"ts":"x"})").unix_ms() == 0);
}

}  // namespace
}  // namespace dialplane::cli
