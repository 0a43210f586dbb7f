// The strict reading of requests: what passes, what is refused and how, in one piece and byte by
// byte. The first table holds the crafted requests on which HTTP servers are known to differ.
#include "net/http_gate.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_reader.hpp"
#include "net/listen_address.hpp"

namespace dialplane {
namespace {

struct reading {
  int status = 0;  // 0: waits for more; 200: complete
  error_code code = error_code::internal_error;
  http_request request = {};
  http_refusal refusal = {};
  bool keep_alive = false;
};

// Feeds `raw` in pieces of `step` bytes, as a connection would.
reading read_in_steps(std::string_view raw, const http_limits& limits, std::size_t step) {
  http_reader reader(limits);
  std::string unread;
  reading out;
  while (!raw.empty()) {
    const std::size_t now = std::min(step, raw.size());
    unread += raw.substr(0, now);
    raw.remove_prefix(now);
    std::size_t used = 0;
    const http_reader::progress progress = reader.consume(unread, used);
    unread.erase(0, used);
    if (progress == http_reader::progress::complete) {
      out.status = 200;
      out.request = reader.take();
      out.keep_alive = reader.keep_alive();
      return out;
    }
    if (progress == http_reader::progress::refused) {
      out.refusal = reader.refusal();
      out.status = out.refusal.status;
      out.code = out.refusal.code;
      return out;
    }
    // A connection's buffer must never run full without a verdict.
    REQUIRE(unread.size() < limits.head_bytes);
  }
  return out;
}

reading read_whole(std::string_view raw, const http_limits& limits = {}) {
  return read_in_steps(raw, limits, limits.head_bytes);
}

std::string get(std::string_view target, std::string_view more_headers = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a.example\r\n" +
         std::string(more_headers) + "\r\n";
}

std::string post(std::string_view headers, std::string_view body = "") {
  return "POST /v1/x HTTP/1.1\r\nHost: a.example\r\n" + std::string(headers) + "\r\n" +
         std::string(body);
}

std::string chunked(std::string_view body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

struct expectation {
  std::string what;
  std::string raw;
  int status;
  error_code code = error_code::malformed_request;
};

void check_table(const std::vector<expectation>& table) {
  for (const expectation& each : table) {
    CAPTURE(each.what);
    const reading whole = read_whole(each.raw);
    CHECK(whole.status == each.status);
    if (each.status != 200) CHECK(name_of(whole.code) == name_of(each.code));
    // In another rhythm the verdict must be the same, except that a broken head may be left waiting
    // for an end that never comes: then the time or size limit ends it.
    const bool ends = each.raw.find("\r\n\r\n") != std::string::npos;
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
      const int status = read_in_steps(each.raw, {}, step).status;
      CAPTURE(step);
      CHECK((status == each.status || (status == 0 && !ends)));
    }
  }
}

TEST_CASE("requests on which servers differ are refused") {
  const std::string chunk = "5\r\nhello\r\n0\r\n\r\n";
  check_table({
      {"length and chunked",
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunk), 400},
      {"chunked and length",
       post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", chunk), 400},
      {"two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400},
      {"one length twice", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
      {"list of lengths", post("Content-Length: 5, 5\r\n", "hello"), 400},
      {"signed length", post("Content-Length: +5\r\n", "hello"), 400},
      {"hex length", post("Content-Length: 0x5\r\n", "hello"), 400},
      {"empty length", post("Content-Length: \r\n", "hello"), 400},
      {"huge length", post("Content-Length: 99999999999999999999999\r\n"), 400},
      {"space before colon", post("Content-Length : 5\r\n", "hello"), 400},
      {"bare LF", "GET / HTTP/1.1\nHost: a.example\n\n", 400},
      {"bare LF in headers", "GET / HTTP/1.1\r\nHost: a.example\nX: y\r\n\r\n", 400},
      {"bare CR", "GET / HTTP/1.1\r\nHost: a.example\rX: y\r\n\r\n", 400},
      {"NUL in a value", get("/", std::string("X: a\0b\r\n", 8)), 400},
      {"NUL in a name", get("/", std::string("X\0: a\r\n", 7)), 400},
      {"control in a value", get("/", "X: a\x01z\r\n"), 400},
      {"folded value", get("/", "X: a\r\n b\r\n"), 400},
      {"xchunked", post("Transfer-Encoding: xchunked\r\n", chunk), 400},
      {"chunked, gzip", post("Transfer-Encoding: chunked, gzip\r\n", chunk), 400},
      {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", chunk), 400},
      {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", chunk), 400},
      {"two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", chunk), 400},
      {"two codings, other order",
       post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", chunk), 400},
      {"identity", post("Transfer-Encoding: identity\r\n"), 400},
      {"chunked with parameter", post("Transfer-Encoding: chunked;q=1\r\n", chunk), 400},
      {"chunked on 1.0",
       "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk, 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Host", get("/", "Host: b.example\r\n"), 400},
      {"same Host twice", get("/", "host: a.example\r\n"), 400},
      {"two Host on 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"two Authorization",
       get("/", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400},
      {"two Content-Type", post("Content-Type: a/b\r\ncontent-type: c/d\r\n"), 400},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"leading space", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"method with a bad character", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"TLS hello", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03", 400},
      {"method too long", std::string(33, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n", 501,
       error_code::method_not_allowed},
      {"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501, error_code::method_not_allowed},
      {"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 400},
      {"unknown expectation", post("Expect: the-unexpected\r\nContent-Length: 1\r\n", "x"), 417},
  });
}

TEST_CASE("malformed chunked bodies are refused") {
  check_table({
      {"chunk size with sign", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400},
      {"chunk size missing", chunked("\r\nhello\r\n0\r\n\r\n"), 400},
      {"chunk too long", chunked("5\r\nhelloXX\r\n0\r\n\r\n"), 400},
      {"chunk of 2^64", chunked("10000000000000005\r\nhello\r\n"), 413,
       error_code::payload_too_large},
      {"endless chunk extension",
       chunked("5;x=" + std::string(64 * 1024, 'y')), 400},
      {"chunk size with 0x", chunked("0x5\r\nhello\r\n"), 400},
      {"bare LF after a chunk size",
       chunked("5\nhello\r\n0\r\n\r\n"), 400},
      {"bare LF after a chunk",
       chunked("5\r\nhello\n0\r\n\r\n"), 400},
      {"bare LF at the end", chunked("0\r\n\n"), 400},
      {"chunk size with a space", chunked("5 \r\nhello\r\n"), 400},
      {"trailer without a name", chunked("0\r\n: x\r\n\r\n"), 400},
      {"folded trailer", chunked("0\r\na: b\r\n c\r\n\r\n"), 400},
      {"endless trailers",
       chunked("0\r\nx: " + std::string(64 * 1024, 'y')), 400},
  });
}

TEST_CASE("bad hosts and targets are refused") {
  std::vector<expectation> table;
  for (const char* host : {"", "a b", "a/b", "user@a", "a:", "a:x", "a:65536", "a:123456", "[::1",
                           "[]", "[gg::1]", "[::1]x", "a,b", "::1", "a%20b", "\xc3\xa9.example"}) {
    table.push_back({host, "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n", 400});
  }
  for (const char* target :
       {"x", "*", "//", "/a//b", "/.", "/..", "/a/../b", "/a/./b", "/a/..", "/%2e%2e/a", "/%2E",
        "/a%2fb", "/a%2Fb", "/%00", "/a%0ab", "/%7f", "/%", "/%4", "/%zz", "/%c3", "/%c0%af",
        "/%ed%a0%80", "/%f5%80%80%80", "/a#b", "/\xc3\xa9",
        "http://b.example/", "http://a.example:80/", "http://u@a.example/", "ftp://a.example/",
        "http:/a.example/", "https:///x", "http://a.example/../x"}) {
    table.push_back({target, get(target), 400});
  }
  table.push_back({"asterisk for GET on 1.0", "GET * HTTP/1.0\r\n\r\n", 400});
  check_table(table);
}

TEST_CASE("sound requests pass") {
  check_table({
      {"plain", get("/"), 200},
      {"1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 200},
      {"host and port", "GET / HTTP/1.1\r\nHost: a-b.example:8080\r\n\r\n", 200},
      {"IPv6 host", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 200},
      {"IPv4 host", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 200},
      {"upgrade ignored", get("/", "Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200},
      {"high bytes in a value", get("/", "X: \xc3\xa9\r\n"), 200},
      {"tab in a value", get("/", "X: a\tb\r\n"), 200},
      {"empty value", get("/", "X:\r\n"), 200},
      {"empty body", post("Content-Length: 0\r\n"), 200},
      {"chunked in capitals", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), 200},
      {"DELETE with body",
       "DELETE /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", 200},
      {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200},
      {"expects 100", post("Expect: 100-Continue\r\nContent-Length: 1\r\n", "x"), 200},
  });
  CHECK(read_whole(post("Content-Length: 3\r\n", "ab")).status == 0);  // waits for the third byte
  CHECK(read_whole("GET / HTTP/1.1\r\nHost: a\r\n").status == 0);
}

TEST_CASE("a request is handed over as sent, its path decoded once") {
  const reading got = read_whole(
      "PATCH /caf%C3%A9/a%2525?q=%41&x HTTP/1.1\r\nHost: a\r\nX-One: 1 \r\nx-one:2\r\n"
      "Content-Length: 5\r\n\r\nhelloGET /next");
  REQUIRE(got.status == 200);
  CHECK(got.request.method == "PATCH");
  CHECK(got.request.path == "/caf\xc3\xa9/a%25");
  CHECK(got.request.query == "q=%41&x");
  CHECK(got.request.body == "hello");
  REQUIRE(got.request.headers.size() == 4);
  CHECK(got.request.headers[1].name == "X-One");
  CHECK(*got.request.header("x-ONE") == "1");
  CHECK(got.request.count_of("X-ONE") == 2);
  CHECK(got.request.header("X-Two") == nullptr);
}

TEST_CASE("absolute-form counts only where it names the Host") {
  const reading got = read_whole("GET http://A.example/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n");
  REQUIRE(got.status == 200);
  CHECK(got.request.path == "/x");
  CHECK(got.request.query == "y");
  const reading bare = read_whole("GET http://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n");
  REQUIRE(bare.status == 200);
  CHECK(bare.request.path == "/");
  CHECK(read_whole("GET http://a.example/ HTTP/1.0\r\n\r\n").status == 400);
}

TEST_CASE("chunks are joined and trailers ignored") {
  const reading got =
      read_whole(chunked("2;ext=1\r\nhe\r\n3\r\nllo\r\n0\r\nAuthorization: Bearer stolen\r\n\r\n"));
  REQUIRE(got.status == 200);
  CHECK(got.request.body == "hello");
  CHECK(got.request.header("authorization") == nullptr);
}

TEST_CASE("sizes have limits") {
  http_limits limits;
  limits.head_bytes = 1024;
  limits.target_bytes = 100;
  limits.header_count = 5;
  limits.body_bytes = 10;
  const auto status = [&limits](std::string_view raw) {
    const reading whole = read_whole(raw, limits);
    CHECK(read_in_steps(raw, limits, 13).status == whole.status);
    return whole.status;
  };
  CHECK(status(get("/" + std::string(99, 'a'))) == 200);
  CHECK(status(get("/" + std::string(100, 'a'))) == 414);
  CHECK(status("GET /" + std::string(2000, 'a')) == 414);
  CHECK(status(std::string(100'000, 'A')) == 414);
  CHECK(status(get("/", "X: " + std::string(2000, 'a') + "\r\n")) == 431);
  CHECK(status("GET / HTTP/1.1\r\nX: " + std::string(2000, 'a')) == 431);
  CHECK(status(get("/", "a: 1\r\nb: 1\r\nc: 1\r\nd: 1\r\n")) == 200);
  CHECK(status(get("/", "a: 1\r\nb: 1\r\nc: 1\r\nd: 1\r\ne: 1\r\n")) == 431);
  CHECK(status(post("Content-Length: 10\r\n", "0123456789")) == 200);
  CHECK(status(post("Content-Length: 11\r\n", "0123456789x")) == 413);
  CHECK(status(post("Content-Length: 18446744073709551615\r\n")) == 413);
  CHECK(status(chunked("a\r\n0123456789\r\n0\r\n\r\n")) == 200);
  CHECK(status(chunked("b\r\n")) == 413);
  CHECK(status(chunked("9\r\n012345678\r\n2\r\n")) == 413);
  // Exactly at the limit of the head, and one above.
  const std::string frame = get("/", "X: \r\n");
  CHECK(status(get("/", "X: " + std::string(1024 - frame.size(), 'a') + "\r\n")) == 200);
  CHECK(status(get("/", "X: " + std::string(1025 - frame.size(), 'a') + "\r\n")) == 431);
  // Also when the lines come one by one and none is long.
  std::string lines = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 4; ++i) lines += "X: " + std::string(300, 'a') + "\r\n";
  CHECK(read_in_steps(lines + "\r\n", limits, 1).status == 431);
}

TEST_CASE("a refusal says what is known of the request") {
  const reading framing = read_whole(post("Transfer-Encoding: x\r\n"));
  CHECK(framing.refusal.method == "POST");
  CHECK(framing.refusal.path == "/v1/x");
  http_limits small;
  small.head_bytes = 300;
  const reading uri = read_whole("GET /agents/" + std::string(5000, 'a'), small);
  CHECK(uri.refusal.method == "GET");
  CHECK(uri.refusal.path.starts_with("/agents/aaa"));
  CHECK(uri.refusal.path.size() <= 256);
  const reading target = read_whole(get("/v1/%zz?secret=1"));
  CHECK(target.refusal.path == "/v1/%zz");
  const reading host = read_whole("GET /agents HTTP/1.1\r\n\r\n");
  CHECK(host.refusal.path == "/agents");
  const reading noise = read_whole(std::string("\x01\x02 \x03\x04 HTTP/1.1\r\n", 16));
  CHECK(noise.refusal.path.empty());
}

TEST_CASE("keep-alive follows version and Connection") {
  CHECK(read_whole(get("/")).keep_alive);
  CHECK_FALSE(read_whole(get("/", "Connection: close\r\n")).keep_alive);
  CHECK_FALSE(read_whole(get("/", "Connection: x, CLOSE\r\n")).keep_alive);
  CHECK_FALSE(read_whole(get("/", "Connection: keep-alive\r\nConnection: close\r\n")).keep_alive);
  CHECK_FALSE(read_whole("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(read_whole("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
}

TEST_CASE("one reader serves request after request") {
  const http_limits limits;
  http_reader reader(limits);
  const std::string both = post("Content-Length: 3\r\n", "one") + get("/two", "X: y\r\n");
  std::size_t used = 0;
  REQUIRE(reader.consume(both, used) == http_reader::progress::complete);
  CHECK(reader.take().body == "one");
  CHECK_FALSE(reader.started());
  const std::string_view rest = std::string_view(both).substr(used);
  REQUIRE(reader.consume(rest, used) == http_reader::progress::complete);
  const http_request second = reader.take();
  CHECK(second.path == "/two");
  CHECK(second.body.empty());
  CHECK(second.headers.size() == 2);
  CHECK(used == rest.size());
}

TEST_CASE("listen addresses") {
  const auto text = [](std::string_view from) {
    const result<listen_address> parsed = parse_listen_address(from);
    return parsed ? to_text(*parsed) : std::string("refused");
  };
  CHECK(text("127.0.0.1:8080") == "127.0.0.1:8080");
  CHECK(text("localhost:1") == "127.0.0.1:1");
  CHECK(text("[::1]:0") == "[::1]:0");
  for (const char* bad : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                          "example.org:80", "127.0.0.1:8x", "127.0.0.1:-1", "[127.0.0.1]:1"}) {
    CAPTURE(bad);
    CHECK(text(bad) == "refused");
  }
  CHECK(is_loopback({"127.0.0.1", 1}));
  CHECK(is_loopback({"::1", 1}));
  CHECK_FALSE(is_loopback({"0.0.0.0", 1}));
  CHECK_FALSE(is_loopback({"10.0.0.1", 1}));
}

}  // namespace
}  // namespace dialplane
