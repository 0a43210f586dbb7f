// Whatever comes in on the bridge's standard input, or as the server's answer: what goes out is
// JSON-RPC, one object on one line; headers carry nothing that could end them; and how the bytes
// were cut into pieces makes no difference.
#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "edge/mcp_bridge/bridge_answer.hpp"
#include "edge/mcp_bridge/bridge_message.hpp"
#include "edge/mcp_bridge/line_splitter.hpp"

namespace {

namespace json = boost::json;
using namespace dialplane;

constexpr bridge_limits limits{.message_bytes = 512, .answer_bytes = 4096, .depth = 8,
                               .members = 32};

struct seen_line {
  std::string text;
  bool too_long;
  bool operator==(const seen_line&) const = default;
};

std::vector<seen_line> split(std::string_view bytes, std::size_t piece) {
  std::vector<seen_line> lines;
  line_splitter splitter(limits.message_bytes, [&lines](line_splitter::line found) {
    CHECK(found.text.size() <= limits.message_bytes);
    CHECK(found.text.find('\n') == std::string::npos);
    lines.push_back({std::move(found.text), found.too_long});
  });
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    splitter.take(bytes.substr(0, piece));
  }
  splitter.end();
  return lines;
}

void check_line(const std::string& line) {
  CHECK(line.find_first_of("\r\n") == std::string::npos);
  boost::system::error_code failure;
  const json::value told = json::parse(line, failure);
  CHECK(!failure && told.is_object());
  CHECK(told.get_object().at("jsonrpc").get_string() == "2.0");
}

void check_headers(const bridge_message& message) {
  for (const http_header& each : headers_of(message, "2025-11-25", "session")) {
    for (const char c : each.value) CHECK(c >= 0x20 && c <= 0x7e);
  }
}

void check_answer(const bridge_message& message, std::string_view body, const char* type) {
  http_answer answer;
  answer.status = body.size() % 2 == 0 ? 200 : 500;
  answer.headers = {{"content-type", type}};
  answer.body = std::string(body);
  const bridge_answer read = read_answer(message, answer, limits);
  for (const std::string& line : read.lines) check_line(line);
  const bool asked = message.what == bridge_message::kind::request;
  CHECK(asked != read.lines.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<seen_line> lines = split(input, input.size() + 1);
  CHECK(lines == split(input, 1));
  CHECK(lines == split(input, 7));
  for (const seen_line& each : lines) {
    const read_bridge_message message = read_message(each.text, limits);
    if (!message) {
      check_line(message.error());
      continue;
    }
    check_headers(*message);
    if (message->calls_tool) check_line(unknown_outcome_line(*message, "key"));
    check_answer(*message, input, "application/json");
    check_answer(*message, input, "text/event-stream");
  }
  const bridge_message request =
      *read_message(R"({"jsonrpc":"2.0","id":1,"method":"initialize"})", limits);
  check_answer(request, input, "application/json");
  check_answer(request, input, "text/event-stream");
  return 0;
}
