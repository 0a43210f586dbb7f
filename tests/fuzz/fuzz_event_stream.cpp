// Feeds bytes to the reader of event streams as a hostile server would: no crash, limits kept, and
// the rhythm of arrival does not change what is read.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "net/event_stream_reader.hpp"

namespace {

using namespace dialplane;

constexpr event_stream_limits limits{.line_bytes = 200, .event_bytes = 300};

void demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

struct outcome {
  std::vector<server_sent_event> events;
  std::string complaint;
  std::string last_id;
};

outcome read(std::string_view bytes, std::size_t step) {
  event_stream_reader reader(limits);
  outcome out;
  while (!bytes.empty()) {
    const bool over = reader.refused();
    auto some = reader.consume(bytes.substr(0, step));
    demand(!over || some.empty(), "nothing is read after a refusal");
    std::ranges::move(some, std::back_inserter(out.events));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  out.complaint = reader.complaint();
  out.last_id = reader.last_event_id();
  for (const server_sent_event& each : out.events) {
    demand(!each.type.empty(), "an event has a type");
    demand(each.data.size() <= limits.event_bytes, "data is within its limit");
    demand(each.id.size() <= limits.line_bytes && each.type.size() <= limits.line_bytes,
           "fields are within their limit");
    demand(each.id.find_first_of(std::string_view("\0\r\n", 3)) == std::string::npos,
           "an id can go into a header");
    demand(each.type.find_first_of("\r\n") == std::string::npos, "a type is one line");
    demand(is_valid_utf8(each.id) && is_valid_utf8(each.type) && is_valid_utf8(each.data),
           "what is read is UTF-8");
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const outcome whole = read(bytes, bytes.size() + 1);
  for (const std::size_t step : {1U, 7U}) {
    const outcome pieces = read(bytes, step);
    demand(pieces.complaint == whole.complaint, "the same end in pieces");
    demand(pieces.last_id == whole.last_id, "the same place in pieces");
    demand(pieces.events.size() == whole.events.size(), "as many events in pieces");
    for (std::size_t i = 0; i < whole.events.size(); ++i) {
      demand(pieces.events[i].id == whole.events[i].id &&
                 pieces.events[i].type == whole.events[i].type &&
                 pieces.events[i].data == whole.events[i].data,
             "the same events in pieces");
    }
  }
  return 0;
}
