// Errors on the wire: the table is complete, and every shape is what its dialect promises.
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <set>

#include "edge/rest/error_table.hpp"
#include "edge/rest/router.hpp"

using namespace dialplane;
namespace json = boost::json;

namespace {

const error_style cartesia_style{.dialect = wire_dialect::cartesia, .request_id = "id-1"};
const error_style naive_style{.dialect = wire_dialect::naive, .request_id = "id-1"};

std::string header_of(const rest_answer& answer, std::string_view name) {
  std::string value;
  for (const http_header& header : answer.headers) {
    if (header.name == name) {
      CHECK(value.empty());
      value = header.value;
    }
  }
  return value;
}

json::object answer_body(const rest_answer& answer) { return json::parse(answer.body).as_object(); }

json::object naive_error_of(const rest_answer& answer) {
  return answer_body(answer).at("error").as_object();
}

}  // namespace

TEST_CASE("every code has exactly one row") {
  std::set<std::string_view> seen;
  for (const error_row& row : error_table()) CHECK(seen.insert(name_of(row.code)).second);
  CHECK(seen.size() == static_cast<std::size_t>(error_code::internal_error) + 1);
  for (int value = 0; value <= static_cast<int>(error_code::internal_error); ++value) {
    const auto code = static_cast<error_code>(value);
    CHECK(row_of(code).code == code);
  }
}

TEST_CASE("no shape of any code shows internal text") {
  for (const error_row& row : error_table()) {
    error why = refused(row.code, "Public words.");
    why.internal = "SECRET";
    for (error_style style : {cartesia_style, naive_style}) {
      for (const auto& [version, name] : enum_names<cartesia_version>::names) {
        style.version = version;
        const rest_answer answer = render_error(why, style);
        CHECK(answer.body.find("SECRET") == std::string::npos);
        CHECK(answer.body.find("Public words.") != std::string::npos);
        CHECK(answer.status == (style.dialect == wire_dialect::cartesia ? row.cartesia_status
                                                                        : row.naive_status));
      }
    }
  }
}

TEST_CASE("cartesia: JSON from 2026-03-01 on, text before, invalid_version always JSON") {
  const error quota = refused(error_code::phone_number_limit, "All 10 slots are taken.");
  error_style style = cartesia_style;
  const rest_answer answer = render_error(quota, style);
  CHECK(answer.status == 402);
  CHECK(answer.content_type == "application/json");
  CHECK(answer_body(answer) == json::object{{"error_code", "quota_exceeded"},
                                            {"title", "Phone number limit reached"},
                                            {"message", "All 10 slots are taken."},
                                            {"request_id", "id-1"}});
  style.version = cartesia_version::v2025_04_16;
  const rest_answer text = render_error(quota, style);
  CHECK(text.content_type == "text/plain; charset=utf-8");
  CHECK(text.body == "Phone number limit reached: All 10 slots are taken.");
  const error version = bad_field("Cartesia-Version", "Cartesia-Version must be known.",
                                  error_code::invalid_version);
  CHECK(answer_body(render_error(version, style)).at("error_code") == "invalid_version");
}

TEST_CASE("the field is named, once") {
  const error twice = bad_field("label", "label must be a string.");
  CHECK(answer_body(render_error(twice, cartesia_style)).at("message") ==
        "label must be a string.");
  const error once = bad_field("label", "Too long.");
  CHECK(answer_body(render_error(once, cartesia_style)).at("message") == "label: Too long.");
  CHECK(naive_error_of(render_error(once, naive_style)).at("details").as_object().at("field") ==
        "label");
}

TEST_CASE("naive: code, message, reason, hint, details, and members of their own") {
  error poor = refused(error_code::insufficient_credits, "Too little.");
  poor.hint = "Top up.";
  poor.details = {{"required", 50}, {"balance", 1}, {"packs", json::array{}}, {"other", 1}};
  const rest_answer answer = render_error(poor, naive_style);
  CHECK(answer.status == 402);
  const json::object shown = naive_error_of(answer);
  CHECK(shown.at("code") == "insufficient_credits");
  CHECK(shown.at("required") == 50);
  CHECK(shown.at("balance") == 1);
  CHECK(shown.at("packs") == json::array{});
  CHECK(shown.at("details") == json::object{{"other", 1}});
  CHECK(shown.at("hint") == "Top up.");
  CHECK_FALSE(shown.contains("reason"));
  const json::object blocked =
      naive_error_of(render_error(refused(error_code::phone_number_limit, "Full."), naive_style));
  CHECK(blocked.at("code") == "billing_blocked");
  CHECK(blocked.at("reason") == "phone_number_limit");
  CHECK(blocked.at("block_reason") == "phone_number_limit");
}

TEST_CASE("cartesia shows the approval and nothing else of the details") {
  error gated = refused(error_code::approval_required, "A human must approve.");
  gated.details = {{"approval_id", "a-1"}, {"other", 1}};
  const json::object shown = answer_body(render_error(gated, cartesia_style));
  CHECK(shown.at("approval_id") == "a-1");
  CHECK_FALSE(shown.contains("other"));
}

TEST_CASE("definite failures stop official clients from retrying; passing ones do not") {
  for (const error_row& row : error_table()) {
    CAPTURE(name_of(row.code));
    for (const error_style& style : {cartesia_style, naive_style}) {
      const rest_answer answer = render_error(refused(row.code, "x"), style);
      const std::string advice = header_of(answer, "x-should-retry");
      if (answer.status >= 400 && answer.status < 500 && answer.status != 429) {
        CHECK(advice == "false");
      }
      if (row.retry == retry_advice::same_key) CHECK(advice.empty());
      if (row.code == error_code::rate_limited || row.code == error_code::overloaded) {
        CHECK(advice.empty());
      }
      CHECK(header_of(answer, "Retry-After").empty() ==
            !(answer.status == 429 || answer.status == 503));
      CHECK(header_of(answer, "WWW-Authenticate").empty() == (answer.status != 401));
    }
  }
  const error none = refused(error_code::number_unavailable, "No stock.");
  CHECK(header_of(render_error(none, cartesia_style), "x-should-retry") == "false");
}

TEST_CASE("Retry-After tells when, in whole seconds upwards") {
  error slow = refused(error_code::rate_limited, "Slow down.");
  slow.details["retry_after_ms"] = 1'001;
  const rest_answer answer = render_error(slow, naive_style);
  CHECK(header_of(answer, "Retry-After") == "2");
  CHECK(header_of(answer, "retry-after-ms") == "1001");
  CHECK_FALSE(naive_error_of(answer).contains("details"));
  error_style late = naive_style;
  late.now = timestamp{86'400'000LL * 3 - 10'000};
  const error cap = refused(error_code::purchase_cap_reached, "Enough today.");
  CHECK(header_of(render_error(cap, late), "Retry-After") == "10");
}

TEST_CASE("405 lists what the path takes") {
  error wrong = refused(error_code::method_not_allowed, "Not that method.");
  wrong.details["allow"] = "GET, HEAD";
  CHECK(header_of(render_error(wrong, naive_style), "Allow") == "GET, HEAD");
  CHECK_FALSE(naive_error_of(render_error(wrong, naive_style)).contains("details"));
}

TEST_CASE("the tables can be printed") {
  const json::value errors = json::parse(dump_errors_json());
  CHECK(errors.as_array().size() == error_table().size());
  CHECK(errors.as_array()[0].as_object().at("code") == "invalid_input");
  CHECK(json::parse(dump_routes_json()).as_array().size() == all_endpoints().size());
}
