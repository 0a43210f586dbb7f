// Answers kept for a repeat of their request come back byte for byte.
#include <doctest/doctest.h>

#include "edge/rest/stored_answer.hpp"

using namespace dialplane;

TEST_CASE("a stored answer comes back as it was") {
  const rest_answer answer{.status = 201,
                           .body = "{\"a\":\"\\u00e4 \\\" \n\"}",
                           .content_type = "application/json",
                           .headers = {{"Location", "/x"}, {"X-Two", ""}}};
  const auto back = parse_stored_answer(stored_answer_text(answer));
  REQUIRE(back.has_value());
  CHECK(back->status == 201);
  CHECK(back->body == answer.body);
  CHECK(back->content_type == answer.content_type);
  REQUIRE(back->headers.size() == 2);
  CHECK(back->headers[0].name == "Location");
  CHECK(back->headers[0].value == "/x");
}

TEST_CASE("anything else is a fault of ours, not an answer") {
  for (const auto* bad : {"", "[]", "{}", R"({"status":"200"})", R"({"status":99})",
                          R"({"status":600})"}) {
    CAPTURE(bad);
    CHECK(parse_stored_answer(bad).has_error());
  }
}
