// Transcripts of real wires (transcripts/CARRIER/*.jsonl): each is played to the adapter of today,
// which must ask and answer as it did then. A file dropped there is judged without any code.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance/transcript_wire.hpp"

namespace dialplane::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> transcripts() {
  std::vector<fs::path> found;
  const fs::path folder = fs::path(DIALPLANE_SOURCE_DIR) / "tests/conformance/transcripts";
  for (const auto& each : fs::recursive_directory_iterator(folder)) {
    if (each.path().extension() == ".jsonl") found.push_back(each.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string file_text(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// A text of a transcript with one of its words changed.
std::string changed(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::vector<std::string> complaints_about(const std::string& text) {
  transcript_player player(recorded_transcript::read(text));
  player.play();
  return player.complaints();
}

fs::path first_of(const std::string& carrier) {
  for (const fs::path& each : transcripts()) {
    if (each.parent_path().filename() == carrier) return each;
  }
  FAIL("no transcript of " << carrier);
  return {};
}

void redact_again(wire_redaction& redaction, const boost::json::value& body) {
  const object* one = body.if_object();
  if (one == nullptr) return;
  if (one->contains("json")) CHECK(redaction.json(one->at("json")) == one->at("json"));
  if (one->contains("text")) {
    CHECK(redaction.text(one->at("text").as_string()) == one->at("text").as_string());
  }
  if (!one->contains("form")) return;
  for (const auto& pair : one->at("form").as_array()) {
    const auto& name = pair.at(0).as_string();
    CHECK(redaction.field(name, pair.at(1).as_string()) == pair.at(1).as_string());
  }
}

}  // namespace

TEST_CASE("transcripts: each is asked and answered today as it was then") {
  const auto files = transcripts();
  REQUIRE(files.size() >= 3);
  for (const fs::path& file : files) {
    INFO("transcript ", file.string());
    const recorded_transcript recorded = recorded_transcript::read(file_text(file));
    CHECK(recorded.head.at("carrier").as_string() ==
          std::string_view(file.parent_path().filename().string()));
    transcript_player player(recorded);
    player.play();
    for (const std::string& complaint : player.complaints()) FAIL_CHECK(complaint);
  }
}

TEST_CASE("transcripts: what is kept is redacted: doing it again changes nothing") {
  for (const fs::path& file : transcripts()) {
    INFO("transcript ", file.string());
    const recorded_transcript recorded = recorded_transcript::read(file_text(file));
    wire_redaction::known known;
    known.public_url = recorded.head.at("public_url").as_string();
    const auto& first = recorded.calls.front().exchanges;
    REQUIRE(!first.empty());
    known.carrier_url = first.front().at("to").as_string();
    for (const auto& [name, value] : recorded.head.at("credentials").as_object()) {
      CHECK(wire_redaction::stand_in(value.as_string()) == value.as_string());
      known.secrets.emplace_back(value.as_string());
    }
    wire_redaction redaction(known);
    for (const recorded_call& call : recorded.calls) {
      for (const object& each : call.exchanges) {
        CHECK(redaction.text(each.at("path").as_string()) == each.at("path").as_string());
        for (const auto& pair : each.at("query").as_array()) {
          CHECK(redaction.field(pair.at(0).as_string(), pair.at(1).as_string()) ==
                pair.at(1).as_string());
        }
        redact_again(redaction, each.at("body"));
        if (each.at("answer").is_object()) redact_again(redaction, each.at("answer").at("body"));
      }
      CHECK(redaction.json(call.answered) == boost::json::value(call.answered));
    }
  }
}

TEST_CASE("transcripts: one that tells of another adapter is complained about") {
  const std::string good = file_text(first_of("twilio"));
  REQUIRE(complaints_about(good).empty());
  // The carrier answered something else than the port's answer was made of.
  CHECK(!complaints_about(changed(good, "\"status\":201", "\"status\":500")).empty());
  // Another request was made then.
  CHECK(!complaints_about(changed(good, "AvailablePhoneNumbers", "AvailableNumbers")).empty());
  // A request fewer.
  const std::size_t purchase = good.find("\"method\":\"POST\"");
  REQUIRE(purchase != std::string::npos);
  const std::size_t begin = good.rfind('\n', purchase) + 1;
  std::string fewer = good;
  fewer.erase(begin, good.find('\n', purchase) + 1 - begin);
  CHECK(!complaints_about(fewer).empty());
}

}  // namespace dialplane::test
