#include "net/http_reader.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>
#include <utility>

#include "base/check.hpp"
#include "net/chunk_decoder.hpp"

namespace dialplane {

namespace http = boost::beast::http;
using beast_error = boost::beast::error_code;
using beast_text = boost::beast::string_view;

namespace {

std::string_view plain(beast_text text) noexcept { return {text.data(), text.size()}; }

// "METHOD SP path" of a head that may be cut off, as sent.
void describe_start(std::string_view bytes, http_refusal& into) {
  constexpr std::size_t longest_path = 256;
  const std::size_t space = bytes.find(' ');
  if (space == std::string_view::npos || space > 16) return;
  std::string_view path = bytes.substr(space + 1, longest_path);
  path = path.substr(0, path.find_first_of(" ?\r\n"));
  const auto visible = [](char c) { return c > ' ' && c < 0x7f; };
  const std::string_view method = bytes.substr(0, space);
  if (!std::all_of(method.begin(), method.end(), visible)) return;
  into.method = std::string(method);
  into.path.clear();
  std::copy_if(path.begin(), path.end(), std::back_inserter(into.path), visible);
}

// Reads the grammar of a head into an http_request, without Beast's own header container, which
// would cost one allocation per header. Bodies are read below: Beast's chunk reader is not safe in
// Boost 1.81 (see chunk_decoder). What it finds wrong itself lands in `wrong`.
class request_parser final : public http::basic_parser<true> {
 public:
  explicit request_parser(const http_limits& limits) : limits_(limits) {
    body_limit(boost::none);  // the gate looks at lengths, in the right order
    skip(true);               // done at the end of the head
    header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits.head_bytes, 1U << 30)));
    request.headers.reserve(12);
  }

  http_request request;
  std::string target;
  int http_version = 11;
  std::optional<http_refusal> wrong;
  std::string_view input;  // what put() was given, to recognise values that are not in it

 private:
  void stop(http_refusal why, beast_error& ec) {
    wrong = std::move(why);
    ec = http::error::bad_value;
  }

  void on_request_impl(http::verb, beast_text method, beast_text text, int version,
                       beast_error& ec) override {
    request.method = plain(method);
    target = plain(text);
    http_version = version;
    if (target.size() > limits_.target_bytes) {
      stop(request_refusal(414, error_code::uri_too_long, "The request target is too long."), ec);
    }
  }

  void on_field_impl(http::field, beast_text name, beast_text value, beast_error& ec) override {
    const char* at = value.data();
    if (!value.empty() && (at < input.data() || at >= input.data() + input.size())) {
      return stop(malformed_request("A header value must not be folded over several lines."), ec);
    }
    if (request.headers.size() == limits_.header_count) {
      return stop(
          request_refusal(431, error_code::headers_too_large,
                          "The request has too many headers."),
          ec);
    }
    request.headers.push_back({std::string(plain(name)), std::string(plain(value))});
  }

  void on_chunk_header_impl(std::uint64_t, beast_text, beast_error&) override {}
  std::size_t on_body_impl(beast_text, beast_error&) override { return 0; }
  std::size_t on_chunk_body_impl(std::uint64_t, beast_text, beast_error&) override { return 0; }
  void on_response_impl(int, beast_text, int, beast_error&) override {}
  void on_header_impl(beast_error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast_error&) override {}
  void on_finish_impl(beast_error&) override {}

  const http_limits& limits_;
};

}  // namespace

struct http_reader::state {
  explicit state(const http_limits& to_keep) : limits(to_keep) { parser.emplace(limits); }

  const http_limits& limits;
  std::optional<request_parser> parser;
  std::optional<chunk_decoder> chunks;  // while a chunked body is read
  gated_head head;
  http_refusal refusal;
  std::size_t head_bytes = 0;  // of the head, taken so far
  bool gated = false;
  bool failed = false;
  bool complete = false;
  bool continue_wanted = false;
  bool keep_alive = true;
  bool http_1_0 = false;

  // Fills in what is known of the request; `bytes` are those not used yet.
  void describe(std::string_view bytes, http_refusal& into) const {
    if (parser->request.method.empty()) return describe_start(bytes, into);
    if (into.method.empty()) into.method = parser->request.method;
    if (into.path.empty()) {
      into.path = gated ? head.path : parser->target.substr(0, parser->target.find('?'));
    }
  }

  progress refuse(http_refusal why, std::string_view bytes) {
    failed = true;
    refusal = std::move(why);
    describe(bytes, refusal);
    return progress::refused;
  }

  // Hands `bytes` to Beast; false when the request is refused.
  bool put(std::string_view bytes, std::size_t& used, bool& wants_more) {
    beast_error ec;
    parser->input = bytes;
    used = parser->put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
    wants_more = ec == http::error::need_more;
    if (!ec || wants_more) return true;
    if (parser->wrong) {
      refuse(*std::move(parser->wrong), bytes);
    } else if (ec == http::error::header_limit) {
      refuse(head_too_large(bytes), bytes);
    } else {
      refuse(malformed_request("The request is not well-formed HTTP/1.1."), bytes);
    }
    return false;
  }

  http_refusal head_too_large(std::string_view bytes) const {
    // Perhaps the first line alone fills the limit.
    if (parser->request.method.empty() && bytes.find('\n') == std::string_view::npos) {
      return request_refusal(414, error_code::uri_too_long, "The request target is too long.");
    }
    return request_refusal(
        431, error_code::headers_too_large,
        "The request head is larger than " + std::to_string(limits.head_bytes) + " bytes.");
  }

  progress read_head(std::string_view bytes, std::size_t& used) {
    bool wants_more = false;
    if (!put(bytes, used, wants_more)) return progress::refused;
    head_bytes += used;
    const bool ended = parser->is_header_done();
    const std::size_t waiting = ended ? 0 : bytes.size() - used;
    if (head_bytes + waiting > limits.head_bytes ||
        (!ended && head_bytes + waiting == limits.head_bytes)) {
      return refuse(head_too_large(bytes), bytes);
    }
    if (!ended) return progress::need_more;
    const http_request& request = parser->request;
    gate_verdict verdict = pass_gate(
        {request.method, parser->target, parser->http_version, request.headers}, limits);
    if (!verdict) return refuse(std::move(verdict).error(), bytes);
    head = *std::move(verdict);
    gated = true;
    keep_alive = head.keep_alive;
    http_1_0 = parser->http_version < 11;
    continue_wanted = head.expects_continue;
    parser->request.body.reserve(std::min<std::uint64_t>(head.content_length, 16 * 1024));
    if (head.chunked) {
      chunks.emplace(limits.body_bytes, limits.head_bytes);
      return progress::need_more;
    }
    return finish(head.content_length == 0);
  }

  progress finish(bool complete_now) {
    complete = complete_now;
    return complete ? progress::complete : progress::need_more;
  }

  progress read_body(std::string_view bytes, std::size_t& used) {
    std::string& body = parser->request.body;
    if (!chunks) {
      used = static_cast<std::size_t>(
          std::min<std::uint64_t>(head.content_length - body.size(), bytes.size()));
      body.append(bytes.substr(0, used));
      return finish(body.size() == head.content_length);
    }
    switch (chunks->consume(bytes, used, body)) {
      case chunk_decoder::progress::need_more: return progress::need_more;
      case chunk_decoder::progress::complete: return finish(true);
      case chunk_decoder::progress::malformed:
        return refuse(malformed_request("The chunked body is malformed."), bytes);
      case chunk_decoder::progress::too_large: break;
    }
    return refuse(request_refusal(
                      413, error_code::payload_too_large,
                      "The body is larger than " + std::to_string(limits.body_bytes) + " bytes."),
                  bytes);
  }
};

http_reader::http_reader(const http_limits& limits) : state_(std::make_unique<state>(limits)) {}

http_reader::~http_reader() = default;

http_reader::progress http_reader::consume(std::string_view bytes, std::size_t& used) {
  CHECK(!state_->failed && !state_->complete);
  used = 0;
  if (!state_->gated) {
    const progress head = state_->read_head(bytes, used);
    if (head != progress::need_more || !state_->gated) return head;
    if (used == bytes.size()) return head;
  }
  std::size_t body_used = 0;
  const progress body = state_->read_body(bytes.substr(used), body_used);
  used += body_used;
  return body;
}

bool http_reader::started() const noexcept { return state_->parser->got_some(); }

bool http_reader::head_complete() const noexcept { return state_->gated; }

bool http_reader::take_continue() noexcept {
  return std::exchange(state_->continue_wanted, false);
}

http_request http_reader::take() {
  CHECK(state_->complete);
  http_request request = std::move(state_->parser->request);
  request.path = std::move(state_->head.path);
  request.query = std::move(state_->head.query);
  state_->parser.emplace(state_->limits);
  state_->chunks.reset();
  state_->gated = false;
  state_->complete = false;
  state_->head_bytes = 0;
  return request;
}

bool http_reader::keep_alive() const noexcept { return state_->keep_alive; }

bool http_reader::http_1_0() const noexcept { return state_->http_1_0; }

http_refusal http_reader::give_up(std::string_view unread, int status, error_code code,
                                  std::string_view message) const {
  http_refusal why = request_refusal(status, code, message);
  state_->describe(unread, why);
  return why;
}

const http_refusal& http_reader::refusal() const noexcept { return state_->refusal; }

}  // namespace dialplane
