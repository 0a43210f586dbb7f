#include "domain/stored_error.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

using namespace dialplane;

TEST_CASE("a stored error gives the same public parts and drops the internal text") {
  error failure = bad_field("area_code", "must be a US area code", error_code::area_code_invalid);
  failure.hint = "try 415";
  failure.details = {{"required_micro", 50'000'000}};
  failure.internal = "row 17 of the carrier's answer";
  const boost::json::object stored = error_to_json(failure);
  CHECK(boost::json::serialize(stored).find("row 17") == std::string::npos);
  const error back = error_from_json(stored);
  CHECK(back.kind == error_class::refused);
  CHECK(back.code == error_code::area_code_invalid);
  CHECK(back.field == "area_code");
  CHECK(back.message == failure.message);
  CHECK(back.hint == failure.hint);
  CHECK(back.details == failure.details);
}

TEST_CASE("every code and class finds back from its name") {
  for (int value = 0; value <= static_cast<int>(error_code::internal_error); ++value) {
    const auto code = static_cast<error_code>(value);
    CHECK(parse_error_code(name_of(code)) == code);
  }
  CHECK_FALSE(parse_error_code("no_such_code").has_value());
  CHECK(error_from_json({}).code == error_code::internal_error);
}
