// Answers of servers that are strict, sloppy and hostile.
#include "net/http_answer_reader.hpp"

#include <doctest/doctest.h>

namespace dialplane {
namespace {

using progress = http_answer_reader::progress;

struct read_result {
  progress end = progress::need_more;
  http_answer answer;
  bool reusable = false;
  std::string complaint;
};

read_result feed(std::string_view bytes, bool then_closed = false, std::size_t step = 1'000'000,
                 const http_answer_limits& limits = {}) {
  http_answer_reader reader(limits);
  read_result out;
  while (!bytes.empty() && out.end == progress::need_more) {
    out.end = reader.consume(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  if (then_closed && out.end == progress::need_more) out.end = reader.end_of_input();
  out.reusable = out.end == progress::complete && reader.reusable();
  out.complaint = reader.complaint();
  if (out.end == progress::complete) out.answer = reader.take();
  return out;
}

TEST_CASE("an answer with a length, whatever the rhythm of its bytes") {
  const std::string_view text =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:  2 \r\n\r\n{}";
  for (const std::size_t step : {1, 2, 3, 7, 1000}) {
    const read_result got = feed(text, false, step);
    REQUIRE(got.end == progress::complete);
    CHECK(got.answer.status == 200);
    CHECK(got.answer.body == "{}");
    CHECK(*got.answer.header("content-type") == "application/json");
    CHECK(!got.answer.cut);
    CHECK(got.reusable);
  }
}

TEST_CASE("chunks, interim answers, answers without a body, answers up to the end") {
  const read_result chunked = feed(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
      "HTTP/1.1 500 \r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: "
      "x\r\n\r\n");
  REQUIRE(chunked.end == progress::complete);
  CHECK(chunked.answer.status == 500);
  CHECK(chunked.answer.body == "hello");
  CHECK(chunked.answer.headers.size() == 1);
  CHECK(chunked.reusable);
  CHECK(feed("HTTP/1.1 204 No Content\r\n\r\n").reusable);
  CHECK(feed("HTTP/1.1 304\r\nContent-Length: 10\r\n\r\n").end == progress::complete);
  const read_result endless = feed("HTTP/1.1 200 OK\r\n\r\nabc", true);
  CHECK(endless.end == progress::complete);
  CHECK(endless.answer.body == "abc");
  CHECK(!endless.reusable);
}

TEST_CASE("a connection is used again only where both sides agree") {
  CHECK(!feed("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n").reusable);
  CHECK(!feed("HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 0\r\n\r\n").reusable);
  CHECK(!feed("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").reusable);
  CHECK(feed("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").reusable);
  // An answer nobody asked for behind it.
  CHECK(!feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n").reusable);
  CHECK(!feed("HTTP/1.1 204 OK\r\n\r\nx").reusable);
}

TEST_CASE("bodies are cut at their limit") {
  const http_answer_limits limits{.body_bytes = 4};
  for (const char* text :
       {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\nabcdef",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n2\r\nef\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nabcdef"}) {
    const read_result got = feed(text, false, 1'000'000, limits);
    CHECK_MESSAGE(got.end == progress::complete, text);
    CHECK_MESSAGE(got.answer.cut, text);
    CHECK_MESSAGE(got.answer.body == "abcd", text);
    CHECK_MESSAGE(!got.reusable, text);
  }
  CHECK(!feed("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", false, 1'000'000, limits)
             .answer.cut);
}

TEST_CASE("what is ambiguous or malformed is refused") {
  for (const char* text : {
           "HTTP/2 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
           "SSH-2.0-OpenSSH_9\r\n", "220 mail ESMTP\r\n", "HTTP/1.1 20 OK\r\n\r\n",
           "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
           "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200 O\x01K\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n",
           "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\nA: b\n\r\n", "HTTP/1.1 200 OK\r\n\n",
           "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
           "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
           "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
           "HTTP/1.1 200 OK\r\nA\x01: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n",
           "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\na\n0\n\n"}) {
    const read_result got = feed(text);
    CHECK_MESSAGE(got.end == progress::refused, text);
    CHECK_MESSAGE(!got.complaint.empty(), text);
  }
}

TEST_CASE("heads without end, headers without number, interim answers without end") {
  CHECK(feed("HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'a')).end == progress::refused);
  CHECK(feed(std::string(20'000, 'a')).end == progress::refused);
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 101; ++i) many += "a: b\r\n";
  CHECK(feed(many + "\r\n").end == progress::refused);
  std::string interim;
  for (int i = 0; i < 5; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(feed(interim).end == progress::refused);
}

TEST_CASE("an answer that breaks off is none") {
  for (const char* text : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"}) {
    CHECK_MESSAGE(feed(text, true).end == progress::refused, text);
  }
}

}  // namespace
}  // namespace dialplane
