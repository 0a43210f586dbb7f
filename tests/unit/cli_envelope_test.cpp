// The client's one document and its exit codes, compared with the server's own table of errors.
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <set>

#include "edge/cli/envelope.hpp"
#include "edge/rest/error_table.hpp"

using namespace dialplane;
namespace json = boost::json;

namespace {

cli::api_answer answer_of(const error_row& row, wire_dialect dialect) {
  error why = refused(row.code, "A sentence.");
  why.hint = "Try this.";
  why.field = "area_code";
  const rest_answer sent =
      render_error(why, {.dialect = dialect, .request_id = "req-1", .now = {}});
  cli::api_answer answer;
  answer.status = sent.status;
  answer.text = sent.body;
  answer.body = json::parse(sent.body);
  answer.request_id = "req-1";
  return answer;
}

}  // namespace

TEST_CASE("exit codes are those of the table, in both dialects") {
  for (const error_row& row : error_table()) {
    for (const wire_dialect dialect : {wire_dialect::naive, wire_dialect::cartesia}) {
      CAPTURE(name_of(row.code));
      CAPTURE((dialect == wire_dialect::naive ? "naive" : "cartesia"));
      const cli::command_error why = cli::error_of(answer_of(row, dialect), true);
      CHECK(why.exit_code == row.cli_exit);
      CHECK(why.message.find("A sentence.") != std::string::npos);
      CHECK(why.request_id == "req-1");
    }
  }
}

TEST_CASE("naive refusals keep code, reason, hint and details") {
  const cli::command_error why =
      cli::error_of(answer_of(row_of(error_code::ein_required), wire_dialect::naive), true);
  CHECK(why.code == "invalid_input");
  CHECK(why.reason == "ein_required");
  CHECK(why.hint == "Try this.");
  CHECK(why.more.at("details").at("field") == "area_code");
}

TEST_CASE("a server fault is not known to have changed nothing, but a reader changes nothing") {
  const cli::api_answer fault =
      answer_of(row_of(error_code::internal_error), wire_dialect::naive);
  CHECK(cli::error_of(fault, true).exit_code == 5);
  CHECK(cli::error_of(fault, false).exit_code == 1);
}

TEST_CASE("an answer of something else is told apart") {
  cli::api_answer other;
  other.status = 502;
  other.body = json::value("bad gateway");
  const cli::command_error why = cli::error_of(other, false);
  CHECK(why.code == "bad_answer");
  CHECK(why.message.find("502") != std::string::npos);
  CHECK(why.exit_code == 1);
}

TEST_CASE("our own failures: usage 2, network 4, not known 5") {
  CHECK(cli::error_of(refused(error_code::invalid_input, "Wrong.")).exit_code == 2);
  CHECK(cli::error_of(cli::api_failure{"not_reachable", "No server.", {}}).exit_code == 4);
  CHECK(cli::error_of(cli::api_failure{"outcome_unknown", "Hm.", {}, 5}).exit_code == 5);
}

TEST_CASE("documents have the documented members, and the result is the server's text") {
  const cli::advice say{{"A hint."}, {{"naive phone", "look"}}};
  const std::string good =
      cli::success_document("phone.list", R"({"phones":[],"n":1.50})", say);
  CHECK(good.find(R"("result":{"phones":[],"n":1.50})") != std::string::npos);
  const json::value parsed = json::parse(good);
  CHECK(parsed.at("success") == true);
  CHECK(parsed.at("action") == "phone.list");
  CHECK(parsed.at("hints") == json::array{"A hint."});
  CHECK(parsed.at("next_steps") ==
        json::array{json::object{{"command", "naive phone"}, {"description", "look"}}});
  CHECK(json::parse(cli::success_document("x", "", {})).at("result").is_null());

  cli::command_error why;
  why.code = "conflict";
  why.message = "No \"way\"\n.";
  why.request_id = "req-1";
  why.more["code"] = "not this one";
  why.more["required"] = 5;
  const std::string bad = cli::failure_document("phone.list", why, {});
  CHECK(bad.find('\n') == bad.size() - 1);
  const json::object failure = json::parse(bad).at("error").as_object();
  CHECK(failure.at("code") == "conflict");
  CHECK(failure.at("hint").is_null());
  CHECK(failure.at("request_id") == "req-1");
  CHECK(failure.at("required") == 5);
  CHECK_FALSE(failure.contains("reason"));
}
