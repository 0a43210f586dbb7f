#include "net/event_stream_reader.hpp"

#include <doctest/doctest.h>

namespace dialplane {
namespace {

using std::chrono::milliseconds;

struct got {
  std::string id, type, data;
  bool operator==(const got&) const = default;
};

std::vector<got> plain(const std::vector<server_sent_event>& events) {
  std::vector<got> out;
  for (const server_sent_event& each : events) out.push_back({each.id, each.type, each.data});
  return out;
}

std::vector<got> read_events(event_stream_reader& reader, std::string_view text, std::size_t step) {
  std::vector<got> out;
  while (!text.empty()) {
    for (const got& each : plain(reader.consume(text.substr(0, step)))) out.push_back(each);
    text.remove_prefix(std::min(step, text.size()));
  }
  return out;
}

std::vector<got> read_events(std::string_view text, std::size_t step = 1'000'000) {
  event_stream_reader reader;
  return read_events(reader, text, step);
}

TEST_CASE("fields, comments, defaults") {
  CHECK(read_events("data: a\n\n") == std::vector<got>{{"", "message", "a"}});
  CHECK(read_events("id: 7\nevent: sms.received\ndata: {}\n\n") ==
        std::vector<got>{{"7", "sms.received", "{}"}});
  CHECK(read_events(": heartbeat\n\n").empty());
  CHECK(read_events("data:a\ndata: b\ndata\ndata:  c\n\n") ==
        std::vector<got>{{"", "message", "a\nb\n\n c"}});
  CHECK(read_events("data\n\n") == std::vector<got>{{"", "message", ""}});
  CHECK(read_events("other: x\nDATA: y\ndata: z\n\n") == std::vector<got>{{"", "message", "z"}});
}

TEST_CASE("an event without data is none, and its type does not leak into the next") {
  event_stream_reader reader;
  CHECK(reader.consume("id: 1\nevent: a\n\ndata: x\n\n").size() == 1);
  CHECK(plain(reader.consume("data: y\n\n")) == std::vector<got>{{"1", "message", "y"}});
  CHECK(reader.last_event_id() == "1");
}

TEST_CASE("an id lasts until another, is taken with its event only, and never with a NUL") {
  event_stream_reader reader;
  CHECK(plain(reader.consume("id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n")) ==
        std::vector<got>{{"1", "message", "a"}, {"1", "message", "b"}, {"", "message", "c"}});
  CHECK(reader.consume("id: 2\ndata: d").empty());
  CHECK(reader.last_event_id().empty());
  reader.begin_again();
  using namespace std::string_view_literals;
  CHECK(plain(reader.consume("id: 4\ndata: d\n\nid: 5\0x\ndata: e\n\n"sv)) ==
        std::vector<got>{{"4", "message", "d"}, {"4", "message", "e"}});
}

TEST_CASE("lines end in LF, CR or CRLF, wherever the pieces are cut") {
  const std::string text =
      "\xef\xbb\xbf" "data: a\r\ndata: b\rdata: c\n\r\nid: 1\r\revent: t\ndata: d\r\n\r\n"
      "data: \xc3\xa9\n\n";
  const std::vector<got> expected{
      {"", "message", "a\nb\nc"}, {"1", "t", "d"}, {"1", "message", "\xc3\xa9"}};
  for (std::size_t step = 1; step <= text.size(); ++step) {
    CAPTURE(step);
    CHECK(read_events(text, step) == expected);
  }
}

TEST_CASE("the mark at the beginning is skipped there only") {
  CHECK(read_events("\xef\xbb\xbf" "data: a\n\n\xef\xbb\xbf" "data: b\n\n") ==
        std::vector<got>{{"", "message", "a"}});
}

TEST_CASE("retry takes digits only, and a day at most") {
  event_stream_reader reader;
  CHECK(!reader.retry_after());
  reader.consume("retry: 2000\n");
  CHECK(reader.retry_after() == milliseconds(2000));
  for (const char* const wrong : {"retry: -1\n", "retry: 1.5\n", "retry: \n", "retry: 9x\n"}) {
    reader.consume(wrong);
    CHECK(reader.retry_after() == milliseconds(2000));
  }
  reader.consume("retry: 99999999999999999999999999\n");
  CHECK(reader.retry_after() == milliseconds(24 * 60 * 60 * 1000));
}

TEST_CASE("what is not ended is no event") {
  event_stream_reader reader;
  CHECK(reader.consume("data: a\n\ndata: b\n").size() == 1);
  reader.begin_again();
  CHECK(plain(reader.consume("\ndata: c\n\n")) == std::vector<got>{{"", "message", "c"}});
}

TEST_CASE("lines and events have a limit; what came before it is kept, nothing after") {
  for (const std::size_t step : {1U, 5U, 1'000U}) {
    CAPTURE(step);
    event_stream_reader lines({.line_bytes = 20, .event_bytes = 1'000});
    CHECK(read_events(lines,
                      "data: a\n\ndata: 12345678901234\n\ndata: 123456789012345\n\ndata: b\n\n",
                      step) ==
          std::vector<got>{{"", "message", "a"}, {"", "message", "12345678901234"}});
    CHECK(lines.refused());
    CHECK(lines.complaint() == "a line is too long");

    event_stream_reader events({.line_bytes = 1'000, .event_bytes = 5});
    CHECK(read_events(events, "data: 12\ndata: 34\n\ndata: 12\ndata: 345\n\ndata: b\n\n", step) ==
          std::vector<got>{{"", "message", "12\n34"}});
    CHECK(events.complaint() == "an event is too large");
  }
}

TEST_CASE("what is not UTF-8 is refused") {
  for (const char* const wrong : {"data: \xff\n\n", "event: \xc3\n\n", ": \xed\xa0\x80\n\n"}) {
    event_stream_reader reader;
    CHECK(reader.consume(wrong).empty());
    CHECK(reader.complaint() == "a line is not UTF-8");
    CHECK(reader.consume("data: a\n\n").empty());
    reader.begin_again();
    CHECK(reader.consume("data: a\n\n").size() == 1);
  }
}

}  // namespace
}  // namespace dialplane
