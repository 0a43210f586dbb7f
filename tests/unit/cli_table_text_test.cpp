// Answers as text for people: what is aligned, what gives way, and that nothing from outside gets
// through to the terminal as a control sequence.
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <random>

#include "base/utf8.hpp"
#include "edge/cli/table_text.hpp"

namespace dialplane::cli {

namespace json = boost::json;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

bool is_harmless(std::string_view text) {
  return is_valid_utf8(text) && !has_control_characters(text, false);
}

constexpr view_column columns[] = {{"ID", "id"}, {"LABEL", "label"}, {"SENDS", "can.send"}};
constexpr view_column known_times[] = {{"AT", "at"}, {"LABEL", "label"}};

std::string short_time(std::string_view) { return "today"; }

constexpr std::string_view long_id = "0198c2a4-7c1e-7000-8000-000000000001";

json::value rows_with(std::string label) {
  return json::object{
      {"rows", json::array{json::object{{"id", long_id}, {"label", label}}}}};
}

}  // namespace

TEST_CASE("control characters, wrong UTF-8 and unseen direction marks are spelt out") {
  CHECK(harmless("plain text, é, 日本, 👋") == "plain text, é, 日本, 👋");
  CHECK(harmless("\x1b[2J") == "\\x1b[2J");
  CHECK(harmless("a\nb\tc\rd") == "a\\x0ab\\x09c\\x0dd");
  CHECK(harmless(std::string("nul\0in", 6)) == "nul\\x00in");
  CHECK(harmless("\x7f") == "\\x7f");
  CHECK(harmless("\xC2\x9B" "31m") == "\\x9b31m");  // C1: one-byte CSI
  CHECK(harmless("bad \xFF\xC2") == "bad \\xff\\xc2");
  CHECK(harmless("safe\u202Etxt.exe") == "safe\\u{202e}txt.exe");
  CHECK(harmless("a\u200Bb\u2066c\uFEFF") == "a\\u{200b}b\\u{2066}c\\u{feff}");
  CHECK(harmless("a\u00ADb\u061C") == "a\\u{ad}b\\u{61c}");
  CHECK(harmless("\U000E0041") == "\\u{e0041}");
}

TEST_CASE("a long text is cut between characters") {
  const std::string cut = harmless("日本日本日本日本", 10);
  CHECK(is_valid_utf8(cut));
  CHECK(cut == "日本日本");
}

TEST_CASE("any bytes become harmless text") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    REQUIRE(is_harmless(harmless(bytes)));
  }
}

TEST_CASE("tables are aligned, with - for what is not there") {
  const json::value answer = json::parse(
      R"({"rows":[{"id":"a","label":"Front desk","can":{"send":true}},
                  {"id":"bbb","label":null}]})");
  const auto lines = lines_of(text_of_answer(answer, {"rows", columns}, {}));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "ID   LABEL       SENDS");
  CHECK(lines[1] == "a    Front desk  yes");
  CHECK(lines[2] == "bbb  -           -");
  CHECK(text_of_answer(json::parse(R"({"rows":[]})"), {"rows", columns}, {}) == "none\n");
  CHECK(text_of_answer(nullptr, {}, {}) == "done\n");
}

TEST_CASE("words give way in a narrow terminal, ids do not") {
  const text_style narrow{.width = 60};
  const auto lines = lines_of(
      text_of_answer(rows_with("A label of rather many words, more than fit"), {"rows", columns},
                     narrow));
  for (const std::string& line : lines) CHECK(count_code_points(line) <= 60);
  CHECK(lines[1].starts_with(std::string(long_id) + "  A label"));
  CHECK(lines[1].find("…") != std::string::npos);
  // Too narrow even for that: ids stay whole all the same.
  const auto tiny = text_of_answer(rows_with("Some words of a label here"), {"rows", columns},
                                   text_style{.width = 20});
  CHECK(tiny.find(long_id) != std::string::npos);
}

TEST_CASE("colours only where they are allowed, and never from outside") {
  const json::value answer = json::parse(R"({"rows":[{"id":"active","label":"\u001b[31mred"}]})");
  const std::string without = text_of_answer(answer, {"rows", columns}, {});
  CHECK(without.find('\x1b') == std::string::npos);
  CHECK(without.find("\\x1b[31mred") != std::string::npos);
  const std::string with = text_of_answer(answer, {"rows", columns}, {.colours = true});
  CHECK(with.find("\x1b[32mactive\x1b[0m") != std::string::npos);
  CHECK(with.find("\x1b[31m") == std::string::npos);
}

TEST_CASE("times are shown as told, other texts are left") {
  const json::value answer = json::parse(
      R"({"rows":[{"at":"2026-03-01T10:00:00.000Z","label":"2026-03-01"}]})");
  const text_style style{.time_text = short_time};
  const auto lines = lines_of(text_of_answer(answer, {"rows", known_times}, style));
  CHECK(lines[1] == "today  2026-03-01");
  CHECK(lines_of(text_of_answer(answer, {"rows", known_times}, {}))[1].starts_with("2026-03-01T"));
}

TEST_CASE("one answer: a line per member, sections further in") {
  const json::value answer = json::parse(R"({
    "id": "p1", "label": "Support", "released_at": null,
    "capabilities": {"voice": false, "sms_inbound": true, "sms_outbound": false, "mms": false},
    "agents": [{"agent_id": "a1", "permissions": ["send_sms", "receive_sms"], "note": null},
               {"agent_id": "a2", "permissions": []}],
    "price": {"monthly_micro_usd": "1500000", "detail": {"estimate": false}}})");
  const auto lines = lines_of(text_of_answer(answer, {}, {}));
  const std::vector<std::string> wanted = {
      "id            p1",
      "label         Support",
      "released at   -",
      "capabilities  receives texts (not yet: sends texts, pictures, calls)",
      "agents",
      "  - agent id     a1",
      "    permissions  send_sms, receive_sms",
      "  - agent id     a2",
      "    permissions  none",
      "price",
      "  monthly            1.5 USD",
      "  detail",
      "    estimate  no"};
  CHECK(lines == wanted);
}

TEST_CASE("whether a number may send is said in words: what blocks, since when, what to do") {
  const json::value answer = json::parse(R"({"id": "p1", "send_readiness": {"may_send": false,
    "blockers": [{"what": "campaign", "reason": "The campaign waits to be reviewed.",
                  "since": "2026-03-01T10:00:00.000Z", "next_step": "Nothing to do."}]}})");
  const std::string text = text_of_answer(answer, {}, {.time_text = short_time});
  const std::vector<std::string> wanted = {"id  p1", "may send  not yet",
                                           "  - The campaign waits to be reviewed.",
                                           "    Since today. Nothing to do."};
  CHECK(lines_of(text) == wanted);
  CHECK(text.find('{') == std::string::npos);
  const json::value ready = json::parse(R"({"send_readiness": {"may_send": true}})");
  CHECK(text_of_answer(ready, {}, {}).ends_with("may send  yes\n"));
}

TEST_CASE("a text of several lines keeps its lines, and nothing else of its control characters") {
  const json::value answer = json::parse(R"({"body": "one\r\ntwo\u001b[2J\n", "id": "m1"})");
  CHECK(text_of_answer(answer, {}, {}) == "body  one\n      two\\x1b[2J\nid    m1\n");
}

TEST_CASE("hostile names of members and deep nesting do no harm") {
  json::value deep = json::object{{"end", "\x1b]0;title\x07"}};
  for (int level = 0; level < 30; ++level) deep = json::object{{"in\x1b[2Jner", deep}};
  const std::string text = text_of_answer(deep, {}, {});
  for (const std::string& line : lines_of(text)) CHECK(is_harmless(line));
}

}  // namespace dialplane::cli
