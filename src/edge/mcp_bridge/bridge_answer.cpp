#include "edge/mcp_bridge/bridge_answer.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/json_gate.hpp"
#include "base/utf8.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t sentence_bytes_max = 600;
constexpr std::size_t session_bytes_max = 256;

// JSON has line ends between tokens only; inside texts they are escaped.
std::string on_one_line(std::string_view text) {
  std::string line(trim(text));
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\r', ' ');
  return line;
}

result<json::object> parse(std::string_view text, const bridge_limits& limits) {
  return parse_json_object(trim(text), {.max_bytes = limits.answer_bytes,
                                        .max_depth = limits.depth * 2,
                                        .max_string_bytes = limits.answer_bytes,
                                        .max_members = limits.members});
}

bool has_type(const http_answer& answer, std::string_view type) {
  const std::string* given = answer.header("content-type");
  if (given == nullptr) return false;
  const std::string_view essence = trim(std::string_view(*given).substr(0, given->find(';')));
  return equal_ignoring_case(essence, type);
}

bool is_rpc(const json::object& from) {
  const json::value* mark = from.if_contains("jsonrpc");
  return mark != nullptr && mark->is_string() && mark->get_string() == "2.0";
}

bool is_answer(const json::object& from) {
  return is_rpc(from) && !from.contains("method") &&
         (from.contains("result") || from.contains("error"));
}

// The complete events' data. Comments, names and ids of events are of no use here.
std::vector<std::string> events_of(std::string_view body) {
  std::vector<std::string> events;
  std::string data;
  bool any = false;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    if (end == body.npos) break;  // cut in the middle of a line
    std::string_view line = body.substr(0, end);
    body.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
      if (any) events.push_back(std::exchange(data, {}));
      any = false;
    } else if (line.starts_with("data:")) {
      line.remove_prefix(5);
      if (line.starts_with(' ')) line.remove_prefix(1);
      if (any) data += '\n';
      data.append(line);
      any = true;
    }
  }
  return events;
}

// What a refusal in another form than JSON-RPC says, as far as it says it in words.
std::string words_in(const http_answer& answer, const bridge_limits& limits) {
  const result<json::object> parsed = parse(answer.body, limits);
  if (!parsed) return {};
  const json::object* from = &*parsed;
  if (const json::value* inner = from->if_contains("error"); inner && inner->is_object()) {
    from = &inner->get_object();
  }
  const json::value* message = from->if_contains("message");
  if (message == nullptr || !message->is_string()) return {};
  return " It says: " +
         std::string(utf8_prefix(message->get_string(), sentence_bytes_max));
}

std::string sentence_for(const http_answer& answer, const bridge_limits& limits) {
  const std::string number = " (" + std::to_string(answer.status) + ").";
  const std::string words = words_in(answer, limits);
  switch (answer.status) {
    case 401:
      return "The server does not know this API key" + number + words +
             " Keep one of that server with `dialplane login`, or set DIALPLANE_API_KEY.";
    case 403: return "The server does not allow this" + number + words;
    case 404:
      return "There is no MCP at this address" + number + " Is it a Dialplane server's?";
    case 413: return "The message is too large for the server" + number;
    case 429: return "Too many requests; wait a little" + number + words;
    default: return "The server's answer is not understood" + number + words;
  }
}

class answer_reader {
 public:
  answer_reader(const bridge_message& message, const bridge_limits& limits)
      : message_(message), limits_(limits) {}

  // Takes one JSON-RPC object; false where it is none.
  bool take(std::string_view text) {
    const result<json::object> parsed = parse(text, limits_);
    if (!parsed || !is_rpc(*parsed)) return false;
    if (!is_answer(*parsed)) {
      // A notification on the way is the client's; requests of a server are not ours to answer.
      const bool notifies = parsed->contains("method") && !parsed->contains("id");
      if (notifies && !answered_) into_.lines.push_back(on_one_line(text));
      return notifies;
    }
    if (answered_) return true;
    const json::value* id = parsed->if_contains("id");
    const bool is_error = parsed->contains("error");
    if (id != nullptr && *id == message_.id) {
      into_.lines.push_back(on_one_line(text));
    } else if (is_error && (id == nullptr || id->is_null())) {
      json::object fixed = *parsed;
      fixed["id"] = message_.id;
      into_.lines.push_back(json::serialize(fixed));
    } else {
      return false;
    }
    answered_ = true;
    if (message_.method == "initialize" && !is_error) agree(*parsed);
    return true;
  }

  bool answered() const { return answered_; }
  bridge_answer finish() { return std::move(into_); }

  bridge_answer fail(std::string_view sentence, std::string_view reason, bool unsure) {
    into_.lines.push_back(error_line(message_.id, rpc_server_error, sentence, reason));
    into_.unsure = unsure;
    return finish();
  }

 private:
  void agree(const json::object& answer) {
    const json::value* outcome = answer.if_contains("result");
    if (outcome == nullptr || !outcome->is_object()) return;
    const json::value* version = outcome->get_object().if_contains("protocolVersion");
    if (version != nullptr && version->is_string()) {
      into_.agreed = std::string(version->get_string());
    }
  }

  const bridge_message& message_;
  const bridge_limits& limits_;
  bridge_answer into_;
  bool answered_ = false;
};

}  // namespace

bridge_answer read_answer(const bridge_message& message, const http_answer& answer,
                          const bridge_limits& limits) {
  if (message.what != bridge_message::kind::request) return {};
  answer_reader reader(message, limits);
  if (answer.cut) {
    return reader.fail("The server's answer is too large to pass on.", "answer_too_large", false);
  }
  // In our words, whatever its form: the key is this side's to set right.
  if (answer.status == 401) return reader.fail(sentence_for(answer, limits), "http_401", false);
  if (has_type(answer, "text/event-stream")) {
    for (const std::string& event : events_of(answer.body)) reader.take(event);
  } else if (has_type(answer, "application/json")) {
    reader.take(answer.body);
  }
  if (reader.answered()) {
    bridge_answer read = reader.finish();
    const std::string* session = answer.header("mcp-session-id");
    if (message.method == "initialize" && session != nullptr &&
        session->size() <= session_bytes_max) {
      read.session = *session;
    }
    return read;
  }
  // A gateway that lost the server, or a server that is ending; or a stream that broke off.
  const bool success = answer.status >= 200 && answer.status < 300;
  const bool unsure = answer.status >= 500 || (success && message.calls_tool);
  return reader.fail(sentence_for(answer, limits), "http_" + std::to_string(answer.status), unsure);
}

}  // namespace dialplane
