// Feeds bytes to the request reader as a connection would and checks what must hold whatever comes:
// no crash, limits kept, what passed is clean, and the rhythm of arrival does not change what is
// accepted.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "net/http_reader.hpp"

namespace {

using namespace dialplane;

void demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

struct outcome {
  std::vector<http_request> requests;
  int refused = 0;  // the status, 0 if none
};

void check_request(const http_request& request, const http_limits& limits) {
  demand(request.path == "*" || request.path.starts_with('/'), "the path starts with a slash");
  demand(is_valid_utf8(request.path), "the path is UTF-8");
  demand(std::none_of(request.path.begin(), request.path.end(),
                      [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }),
         "the path has no control characters");
  demand(request.path.find("/../") == std::string::npos, "the path does not climb");
  demand(request.path.find("//") == std::string::npos, "the path has no empty segment");
  demand(request.body.size() <= limits.body_bytes, "the body is within its limit");
  demand(request.headers.size() <= limits.header_count, "the headers are within their limit");
  for (const char* single : {"host", "content-length", "transfer-encoding", "authorization"}) {
    demand(request.count_of(single) <= 1, "a header that may come once came once");
  }
  demand(request.header("content-length") == nullptr ||
             request.header("transfer-encoding") == nullptr,
         "one framing only");
}

outcome read(std::string_view bytes, std::size_t step, const http_limits& limits) {
  http_reader reader(limits);
  std::string unread;
  outcome out;
  while (!bytes.empty()) {
    const std::size_t now = std::min(step, bytes.size());
    unread += bytes.substr(0, now);
    bytes.remove_prefix(now);
    while (!unread.empty()) {
      std::size_t used = 0;
      const http_reader::progress progress = reader.consume(unread, used);
      demand(used <= unread.size(), "no more used than given");
      unread.erase(0, used);
      if (progress == http_reader::progress::need_more) break;
      if (progress == http_reader::progress::refused) {
        out.refused = reader.refusal().status;
        demand(out.refused >= 400 && out.refused <= 599, "a refusal has an error status");
        return out;
      }
      demand(used > 0, "a request takes bytes");
      out.requests.push_back(reader.take());
      check_request(out.requests.back(), limits);
    }
    demand(unread.size() < limits.head_bytes, "the buffer never runs full without a verdict");
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  http_limits limits;
  limits.head_bytes = 1024;
  limits.target_bytes = 256;
  limits.header_count = 16;
  limits.body_bytes = 512;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // As much at once as a buffer of that size can take.
  const outcome whole = read(bytes, limits.head_bytes / 2, limits);
  for (const std::size_t step : {std::size_t{1}, std::size_t{5}}) {
    const outcome pieces = read(bytes, step, limits);
    demand(pieces.requests.size() == whole.requests.size(), "the rhythm does not add requests");
    for (std::size_t i = 0; i < whole.requests.size(); ++i) {
      demand(pieces.requests[i].path == whole.requests[i].path &&
                 pieces.requests[i].body == whole.requests[i].body,
             "the rhythm does not change requests");
    }
    // A broken head may be left waiting for its end; then time or size ends it.
    demand(pieces.refused == whole.refused || pieces.refused == 0 ||
               (pieces.refused >= 400 && whole.refused >= 400),
           "the rhythm does not turn a good request into a refused one");
  }
  return 0;
}
